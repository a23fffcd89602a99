using System.Text.Encodings.Web;
using System.Text.Json;

namespace Deliberation.Web.Startup;

/// <summary>One JSON document on stdout, for <c>--json</c>.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerOptions.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Task WriteAsync<T>(T document) => Console.Out.WriteLineAsync(Of(document));

    public static string Of<T>(T document) => JsonSerializer.Serialize(document, Options);
}

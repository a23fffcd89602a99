using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Deliberation.Cli;

/// <summary>What the verbs share: exit codes and JSON output.</summary>
internal static class Cli
{
    public const int Good = 0;
    public const int Problems = 1;
    public const int Usage = 2;

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonSerializerOptions OneLineJson = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Runs a verb; a command line that does not parse is usage, 2.</summary>
    public static int Run(RootCommand root, string[] args)
    {
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0) return parsed.Invoke();
        foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
        return Usage;
    }

    /// <summary>Writes the one JSON document of <c>--json</c>.</summary>
    public static void Print(JsonNode document) => Console.Out.WriteLine(document.ToJsonString(Json));

    /// <summary>A value on one line, for people.</summary>
    public static string OneLine(JsonNode? value) => value switch
    {
        null => "–",
        JsonValue => value.ToString(),
        _ => value.ToJsonString(OneLineJson),
    };

    /// <summary>Says on stderr what is wrong, and gives the exit code.</summary>
    public static int Fail(string message, int exitCode = Problems)
    {
        Console.Error.WriteLine(message);
        return exitCode;
    }
}

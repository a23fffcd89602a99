using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Process.Texts;

namespace Deliberation.Web.Language;

/// <summary>The words of the product in the reader's language.</summary>
/// <remarks>Injected into every page as <c>T</c>. A missing key shows itself; a test finds it before a reader does.</remarks>
public interface ITexts
{
    /// <summary><c>zh-Hans</c>, <c>zh-Hant</c> or <c>en</c>.</summary>
    string Language { get; }

    /// <summary>Sets dates, money and areas in the reader's language.</summary>
    TextFormat Format { get; }

    string this[string key] { get; }

    /// <summary>The text with its <c>{placeholders}</c> filled in (formats: see <see cref="TextCatalog"/>).</summary>
    /// <param name="values">An anonymous object, a dictionary by name or a JSON object.</param>
    string Get(string key, object? values);

    /// <summary>As <see cref="Get(string, object?)"/>, for values kept as JSON (timeline, messages).</summary>
    string Get(string key, JsonObject values);

    bool Has(string key);

    /// <summary>Why a request may not be granted, in words.</summary>
    string Why(Refusal refusal);

    /// <summary>How long until <paramref name="end"/>, in days, hours or minutes, rounded down; never less than a minute.</summary>
    string TimeLeft(DateTimeOffset now, DateTimeOffset end);

    string People(long count);
}

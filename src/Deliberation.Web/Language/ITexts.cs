using Deliberation.Domain;

namespace Deliberation.Web.Language;

/// <summary>The words of the product in the reader's language, with dates and quantities set the way that language sets them.</summary>
/// <remarks>Injected into every page as <c>T</c>. A missing key shows itself as <c>[key]</c>; a test finds it before a reader does.</remarks>
public interface ITexts
{
    /// <summary><c>zh-Hans</c>, <c>zh-Hant</c> or <c>en</c>.</summary>
    string Language { get; }

    string this[string key] { get; }

    /// <summary>The text with its <c>{placeholders}</c> filled in.</summary>
    /// <param name="values">An anonymous object or a dictionary by name; instants, days and whole numbers are set in words.</param>
    string Get(string key, object? values);

    bool Has(string key);

    /// <summary>Why a request may not be granted, in words.</summary>
    string Why(Refusal refusal);

    /// <summary>Day, weekday, part of the day and hour in the council's time zone, without spaces that break.</summary>
    string Moment(DateTimeOffset instant);

    /// <summary>Day and weekday.</summary>
    string Day(DateOnly day);

    /// <summary>Day and weekday of an instant in the council's time zone.</summary>
    string Day(DateTimeOffset instant);

    /// <summary>How long until <paramref name="end"/>, in days, hours or minutes, rounded down; never less than a minute.</summary>
    string TimeLeft(DateTimeOffset now, DateTimeOffset end);

    /// <summary>Yuan with two places only when there are fen.</summary>
    string Money(long fen);

    /// <summary>Square metres with two places.</summary>
    /// <param name="hundredths">0.01 m².</param>
    string Area(long hundredths);

    string People(long count);
}

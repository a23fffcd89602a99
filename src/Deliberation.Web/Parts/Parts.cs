using Deliberation.Domain;
using Deliberation.Features.Projects;

namespace Deliberation.Web.Parts;

/// <summary>Model of <c>_Status</c>: a sign, a word and a frame.</summary>
/// <param name="Tone"><c>ok</c> done, <c>do</c> now or yours, <c>due</c> soon, <c>no</c> failed or overdue, empty for the rest.</param>
public sealed record StatusPart(string Tone, string Text)
{
    public string Icon => Tone switch { "ok" => "tick", "do" => "dot", "due" => "clock", "no" => "warning", _ => "dash" };
}

/// <summary>Where one of the five stages stands.</summary>
public enum StageState
{
    Done,
    Now,
    Later,
}

/// <summary>Model of <c>_Stages</c>: the five-stage strip.</summary>
public sealed record StagesPart(IReadOnlyList<(Stage Stage, StageState State)> Stages)
{
    /// <summary>Two may run at once: a committee is elected while the plan is made.</summary>
    public static StagesPart Of(IEnumerable<StageOnStrip> stages) => new(
        [.. stages.Where(stage => stage.IsPresent).Select(stage => (stage.Stage,
            stage.CompletedAt is not null ? StageState.Done : stage.StartedAt is not null ? StageState.Now : StageState.Later))]);
}

/// <summary>One part of a result bar.</summary>
/// <param name="Pattern">1 solid (for), 2 hatched (against), 3 dotted (abstaining).</param>
public sealed record MeterSlice(long Value, int Pattern);

/// <summary>Model of <c>_Meter</c>: one condition as a bar with a tick where the line is, and a sentence with all three numbers.</summary>
/// <param name="Base">The denominator of the rule, in the unit of the slices; 0 draws an empty track.</param>
/// <param name="Need">Where the tick stands, in the same unit.</param>
/// <param name="Label">The finding in words, for those who do not see the bar.</param>
/// <param name="Status">Reached, not reached, or still needed; null shows none.</param>
public sealed record MeterPart(
    string Caption,
    long Base,
    decimal Need,
    string NeedText,
    IReadOnlyList<MeterSlice> Slices,
    string Sentence,
    string Label,
    StatusPart? Status)
{
    /// <summary>Share of the base as an SVG length, for example <c>69.33%</c>.</summary>
    public string Share(decimal value) => Base == 0
        ? "0%"
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Math.Clamp(value / Base * 100, 0, 100):0.00}%");

    /// <summary>The text stands on the side of the line where there is more room; too long for it on a phone, it has a line of its own.</summary>
    public string NeedTextAt => Width(NeedText) > Narrow * Math.Max(Place, 1 - Place) ? "whole" : Place >= 0.5m ? "left" : "right";

    /// <summary>Between the text and the line.</summary>
    public string NeedTextGap => NeedTextAt switch { "left" => "-.45rem", "right" => ".45rem", _ => "0" };

    private const decimal Narrow = 15; // em: a bar on the narrowest phone in elder mode

    private decimal Place => Base == 0 ? 1 : Math.Clamp(Need / Base, 0, 1);

    private static decimal Width(string text) => text.Sum(c => c > '\u2E80' ? 1 : 0.55m);
}

/// <summary>Model of <c>_Empty</c>: one sentence where a list would be, and perhaps what to do.</summary>
public sealed record EmptyPart(string Text, string? LinkText = null, string? Link = null);

/// <summary>One line of <c>_ErrorSummary</c> that belongs to no field stands without a link.</summary>
public sealed record ErrorLine(string Text, string? FieldId);

/// <summary>Model of <c>_Field</c>: a label, its hint, what is wrong with it, and one line of input that keeps what was typed.</summary>
/// <param name="Name">Form name; the id is made of it.</param>
/// <param name="Rows">0 for a single line, else a text area of that many.</param>
public sealed record FieldPart(
    string Name,
    string Label,
    string? Value,
    string Type = "text",
    string? Hint = null,
    string? Autocomplete = null,
    string? InputMode = null,
    int MaxLength = 200,
    int Rows = 0);

/// <summary>Model of <c>_PhotoField</c>: a photo, taken now or chosen.</summary>
/// <param name="Id">Null = its name; another in forms that stand beside each other.</param>
/// <param name="IsUsed">This form was sent and came back: it shows what was wrong.</param>
public sealed record PhotoFieldPart(string Name, string Label, string? Id = null, bool IsUsed = true);

/// <summary>One row of <c>_Options</c>: the whole row is the control.</summary>
/// <param name="Icon">Icon at the right end, or null.</param>
/// <param name="Language">Language of the text where it is data and not the reader's; null = the page's.</param>
public sealed record OptionRow(string Value, string Text, string? Note = null, string? Icon = null, string? Language = null);

/// <summary>Model of <c>_Options</c>: rows of equal size in fixed order, none chosen beforehand.</summary>
/// <param name="Chosen">Values that were chosen before an error or a change.</param>
/// <param name="IsMany">True for check boxes.</param>
public sealed record OptionsPart(string Name, string Legend, IReadOnlyList<OptionRow> Rows, IReadOnlyCollection<string> Chosen, bool IsMany = false, string? Hint = null, bool HideLegend = false);

/// <summary>Model of <c>_Cell</c>: a row that is one link: status, matter, one line of why or when.</summary>
/// <param name="Language">Language of the title: what people wrote is Chinese whatever the page speaks; null = the page's.</param>
public sealed record CellPart(string Link, string Title, string? Why = null, StatusPart? Status = null, string? Language = "zh-Hans");

/// <summary>Model of <c>_Law</c>: under which law it is counted; nothing where no article sets it.</summary>
/// <param name="Profile">Id of the law profile.</param>
/// <param name="IsUnconfirmed">待核实 stands beside it.</param>
public sealed record LawPart(string? Profile, IReadOnlyList<string> Articles, bool IsUnconfirmed);

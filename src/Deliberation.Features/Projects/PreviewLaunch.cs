using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>A line of the computed calendar.</summary>
/// <param name="TextKey">What happens; with <paramref name="Text"/> the name that the template gives it.</param>
/// <param name="IsClash">True when the day cannot hold, for example an end before its beginning.</param>
public sealed record CalendarLine(Stage? Stage, string TextKey, string Text, DateTimeOffset StartsAt, DateTimeOffset EndsAt, bool IsClash);

/// <summary>Messages that will go out, to how many.</summary>
/// <param name="At">Council time when it goes out; null when that depends on people.</param>
public sealed record PlannedMessage(DateTimeOffset? At, string TextKey, JsonObject Values, string AudienceKey, int Recipients);

/// <summary>A post the template's tasks go to.</summary>
/// <param name="Holder">Null = vacant: its tasks will climb.</param>
public sealed record PostCover(string PostCode, string? Holder, string? Substitute);

/// <summary>Who is on the roll now.</summary>
/// <param name="HouseholdsWithoutPhone">Households in which nobody has a telephone: print or visit.</param>
public sealed record RollCount(int Households, int Residents, int Owners, long AreaHundredths, int HouseholdsWithoutPhone, int UnitsWithoutArea);

/// <summary>What a launch would do; nothing is changed.</summary>
/// <param name="Problems">What must be mended first; empty = may be launched.</param>
public sealed record LaunchPreview(
    IReadOnlyList<CalendarLine> Calendar,
    IReadOnlyList<PlannedMessage> Messages,
    IReadOnlyList<PostCover> Posts,
    RollCount Roll,
    IReadOnlyList<Refusal> Problems);

/// <summary>The dry run of a launch.</summary>
public sealed record PreviewLaunch(Caller Caller, CommunityId Community, LaunchForm Form) : IQuery<LaunchPreview>
{
    public Audience Audience => Audience.Workers;
}

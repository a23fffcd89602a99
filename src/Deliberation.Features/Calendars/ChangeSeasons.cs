using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Calendars;

/// <summary>Why a season is kept free.</summary>
public enum SeasonKind
{
    /// <summary>School holidays.</summary>
    School,

    /// <summary>Sowing or harvest.</summary>
    Farming,
    Other,
}

/// <summary>An admin names a season in which people have no time for meetings. A launch check warns of meetings in it.
/// Refused with <c>calendar.season-name</c>, <c>calendar.kind-missing</c>, <c>calendar.season-days</c>, <c>calendar.season-too-many</c>, <c>calendar.reason-length</c>.</summary>
/// <param name="Name">1 to 40 characters.</param>
/// <param name="Last">Last day, inclusive; at most 200 days in all.</param>
/// <param name="Reason">5 to 500 characters.</param>
public sealed record AddSeason(Caller Caller, CommunityId Community, string Name, SeasonKind? Kind, DateOnly? First, DateOnly? Last, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Takes a season away. Refused with <c>access.not-found</c>, <c>calendar.reason-length</c>.</summary>
/// <param name="Reason">5 to 500 characters.</param>
public sealed record RemoveSeason(Caller Caller, CommunityId Community, Guid Season, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class ChangeSeasonsHandler(CouncilSession session) : IRequestHandler<AddSeason, Result<Done>>, IRequestHandler<RemoveSeason, Result<Done>>
{
    private const int MostSeasons = 50;
    private const int MostDays = 200;

    public async Task<Result<Done>> Handle(AddSeason request, CancellationToken cancellationToken)
    {
        if (request.Name.Trim() is not { Length: >= 1 and <= 40 } name)
        {
            return Refusal.Invalid("calendar.season-name", "SeasonName", ("most", 40));
        }

        if (request.Kind is not { } kind || !Enum.IsDefined(kind))
        {
            return Refusal.Invalid("calendar.kind-missing", "SeasonKind");
        }

        if (request is not { First: { } first, Last: { } last } || last < first || last.DayNumber - first.DayNumber >= MostDays || first.Year < 2000 || last.Year > 2099)
        {
            return Refusal.Invalid("calendar.season-days", "First", ("most", MostDays));
        }

        if (CalendarWriting.Reason(request.Reason) is not { } reason)
        {
            return CalendarRefusals.ReasonLength;
        }

        var connection = session.Connection;
        if ((await connection.LockCalendarAsync(request.Community, cancellationToken)).Seasons.Count >= MostSeasons)
        {
            return Refusal.Conflict("calendar.season-too-many", ("most", MostSeasons));
        }

        await connection.RunAsync(
            "insert into calendar_season (community_id, season_id, name, kind, from_day, until_day) values (@Community, @id, @name, @kind, @first, @until)",
            new { request.Community, id = Guid.CreateVersion7(), name, kind = kind.ToString(), first, until = last.AddDays(1) },
            cancellationToken);
        return await connection.FinishAsync(request.Caller, request.Community, nameof(AddSeason), "SeasonAdded", Values(name, first, last), reason, cancellationToken);
    }

    public async Task<Result<Done>> Handle(RemoveSeason request, CancellationToken cancellationToken)
    {
        if (CalendarWriting.Reason(request.Reason) is not { } reason)
        {
            return CalendarRefusals.ReasonLength;
        }

        var connection = session.Connection;
        var calendar = await connection.LockCalendarAsync(request.Community, cancellationToken);
        if (calendar.Seasons.FirstOrDefault(season => season.Id == request.Season) is not { } season)
        {
            return AccessRefusals.NotFound;
        }

        await connection.RunAsync(
            "delete from calendar_season where community_id = @Community and season_id = @Season", new { request.Community, request.Season }, cancellationToken);
        return await connection.FinishAsync(
            request.Caller, request.Community, nameof(RemoveSeason), "SeasonRemoved", Values(season.Name, season.From, season.Until.AddDays(-1)), reason, cancellationToken);
    }

    private static JsonObject Values(string name, DateOnly first, DateOnly last) => new()
    {
        ["name"] = name,
        ["first"] = first.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        ["last"] = last.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
    };
}

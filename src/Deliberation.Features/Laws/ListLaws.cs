using Deliberation.Domain;
using Deliberation.Domain.Laws;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Laws;

/// <summary>Whether a profile's figures may be relied on.</summary>
public enum LawState
{
    /// <summary>Shipped as compared with the official text.</summary>
    Shipped,

    /// <summary>Still to be compared with it (待核实).</summary>
    Unconfirmed,

    /// <summary>An admin has done so.</summary>
    Confirmed,
}

/// <summary>The law profiles that ballots are counted under, with what was recorded about them. For the whole installation.</summary>
public sealed record ListLaws(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<LawLine>>
{
    public Audience Audience => Audience.Admin;
}

/// <param name="EffectiveTo">Last day in force, inclusive; null while in force.</param>
/// <param name="Articles">Of all its rules, each once.</param>
/// <param name="IsInForce">Today, in council time.</param>
/// <param name="Records">Newest first.</param>
public sealed record LawLine(
    string Id, DateOnly EffectiveFrom, DateOnly? EffectiveTo, IReadOnlyList<string> Articles, bool IsInForce, LawState State, IReadOnlyList<LawRecordLine> Records);

internal sealed class ListLawsHandler(CouncilSession session) : IRequestHandler<ListLaws, Result<IReadOnlyList<LawLine>>>
{
    public async Task<Result<IReadOnlyList<LawLine>>> Handle(ListLaws request, CancellationToken cancellationToken)
    {
        var records = (await session.Connection.RowsAsync<Row>(
            """
            select l.profile, l.is_withdrawal, l.basis, l.document, s.display_name as by, l.recorded_at as at
            from law_record l join staff s on s.staff_id = l.recorded_by where l.kind = 'Profile' order by l.record_id desc
            """,
            new { },
            cancellationToken)).ToLookup(row => row.Profile, row => new LawRecordLine(row.IsWithdrawal, row.Basis, row.Document, row.By, row.At));
        var today = WorkingCalendar.China.DayOf(await session.Connection.CouncilNowAsync(cancellationToken));
        return new Result<IReadOnlyList<LawLine>>.Accepted([.. LawProfiles.All.Select(profile => new LawLine(
            profile.Id,
            profile.EffectiveFrom,
            profile.EffectiveTo,
            [.. profile.Articles.Values.SelectMany(articles => articles).Distinct()],
            profile.IsInForce(today),
            !profile.Confirm ? LawState.Shipped : records[profile.Id].FirstOrDefault() is { IsWithdrawal: false } ? LawState.Confirmed : LawState.Unconfirmed,
            [.. records[profile.Id]]))]);
    }

    private sealed record Row(string Profile, bool IsWithdrawal, string Basis, string? Document, string By, DateTimeOffset At);
}

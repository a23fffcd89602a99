using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Rolls;

/// <summary>Disputes of the roll, the most pressing first, then what was answered.</summary>
public sealed record ListRollDisputes(Caller Caller, CommunityId Community, bool OnlyOpen, PageRequest Page) : IQuery<RollDisputeList>
{
    public Audience Audience => Audience.Workers;
}

public sealed record RollDisputeList(Paged<RollDisputeLine> Disputes, DateTimeOffset Now);

/// <param name="Who">The resident, or who told staff.</param>
/// <param name="State">Open, Upheld or Dismissed.</param>
public sealed record RollDisputeLine(
    Guid Id, RollMatter Matter, string Who, string Building, string Door, Guid? Ballot, string? Question, string Message, DateTimeOffset FiledAt, DateTimeOffset DueAt, string State, string? Answer, DateTimeOffset? AnsweredAt);

/// <summary>What the books say of the resident who asks, and what came of their disputes (我在名册上).</summary>
public sealed record GetMyRoll(Caller Caller, CommunityId Community) : IQuery<MyRoll>
{
    public Audience Audience => Audience.Resident;
}

/// <param name="Building">Of the household; null = registered with none.</param>
/// <param name="DelegateName">Masked; null = nobody is named, any adult votes for the household.</param>
/// <param name="AwayGroup">Where the resident works who is away; null = here.</param>
public sealed record MyRoll(
    string? Building, string? Door, int Members, bool IsDelegate, string? DelegateName, string? AwayGroup,
    IReadOnlyList<MyExclusiveUnit> Units, IReadOnlyList<string> Businesses, IReadOnlyList<RollDisputeLine> Disputes, IReadOnlyList<AppealableBallot> Ballots, DateTimeOffset Now);

/// <param name="Owners">All of them, the asking resident included.</param>
public sealed record MyExclusiveUnit(string Building, string Door, string Kind, long AreaHundredths, string AreaSource, string State, int Owners);

/// <summary>A ballot whose roll may still be appealed against.</summary>
public sealed record AppealableBallot(BallotId Id, string Question, DateTimeOffset Until);

internal sealed class ListRollDisputesHandler(CouncilSession session) :
    IRequestHandler<ListRollDisputes, Result<RollDisputeList>>,
    IRequestHandler<GetMyRoll, Result<MyRoll>>
{
    private const string Disputes =
        """
        select d.dispute_id as id, d.matter, coalesce(r.full_name, d.claimant) as who, d.building, d.door, d.ballot_id as ballot, b.question, d.message,
            d.filed_at, d.due_at, d.state, d.answer, d.answered_at
        from roll_dispute d
        left join resident r on r.community_id = d.community_id and r.resident_id = d.resident_id
        left join ballot b on b.community_id = d.community_id and b.ballot_id = d.ballot_id
        """;

    public async Task<Result<RollDisputeList>> Handle(ListRollDisputes request, CancellationToken cancellationToken) => new RollDisputeList(
        await session.Connection.PageAsync<RollDisputeLine, RollDisputeLine>(
            $"{Disputes} where d.community_id = @Community and (not @OnlyOpen or d.state = 'Open')",
            "case when state = 'Open' then due_at end nulls last, answered_at desc, id", new { request.Community, request.OnlyOpen }, request.Page, line => line, cancellationToken),
        await session.Connection.CouncilNowAsync(cancellationToken));

    public async Task<Result<MyRoll>> Handle(GetMyRoll request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var me = new { request.Community, request.Caller.Resident };
        var now = await connection.CouncilNowAsync(cancellationToken);
        var home = (await connection.RowAsync<HomeRow>(
            """
            select h.building, h.door, r.away_group, coalesce(h.delegate_id = r.resident_id, false) as is_delegate, d.full_name as delegate_name,
                (select count(*) from resident m where m.community_id = h.community_id and m.household_id = h.household_id)::int as members
            from resident r
            left join household h on h.community_id = r.community_id and h.household_id = r.household_id and h.moved_out_at is null
            left join resident d on d.community_id = h.community_id and d.resident_id = h.delegate_id
            where r.community_id = @Community and r.resident_id = @Resident
            """,
            me,
            cancellationToken))!;
        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        return new MyRoll(
            home.Building,
            home.Door,
            home.Members,
            home.IsDelegate,
            home.DelegateName is null ? null : Names.Mask(home.DelegateName),
            home.AwayGroup,
            await connection.RowsAsync<MyExclusiveUnit>(
                """
                select u.building, u.door, u.kind, u.area_hundredths, u.area_source, u.state,
                    (select count(*) from unit_owner a where a.community_id = u.community_id and a.unit_id = u.unit_id)::int as owners
                from unit_owner o join exclusive_unit u using (community_id, unit_id)
                where o.community_id = @Community and o.resident_id = @Resident order by length(u.building), u.building, u.door, u.kind
                """,
                me,
                cancellationToken),
            await connection.RowsAsync<string>(
                "select name from merchant where community_id = @Community and resident_id = @Resident and closed_at is null order by name", me, cancellationToken),
            await connection.RowsAsync<RollDisputeLine>(
                $"{Disputes} where d.community_id = @Community and d.resident_id = @Resident order by d.dispute_id desc limit 20", me, cancellationToken),
            [.. (await connection.RowsAsync<BallotRow>(
                "select ballot_id, question, roll_frozen_at, closes_at from ballot where community_id = @Community and state in ('Open', 'Paused') order by closes_at", me, cancellationToken))
                .Select(b => new AppealableBallot(b.BallotId, b.Question, RollDisputeHandler.AppealsUntil(calendar, b.RollFrozenAt, b.ClosesAt)))
                .Where(b => now < b.Until)],
            now);
    }

    private sealed record HomeRow(string? Building, string? Door, string? AwayGroup, bool IsDelegate, string? DelegateName, int Members);

    private sealed record BallotRow(BallotId BallotId, string Question, DateTimeOffset RollFrozenAt, DateTimeOffset ClosesAt);
}

using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using MediatR;

namespace Deliberation.Features.Residents;

/// <summary>What waits for the caller: the ballots. Evaluations, pledges and signatures have lists of their own.</summary>
public sealed record ListMyMatters(Caller Caller, CommunityId Community) : IQuery<MyMatters>
{
    public Audience Audience => Audience.Resident;
}

/// <param name="MaskedName">张*兰.</param>
/// <param name="ToVote">Open, with at least one unit of the caller that has not voted; closing time first.</param>
/// <param name="Voted">Open, all units voted.</param>
/// <param name="Results">Closed within 90 days, newest first.</param>
/// <param name="UnreadMessages">0 or more; those about what has ended or is done do not count.</param>
/// <param name="HasOtherHouseholds">True when the caller may act for a household other than this session's.</param>
public sealed record MyMatters(
    string MaskedName,
    string? Building,
    string? Door,
    IReadOnlyList<BallotLine> ToVote,
    IReadOnlyList<BallotLine> Voted,
    IReadOnlyList<BallotLine> Results,
    int UnreadMessages,
    bool HasOtherHouseholds);

internal sealed class ListMyMattersHandler(CouncilSession session) : IRequestHandler<ListMyMatters, Result<MyMatters>>
{
    public async Task<Result<MyMatters>> Handle(ListMyMatters request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var resident = request.Caller.Resident!.Value;
        var person = await connection.QuerySingleAsync<Person>(new CommandDefinition(
            $"""
            select r.full_name, h.building, h.door,
                (select count(*) from outbox_message m where m.community_id = r.community_id and m.resident_id = r.resident_id and m.read_at is null
                    and m.channel = 'InApp' and (m.not_before is null or m.not_before <= council_now())
                    and {MessageRows.Settled} is null)::int as unread,
                exists (select from household o where o.community_id = r.community_id and o.moved_out_at is null
                    and (o.delegate_id = r.resident_id or o.household_id = r.household_id) and o.household_id is distinct from @household) as has_other_households
            from resident r
            left join household h on h.community_id = r.community_id and h.household_id = coalesce(@household, r.household_id)
            where r.community_id = @Community and r.resident_id = @resident
            """,
            new { request.Community, resident, household = request.Caller.Household },
            cancellationToken: cancellationToken));
        var ballots = await ListBallotsHandler.MineAsync(connection, request.Community, resident, cancellationToken);
        var running = ballots.Where(b => b.State is BallotState.Open or BallotState.Paused).ToList();
        return new MyMatters(
            NameMask.Of(person.FullName),
            person.Building,
            person.Door,
            [.. running.Where(b => b.UnitsToVote > 0)],
            [.. running.Where(b => b.UnitsToVote == 0)],
            [.. ballots.Except(running)],
            person.Unread,
            person.HasOtherHouseholds);
    }

    private sealed record Person(string FullName, string? Building, string? Door, int Unread, bool HasOtherHouseholds);
}

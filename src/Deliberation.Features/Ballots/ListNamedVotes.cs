using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>Who voted how in a declared ballot by name, for the people of that roll and the community's staff. Every reading is on record.
/// Refused with <c>ballot.not-found</c> (secret ballots too), <c>ballot.not-declared</c>, <c>ballot.not-on-roll</c>.</summary>
/// <remarks>Source: domain.md 5, "Published", and requirement 12: every read of a named list is logged. A command, since it leaves an audit line.</remarks>
public sealed record ListNamedVotes(Caller Caller, CommunityId Community, BallotId Ballot, PageRequest Page) : ICommand<NamedVotes>
{
    public Audience Audience => Audience.Resident | Audience.Workers;
}

/// <param name="Votes">By building and door; units that did not vote are not listed.</param>
public sealed record NamedVotes(BallotView Ballot, Paged<NamedVote> Votes);

/// <param name="AreaHundredths">0.01 m²; 0 where area does not count.</param>
/// <param name="Names">Family names with stars: of who voted, and by proxy or unsigned paper of all whom the unit belongs to.</param>
/// <param name="Choices">Empty on a spoilt paper.</param>
/// <param name="Status">Counted, Spoilt or SetAside.</param>
public sealed record NamedVote(string Label, long AreaHundredths, IReadOnlyList<string> Names, IReadOnlyList<string> Choices, string Status, VoteChannel Channel);

internal sealed class ListNamedVotesHandler(CouncilSession session) : IRequestHandler<ListNamedVotes, Result<NamedVotes>>
{
    public async Task<Result<NamedVotes>> Handle(ListNamedVotes request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var resident = request.Caller.Resident;
        if (await BallotReading.FindAsync(connection, request.Community, request.Ballot, resident, cancellationToken) is not { IsSecret: false } ballot)
        {
            return BallotRefusals.NotFound;
        }

        if (resident is not null && ballot.MyUnits.All(unit => unit.IsProxy))
        {
            return BallotRefusals.NotOnRoll;
        }

        if (ballot.State is not BallotState.Declared)
        {
            return BallotRefusals.NotDeclared;
        }

        var votes = await connection.PageAsync<Row, NamedVote>(
            """
            select e.building, e.label, e.area_hundredths, v.choices, v.status, v.channel,
                array(select r.full_name from roll_entry_person p join resident r using (community_id, resident_id)
                    where p.community_id = e.community_id and p.ballot_id = e.ballot_id and p.unit_key = e.unit_key
                        and (p.resident_id = v.resident_id or not exists (select from roll_entry_person own
                            where own.community_id = e.community_id and own.ballot_id = e.ballot_id and own.unit_key = e.unit_key and own.resident_id = v.resident_id))
                    order by r.full_name) as names
            from vote v join roll_entry e using (community_id, ballot_id, unit_key)
            where v.community_id = @community and v.ballot_id = @ballot and not e.is_removed
            """,
            "length(building), building, length(label), label",
            new { request.Community, request.Ballot },
            request.Page,
            row => new NamedVote(row.Label, row.AreaHundredths, [.. row.Names.Select(NameMask.Family)], row.Choices, row.Status, row.Channel),
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(ListNamedVotes), $"ballot:{request.Ballot}", await connection.CouncilNowAsync(cancellationToken), cancellationToken,
            details: new JsonObject { ["rows"] = votes.Items.Count, ["from"] = request.Page.Offset });
        return new NamedVotes(ballot, votes);
    }

    private sealed record Row(string Building, string Label, long AreaHundredths, string[] Choices, string Status, VoteChannel Channel, string[] Names);
}

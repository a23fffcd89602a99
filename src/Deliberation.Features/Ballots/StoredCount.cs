using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots.Deliveries;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Counts from what is stored: papers on the table or in the urn, the frozen roll with its corrections. The close and every recount go through here.</summary>
internal static class StoredCount
{
    /// <param name="present">Signed in at the meeting; null when there was none.</param>
    /// <returns>The result as it is stored, and the units that took part.</returns>
    public static async Task<(JsonObject Result, int Returned)> DecideAsync(
        NpgsqlConnection connection, BallotRow ballot, IReadOnlyList<CountedPaper> papers, int? present, CancellationToken cancellationToken)
    {
        var roll = await connection.RowsAsync<CountedUnit>(
            "select unit_key, persons, area_hundredths from roll_entry where community_id = @CommunityId and ballot_id = @BallotId and not is_removed",
            new { ballot.CommunityId, ballot.BallotId },
            cancellationToken);
        var returned = ballot.IsSecret
            ? await connection.ScalarAsync<int>(
                "select count(*)::int from participation where community_id = @CommunityId and ballot_id = @BallotId", new { ballot.CommunityId, ballot.BallotId }, cancellationToken)
            : papers.Count;
        var delivered = BallotRule.Read(ballot.Rule).FollowsMajority ? await DeliveryBook.UnitsAsync(connection, ballot.CommunityId, ballot.BallotId, cancellationToken) : null;
        return (BallotCount.Decide(ballot, roll, papers, returned, present, delivered), returned);
    }

    public static Task<IReadOnlyList<CountedPaper>> NamedPapersAsync(NpgsqlConnection connection, BallotRow ballot, CancellationToken cancellationToken) =>
        connection.RowsAsync<CountedPaper>(
            """
            select v.unit_key, v.choices, v.status
            from vote v join roll_entry e using (community_id, ballot_id, unit_key)
            where v.community_id = @CommunityId and v.ballot_id = @BallotId and not e.is_removed
            """,
            new { ballot.CommunityId, ballot.BallotId },
            cancellationToken);

    /// <summary>Of a secret ballot whose urn is opened.</summary>
    public static Task<IReadOnlyList<CountedPaper>> UrnAsync(NpgsqlConnection connection, BallotRow ballot, CancellationToken cancellationToken) =>
        connection.RowsAsync<CountedPaper>(
            """
            select '' as unit_key, choices, case when cardinality(choices) = 0 then 'Spoilt' else 'Counted' end as status
            from urn where community_id = @CommunityId and ballot_id = @BallotId
            """,
            new { ballot.CommunityId, ballot.BallotId },
            cancellationToken);
}

using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Turnout of units whose people all work away (外出务工), as of the freezing of the roll; the rest of the roll is at home.</summary>
public sealed record AwayTurnout(int RollUnits, int ReturnedUnits)
{
    /// <returns>Null where nobody works away, where a secret ballot has fewer than five away or at home, and, while those away may vote longer than the others, until the count.</returns>
    internal static async Task<AwayTurnout?> FindAsync(NpgsqlConnection connection, CommunityId community, BallotView ballot, CancellationToken cancellationToken)
    {
        if (ballot.LocalClosesAt is not null && ballot.State is BallotState.Open or BallotState.Paused or BallotState.Counting)
        {
            return null;
        }

        var away = (await connection.RowAsync<AwayTurnout>(
            $"""
            select count(*)::int as roll_units, (count(*) filter (where {BallotReading.HasVoted}))::int as returned_units
            from roll_entry e where e.community_id = @community and e.ballot_id = @Id and e.is_away and not e.is_removed
            """,
            new { community, ballot.Id },
            cancellationToken))!;
        var home = ballot.Roll.Units - away.RollUnits;
        return away.RollUnits >= (ballot.IsSecret ? SmallCells.Smallest : 1) && (!ballot.IsSecret || home is 0 or >= SmallCells.Smallest) ? away : null;
    }
}

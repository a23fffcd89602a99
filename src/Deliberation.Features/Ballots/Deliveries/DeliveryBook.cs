using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Ballots.Deliveries;

/// <summary>How a paper reached its owner, so that it can be proven (送达).</summary>
public enum DeliveryWay
{
    /// <summary>Somebody signed for it (签收).</summary>
    Signed,

    /// <summary>Registered post (挂号邮寄).</summary>
    Post,

    /// <summary>Left there before a witness who signed (见证下留置).</summary>
    Witnessed,

    /// <summary>By telephone or mail, confirmed by the owner (电子送达).</summary>
    Electronic,
}

/// <summary>The book of deliveries. A unit's latest entry holds.</summary>
internal static class DeliveryBook
{
    /// <summary>Deliveries of <c>@community</c> and <c>@ballot</c> that stand, one row a unit.</summary>
    public const string Standing =
        """
        (select * from (
            select distinct on (unit_key) * from delivery where community_id = @community and ballot_id = @ballot order by unit_key, delivery_id desc) latest
        where not is_withdrawal)
        """;

    /// <summary>Units whose papers were delivered.</summary>
    public static Task<IReadOnlyList<string>> UnitsAsync(NpgsqlConnection connection, CommunityId community, BallotId ballot, CancellationToken cancellationToken) =>
        connection.RowsAsync<string>($"select unit_key from {Standing} d", new { community, ballot }, cancellationToken);

    /// <summary>Whether deliveries may be recorded now; null when they may: before the close, of a ballot whose rule asks for them.</summary>
    public static Refusal? Closed(BallotRow ballot, DateTimeOffset now) =>
        !Domain.Ballots.BallotRule.Read(ballot.Rule).FollowsMajority ? Refusal.Conflict("delivery.not-asked")
        : !ballot.IsRunning || now >= ballot.ClosesAt ? BallotRefusals.WindowClosed(ballot.ClosesAt)
        : null;
}

using Dapper;
using Deliberation.Postgres.Scheduling;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Deliberation.Postgres.Outbox;

/// <summary>Section <c>Outbox</c>: which messages this installation can deliver.</summary>
public sealed class OutboxOptions
{
    public const string Section = "Outbox";

    /// <summary>Channels whose messages count as delivered when they are in the mailbox of the product: <c>InApp</c>, and in the demo all others, which its mailbox page shows.</summary>
    public IList<string> Delivered { get; } = ["InApp"];
}

/// <summary>Delivers messages after the decision that wrote them has committed: here, by setting them free in the product's own mailbox.</summary>
/// <remarks>Messages of a channel without a gateway wait and are counted as outbox lag.</remarks>
internal sealed class OutboxDelivery(NpgsqlDataSource dataSource, IOptions<OutboxOptions> options) : IDueWorkHandler
{
    private const int BatchSize = 500;

    public async Task<bool> RunOneAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var delivered = await connection.ExecuteAsync(new CommandDefinition(
            """
            update outbox_message m
            set sent_at = clock_timestamp(), attempts = attempts + 1
            from (
                select community_id, message_id
                from outbox_message
                where sent_at is null and channel = any(@channels) and (not_before is null or not_before <= (select council_now()))
                order by message_id
                limit @BatchSize
                for update skip locked) due
            where m.community_id = due.community_id and m.message_id = due.message_id
            """,
            new { channels = options.Value.Delivered.ToArray(), BatchSize },
            cancellationToken: cancellationToken));
        if (delivered == 0)
        {
            return false;
        }

        FaultPoint.Hit("messages-before-commit");
        await transaction.CommitAsync(cancellationToken);
        FaultPoint.Hit("messages-after-commit");
        return true;
    }
}

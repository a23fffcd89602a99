using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Payments;

/// <summary>The one way a payment becomes paid, from its own page or from a task.</summary>
internal static class PaymentRules
{
    /// <returns>Null when paid; else <c>payment.already-paid</c>, <c>payment.checkpoint-unsigned</c> or not found.</returns>
    public static async Task<Refusal?> PayAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, ProjectId project, int number, string voucher, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var payment = await connection.RowAsync<Row>(
            """
            select title, amount_fen, checkpoint_code, state from payment
            where community_id = @community and project_id = @project and payment_no = @number for update
            """,
            new { community, project, number },
            cancellationToken);
        if (payment is null)
        {
            return AccessRefusals.NotFound;
        }

        if (payment.State == "Paid")
        {
            return Refusal.Conflict("payment.already-paid");
        }

        if (payment.CheckpointCode is { } code && !await connection.IsPassedAsync(community, project, code, cancellationToken))
        {
            return Refusal.Conflict("payment.checkpoint-unsigned", ("checkpoint", code), ("number", number));
        }

        await connection.RunAsync(
            """
            update payment set state = 'Paid', paid_at = @now, paid_by = @staff::uuid, voucher = @voucher
            where community_id = @community and project_id = @project and payment_no = @number
            """,
            new { now, staff = caller.Staff?.Value, voucher, community, project, number },
            cancellationToken);
        JsonObject values = new() { ["number"] = number, ["title"] = payment.Title, ["amountFen"] = payment.AmountFen };
        await connection.TimelineAsync(caller, community, project, now, "Checkpoint", "payment.timeline.paid", values, null, cancellationToken);
        await connection.AuditAsync(caller, community, nameof(RecordPayment), $"project:{project}", now, cancellationToken, details: new JsonObject { ["number"] = number, ["voucher"] = voucher });
        return null;
    }

    /// <summary>A checkpoint that nobody has asked for yet is unsigned too. Locked, so that no new round begins in between.</summary>
    private static Task<bool> IsPassedAsync(this NpgsqlConnection connection, CommunityId community, ProjectId project, string code, CancellationToken cancellationToken) =>
        connection.ScalarAsync<bool>(
            """
            select coalesce((
                select state = 'Passed' from checkpoint
                where community_id = @community and project_id = @project and checkpoint_code = @code for share), false)
            """,
            new { community, project, code },
            cancellationToken);

    private sealed record Row(string Title, long AmountFen, string? CheckpointCode, string State);
}

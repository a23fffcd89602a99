using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Covenants;
using Deliberation.Features.Foundation;
using Deliberation.Features.Outcomes;
using Deliberation.Features.Payments;
using Npgsql;

namespace Deliberation.Features.Tasks;

/// <summary>What the completion of a task writes besides the task itself, by kind.</summary>
internal sealed class TaskEffects(NpgsqlConnection connection, Caller caller, CommunityId community, WorkTaskRow task, DateTimeOffset now)
{
    /// <param name="answer">What the waiting visit will get; an effect may add to it.</param>
    /// <returns>Null when granted.</returns>
    public async Task<Refusal?> ApplyAsync(string outcome, bool isGood, JsonObject data, JsonObject answer, CancellationToken cancellationToken)
    {
        switch (task.Kind)
        {
            case "Checkpoint":
                await SignCheckpointAsync(isGood, data, cancellationToken);
                return null;
            case "Payment" when isGood && PaymentNumber(data) is { } number:
                return await connection.PayAsync(caller, community, task.ProjectId, number, data["voucher"]?.ToString() ?? $"task:{task.TaskId}", now, cancellationToken);
            case "PaperCount":
                return Refusal.Conflict("paper.sign-at-the-desk"); // three people sign, each for himself
            case "Covenant":
                return await EndCovenantAsync(outcome, answer, cancellationToken);
            default:
                if (isGood && OutcomeDraft.IsAbout(data))
                {
                    await connection.FillOutcomeAsync(community, task.ProjectId, data, cancellationToken);
                }

                return null;
        }
    }

    private int? PaymentNumber(JsonObject data) =>
        int.TryParse((task.Form["payment"] ?? data["payment"])?.ToString(), CultureInfo.InvariantCulture, out var number) ? number : null;

    private Task<int> SignCheckpointAsync(bool isGood, JsonObject data, CancellationToken cancellationToken) =>
        connection.RunAsync(
            """
            update checkpoint set state = @state, signed_at = @now, signed_by = @staff::uuid, record = @data
            where community_id = @community and project_id = @project and task_id = @task
            """,
            new { state = isGood ? "Passed" : "Defects", now, staff = caller.Staff?.Value, data, community, project = task.ProjectId, task = task.TaskId },
            cancellationToken);

    /// <summary>The inbox and the covenant's own page are two doors to one act.</summary>
    private async Task<Refusal?> EndCovenantAsync(string outcome, JsonObject answer, CancellationToken cancellationToken)
    {
        if (await connection.LockCovenantOfVisitAsync(community, task.InstanceId, task.VisitId, cancellationToken) is not { } covenant)
        {
            return null;
        }

        if (outcome != "Adopted")
        {
            await connection.WithdrawCovenantAsync(caller, community, covenant, "covenant.ended-in-inbox", now, cancellationToken);
            return null;
        }

        var adopted = await connection.AdoptAsync(caller, community, covenant, now, cancellationToken);
        if (adopted is Result<int>.Refused { Reason: var reason })
        {
            return reason;
        }

        answer["version"] = adopted.Require();
        return null;
    }
}

using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Npgsql;

namespace Deliberation.Features.Foundation;

/// <summary>What every change leaves behind: an audit line and, where people should see it, a line on the timeline.</summary>
internal static class Traces
{
    /// <summary>In an assisted session the helper acts before the witness, on behalf of the resident.</summary>
    public static Task AuditAsync(
        this NpgsqlConnection connection,
        Caller caller,
        CommunityId community,
        string action,
        string subject,
        DateTimeOffset now,
        CancellationToken cancellationToken,
        string? reason = null,
        JsonObject? details = null) =>
        connection.AddAuditAsync(
            new AuditEntry(
                community,
                caller.AssistedBy is null ? caller.ActorKind : "Staff",
                caller.AssistedBy?.Helper.Value ?? caller.ActorId,
                action,
                subject,
                now,
                reason,
                Assisted(caller, details),
                caller.AssistedBy is null ? null : caller.Resident?.Value),
            cancellationToken);

    private static JsonObject? Assisted(Caller caller, JsonObject? details)
    {
        if (caller.AssistedBy is not { } assistance)
        {
            return details;
        }

        var told = details?.DeepClone().AsObject() ?? [];
        told["channel"] = "Assisted";
        told["witness"] = assistance.Witness;
        return told;
    }

    /// <summary>A line that a person caused.</summary>
    public static Task TimelineAsync(
        this NpgsqlConnection connection,
        Caller caller,
        CommunityId community,
        ProjectId project,
        DateTimeOffset now,
        string kind,
        string textKey,
        JsonObject values,
        string? link,
        CancellationToken cancellationToken) =>
        connection.AddTimelineAsync(
            new TimelineEntry(community, project, now, kind, textKey, values, IsAutomatic: false, caller.Staff?.Value, link), cancellationToken);

    /// <summary>A line that a rule or a timer caused.</summary>
    public static Task TimelineAsync(
        this StepContext step, string kind, string textKey, JsonObject values, string? link, CancellationToken cancellationToken) =>
        step.Connection.AddTimelineAsync(
            new TimelineEntry(step.Community, step.Project, step.Now, kind, textKey, values, IsAutomatic: true, ActorId: null, link), cancellationToken);

    /// <summary>The audit line of a command of a workflow.</summary>
    public static Task AuditAsync(
        this StepContext step, string action, string subject, CancellationToken cancellationToken, string? reason = null, JsonObject? details = null) =>
        step.Connection.AddAuditAsync(
            new AuditEntry(step.Community, Caller.System.ActorKind, null, action, subject, step.Now, reason, details), cancellationToken);
}

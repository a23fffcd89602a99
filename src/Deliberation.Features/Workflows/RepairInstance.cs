using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Workflows.Alterations;
using MediatR;

namespace Deliberation.Features.Workflows;

/// <summary>Tries an instance again that has faulted, after somebody mended the cause.</summary>
public sealed record RetryInstance(Caller Caller, CommunityId Community, Guid InstanceId, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Gives a variable of an instance another value.</summary>
/// <param name="Variable">Id or name.</param>
/// <param name="Value">JSON; what is no JSON is taken as a text.</param>
public sealed record ModifyInstanceVariable(Caller Caller, CommunityId Community, Guid InstanceId, string Variable, string Value, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Runs an activity of an instance out of turn.</summary>
public sealed record ScheduleInstanceActivity(Caller Caller, CommunityId Community, Guid InstanceId, string Activity, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Takes an activity that waits or has faulted out of an instance; what comes after it goes on without its outcome. Tasks of it are withdrawn.</summary>
/// <remarks>A ballot, notice or meeting that is open has a desk of its own where it is ended with its rules: <c>workflow.has-a-desk</c>.</remarks>
public sealed record CancelInstanceActivity(Caller Caller, CommunityId Community, Guid InstanceId, string Activity, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class RepairInstanceHandlers(CouncilSession session, InstanceRepair repair, IPumpSignal pump) :
    IRequestHandler<RetryInstance, Result<Done>>,
    IRequestHandler<ModifyInstanceVariable, Result<Done>>,
    IRequestHandler<ScheduleInstanceActivity, Result<Done>>,
    IRequestHandler<CancelInstanceActivity, Result<Done>>
{
    public Task<Result<Done>> Handle(RetryInstance request, CancellationToken cancellationToken) => ActAsync(
        request.Caller, request.Community, request.InstanceId, request.Reason, nameof(RetryInstance), [],
        locked => repair.RetryAsync(session.Connection, locked, cancellationToken), cancellationToken);

    public Task<Result<Done>> Handle(ModifyInstanceVariable request, CancellationToken cancellationToken) => AlterAsync(
        request.Caller, request.Community, request.InstanceId, request.Reason, nameof(ModifyInstanceVariable),
        new Alteration.ModifyVariable(request.Variable.Trim(), Read(request.Value)), new JsonObject { ["variable"] = request.Variable.Trim() }, cancellationToken);

    public Task<Result<Done>> Handle(ScheduleInstanceActivity request, CancellationToken cancellationToken) => AlterAsync(
        request.Caller, request.Community, request.InstanceId, request.Reason, nameof(ScheduleInstanceActivity),
        new Alteration.ScheduleActivity(request.Activity.Trim()), new JsonObject { ["activity"] = request.Activity.Trim() }, cancellationToken);

    public async Task<Result<Done>> Handle(CancelInstanceActivity request, CancellationToken cancellationToken)
    {
        if (await HasDeskAsync(request, cancellationToken))
        {
            return Refusal.Conflict("workflow.has-a-desk");
        }

        return await AlterAsync(
            request.Caller, request.Community, request.InstanceId, request.Reason, nameof(CancelInstanceActivity),
            new Alteration.CancelActivity(request.Activity.Trim()), new JsonObject { ["activity"] = request.Activity.Trim() }, cancellationToken);
    }

    /// <summary>The council's own activities that are no task: what is open for the public is not taken away from behind.</summary>
    private Task<bool> HasDeskAsync(CancelInstanceActivity request, CancellationToken cancellationToken) => session.Connection.ScalarAsync<bool>(
        """
        select exists (
            select from workflow_bookmark b
            where b.community_id = @Community and b.instance_id = @InstanceId and b.activity_id = @activity and b.activity_type like 'Deliberation.%'
              and not exists (
                select from work_task t
                where t.community_id = b.community_id and t.instance_id = b.instance_id and t.visit_id = b.visit_id and t.state = 'Open'))
        """,
        new { request.Community, request.InstanceId, activity = request.Activity.Trim() },
        cancellationToken);

    private Task<Result<Done>> AlterAsync(
        Caller caller, CommunityId community, Guid instanceId, string reason, string act, Alteration alteration, JsonObject details, CancellationToken cancellationToken) =>
        ActAsync(caller, community, instanceId, reason, act, details, locked => repair.AlterAsync(session.Connection, locked, [alteration], cancellationToken), cancellationToken);

    private async Task<Result<Done>> ActAsync(
        Caller caller,
        CommunityId community,
        Guid instanceId,
        string reason,
        string act,
        JsonObject details,
        Func<RepairedInstance, Task<Refusal?>> actOn,
        CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await repair.LockAsync(connection, community, instanceId, cancellationToken) is not { } locked)
        {
            return AccessRefusals.NotFound;
        }

        if (string.IsNullOrWhiteSpace(reason))
        {
            return Refusal.Invalid("workflow.reason-missing", "Reason");
        }

        if (await actOn(locked) is { } refusal)
        {
            return refusal;
        }

        await connection.AuditAsync(caller, community, act, $"instance:{instanceId}", locked.Now, cancellationToken, reason, details);
        session.AfterCommit(pump.Wake);
        return Done.Value;
    }

    private static JsonNode? Read(string text)
    {
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return text;
        }
    }
}

using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Maintenance;
using MediatR;

namespace Deliberation.Features.Operations;

/// <summary>Asks for a run of a maintenance job besides its schedule, with a reason. A node begins it within seconds.</summary>
/// <param name="Job">One of <see cref="MaintenanceJobs.All"/>.</param>
/// <param name="Reason">1 to 200 characters.</param>
/// <returns>Done; or <c>job.reason-missing</c>, <c>job.asked-already</c>.</returns>
public sealed record RunJob(Caller Caller, CommunityId Community, string Job, string Reason) : ICommand<Done>
{
    public const int LongestReason = 200;

    public Audience Audience => Audience.Admin;
}

internal sealed class RunJobHandler(CouncilSession session) : IRequestHandler<RunJob, Result<Done>>
{
    public async Task<Result<Done>> Handle(RunJob request, CancellationToken cancellationToken)
    {
        if (!MaintenanceJobs.All.Contains(request.Job) || request.Caller.Staff is not { } staff)
        {
            return AccessRefusals.NotFound;
        }

        if (request.Reason.Trim() is not { Length: > 0 and <= RunJob.LongestReason } reason)
        {
            return Refusal.Invalid("job.reason-missing", "Reason");
        }

        if (!await session.Connection.AskForRunAsync(request.Job, staff.Value, reason, cancellationToken))
        {
            return Refusal.Conflict("job.asked-already");
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(RunJob), $"job:{request.Job}", now, cancellationToken, reason);
        return Done.Value;
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Calendars;
using Deliberation.Features.Departments;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Resolutions;

/// <summary>
/// Says which department carries a resolution out, and by when. Changing either later needs a reason.
/// Refused with <c>department.unknown</c>, <c>resolution.due-bounds</c>, <c>resolution.already-done</c>, <c>resolution.lapsed</c>, <c>task.reason-missing</c>.
/// </summary>
/// <param name="DueOn">Last day, inclusive: today to three years ahead.</param>
public sealed record AssignResolution(Caller Caller, CommunityId Community, Guid Resolution, Guid? Department, DateOnly? DueOn, string? Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class AssignResolutionHandler(CouncilSession session) : IRequestHandler<AssignResolution, Result<Done>>
{
    private const int MostYears = 3;

    public async Task<Result<Done>> Handle(AssignResolution request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockResolutionAsync(request.Community, request.Resolution, cancellationToken) is not { } resolution)
        {
            return AccessRefusals.NotFound;
        }

        if (resolution.DoneAt is not null)
        {
            return ResolutionRefusals.AlreadyDone;
        }

        if (resolution.IsLapsed)
        {
            return ResolutionRefusals.Lapsed;
        }

        if (await connection.LockActiveDepartmentAsync(request.Community, request.Department, cancellationToken) is not { } department)
        {
            return DepartmentRefusals.Unknown;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        var today = calendar.DayOf(now);
        if (request.DueOn is not { } dueOn || dueOn < today || dueOn > today.AddYears(MostYears))
        {
            return ResolutionRefusals.DueBounds;
        }

        var reason = string.IsNullOrWhiteSpace(request.Reason) ? null : request.Reason.Trim();
        if (resolution.DepartmentId is not null && reason is null)
        {
            return ResolutionRefusals.ReasonMissing;
        }

        await connection.RunAsync(
            "update resolution set department_id = @DepartmentId, due_on = @dueOn where community_id = @Community and resolution_id = @Resolution",
            new { department.DepartmentId, dueOn, request.Community, request.Resolution },
            cancellationToken);
        var day = dueOn.ToString("O", CultureInfo.InvariantCulture);
        await connection.TellPostOrAboveAsync(
            Resolutions.Message(
                request.Community, department.PostCode, resolution, "assigned", $"assigned:{department.DepartmentId}:{day}",
                new JsonObject { ["title"] = resolution.Title, ["until"] = OpenBallotHandler.Instant(calendar.EndOf(dueOn)) }, now),
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(AssignResolution), $"resolution:{request.Resolution}", now, cancellationToken, reason,
            new JsonObject { ["from"] = resolution.Department, ["to"] = department.Name, ["dueOn"] = day });
        return Done.Value;
    }
}

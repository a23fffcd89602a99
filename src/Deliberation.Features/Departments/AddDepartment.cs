using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using Deliberation.Process.Lists;
using MediatR;

namespace Deliberation.Features.Departments;

/// <summary>Adds a department that answers for things (责任单位). Refused with <c>department.name-length</c>, <c>department.post-unknown</c>, <c>department.there-already</c>.</summary>
/// <param name="Name">2 to 60 characters, once among those that have not ended.</param>
/// <param name="Post">Who acts for this post acts for the department.</param>
public sealed record AddDepartment(Caller Caller, CommunityId Community, string? Name, string? Post) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Ends a department that has nothing open; what it did stays. Refused with <c>department.already-ended</c>, <c>department.has-open</c>, <c>task.reason-missing</c>.</summary>
public sealed record EndDepartment(Caller Caller, CommunityId Community, Guid Department, string? Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class AddDepartmentHandler(CouncilSession session) : IRequestHandler<AddDepartment, Result<Guid>>, IRequestHandler<EndDepartment, Result<Done>>
{
    public async Task<Result<Guid>> Handle(AddDepartment request, CancellationToken cancellationToken)
    {
        if (request.Name?.Trim() is not { Length: >= 2 and <= 60 } name)
        {
            return DepartmentRefusals.NameLength;
        }

        var connection = session.Connection;
        if (!await connection.IsPostAsync(request.Community, request.Post, cancellationToken))
        {
            return DepartmentRefusals.PostUnknown;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var calendar = await connection.CalendarAsync(request.Community, cancellationToken);
        var month = PackMonths.Next(calendar, now);
        var id = Guid.CreateVersion7();
        var added = await connection.RunAsync(
            """
            insert into department (community_id, department_id, name, post_code, next_pack_month, next_pack_at) values (@Community, @id, @name, @Post, @month, @packAt)
            on conflict (community_id, name) where ended_at is null do nothing
            """,
            new { request.Community, id, name, request.Post, month, packAt = PackMonths.MadeAt(calendar, month) },
            cancellationToken);
        if (added == 0)
        {
            return DepartmentRefusals.ThereAlready;
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(AddDepartment), $"department:{id}", now, cancellationToken, details: new JsonObject { ["name"] = name, ["post"] = request.Post });
        return id;
    }

    public async Task<Result<Done>> Handle(EndDepartment request, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return DepartmentRefusals.ReasonMissing;
        }

        var connection = session.Connection;
        if (await connection.LockDepartmentAsync(request.Community, request.Department, cancellationToken) is not { } department)
        {
            return AccessRefusals.NotFound;
        }

        if (department.EndedAt is not null)
        {
            return DepartmentRefusals.AlreadyEnded;
        }

        if (await connection.ScalarAsync<bool>(
            """
            select exists (select from policy_question where community_id = @Community and department_id = @Department and answered_at is null)
                or exists (select from resolution where community_id = @Community and department_id = @Department and done_at is null)
                or exists (select from tracked_matter where community_id = @Community and department_id = @Department and closed_at is null)
                or exists (select from zone where community_id = @Community and department_id = @Department and ended_at is null)
            """,
            new { request.Community, request.Department },
            cancellationToken))
        {
            return DepartmentRefusals.HasOpen;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.RunAsync(
            "update department set ended_at = @now where community_id = @Community and department_id = @Department", new { now, request.Community, request.Department }, cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(EndDepartment), $"department:{request.Department}", now, cancellationToken, request.Reason.Trim());
        return Done.Value;
    }
}

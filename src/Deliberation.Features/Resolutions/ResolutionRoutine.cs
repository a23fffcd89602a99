using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Resolutions;

/// <summary>The product tells the community's post and the one above that a resolution has no department.</summary>
public sealed record TellOfResolution(Caller Caller, CommunityId Community, Guid Resolution) : ICommand<Done>
{
    public Audience Audience => Audience.None; // only the product itself
}

/// <summary>A resolution without a department goes up once, seven days after its adoption (decision 0029).</summary>
internal sealed class ResolutionRoutine : IRoutine
{
    public async Task<ICommand<Done>?> DueAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken cancellationToken) =>
        await connection.RowAsync<DueRow>(
            $"""
            select r.community_id, r.resolution_id
            from resolution r left join ballot b on b.community_id = r.community_id and b.ballot_id = r.ballot_id
            where r.department_id is null and r.escalated_at is null and r.escalate_at <= @now and not {Resolutions.IsLapsed}
            order by r.escalate_at limit 1
            """,
            new { now },
            cancellationToken) is { } due ? new TellOfResolution(Caller.System, due.CommunityId, due.ResolutionId) : null;

    private sealed record DueRow(CommunityId CommunityId, Guid ResolutionId);
}

internal sealed class TellOfResolutionHandler(CouncilSession session) : IRequestHandler<TellOfResolution, Result<Done>>
{
    public async Task<Result<Done>> Handle(TellOfResolution request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockResolutionAsync(request.Community, request.Resolution, cancellationToken) is not { DepartmentId: null, IsLapsed: false } resolution)
        {
            return ResolutionRefusals.NotDue;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var told = await connection.RunAsync(
            "update resolution set escalated_at = @now where community_id = @Community and resolution_id = @Resolution and escalated_at is null and escalate_at <= @now",
            new { now, request.Community, request.Resolution },
            cancellationToken);
        if (told == 0)
        {
            return ResolutionRefusals.NotDue;
        }

        var above = await connection.TellPostAndAboveAsync(
            Resolutions.Message(request.Community, Resolutions.PostInstead, resolution, "unassigned", "unassigned", new JsonObject { ["title"] = resolution.Title }, now),
            "resolution.reason.above",
            cancellationToken);
        await connection.RunAsync(
            "update resolution set escalated_to = @above where community_id = @Community and resolution_id = @Resolution", new { above, request.Community, request.Resolution }, cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(TellOfResolution), $"resolution:{request.Resolution}", now, cancellationToken, details: new JsonObject { ["above"] = above });
        return Done.Value;
    }
}

using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Workflows;

public enum InstanceFilter
{
    Running,

    /// <summary>Stopped by a fault; somebody has to look.</summary>
    Faulted,

    Over,
}

/// <summary>A workflow of a project in a list.</summary>
/// <param name="Workflow">Name in the reader's language.</param>
/// <param name="Incident">The latest one that is open; null when none is.</param>
public sealed record InstanceLine(
    Guid InstanceId, ProjectId Project, string ProjectTitle, string Workflow, int Version, string SubStatus, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, string? Incident);

/// <summary>Workflows of a community, newest first, and how many have stopped.</summary>
public sealed record InstanceList(Paged<InstanceLine> Lines, int Faulted);

/// <summary>Workflows of a community's projects.</summary>
/// <param name="Language">Of the names: <c>zh-Hans</c>, <c>zh-Hant</c> or <c>en</c>.</param>
public sealed record ListInstances(Caller Caller, CommunityId Community, InstanceFilter Filter, string Language, PageRequest Page) : IQuery<InstanceList>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class ListInstancesHandler(CouncilSession session) : IRequestHandler<ListInstances, Result<InstanceList>>
{
    public async Task<Result<InstanceList>> Handle(ListInstances request, CancellationToken cancellationToken)
    {
        var filter = request.Filter switch
        {
            InstanceFilter.Faulted => "i.sub_status = 'Faulted'",
            InstanceFilter.Over => "i.status = 'Finished' and i.sub_status <> 'Faulted'",
            _ => "i.status = 'Running'",
        };
        var lines = await session.Connection.PageAsync<InstanceLine, InstanceLine>(
            $"""
            select i.instance_id, i.project_id as project, p.title as project_title, coalesce(d.content #>> array['customProperties', 'deliberation', 'texts', @Language], d.name) as workflow,
                d.version, i.sub_status, i.created_at, i.updated_at,
                (select message from workflow_incident n where n.community_id = i.community_id and n.instance_id = i.instance_id and n.resolved_at is null order by n.at desc limit 1) as incident
            from workflow_instance i
            join workflow_definition d using (definition_version_id)
            join project p on p.community_id = i.community_id and p.project_id = i.project_id
            where i.community_id = @Community and {filter}
            """,
            "created_at desc, instance_id",
            new { request.Community, request.Language },
            request.Page,
            line => line,
            cancellationToken);
        var faulted = await session.Connection.ScalarAsync<int>(
            "select count(*)::int from workflow_instance where community_id = @Community and sub_status = 'Faulted'", new { request.Community }, cancellationToken);
        return new InstanceList(lines, faulted);
    }
}

using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Process.Lint;
using MediatR;

namespace Deliberation.Features.Templates;

/// <summary>One version of a template.</summary>
public sealed record TemplateVersion(int Version, bool IsPublished, DateTimeOffset CreatedAt, string? CreatedBy, string? Note, int RunningProjects);

/// <param name="Matrix">Who does what in its tasks, and in those of the workflows that it runs.</param>
public sealed record TemplateDetails(TemplateSummary Template, IReadOnlyList<TemplateVersion> Versions, IReadOnlyList<WorkShare> Matrix);

/// <summary>A template with its versions, newest first.</summary>
public sealed record GetTemplate(Caller Caller, CommunityId Community, string DefinitionId) : IQuery<TemplateDetails>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class GetTemplateHandler(CouncilSession session) : IRequestHandler<GetTemplate, Result<TemplateDetails>>
{
    public async Task<Result<TemplateDetails>> Handle(GetTemplate request, CancellationToken cancellationToken)
    {
        if (await session.Connection.PublishedTemplateAsync(request.Community, request.DefinitionId, cancellationToken) is not { } template)
        {
            return AccessRefusals.NotFound;
        }

        var versions = await session.Connection.RowsAsync<TemplateVersion>(
            $"""
            select d.version, d.is_published, d.created_at, s.display_name as created_by, d.content -> 'customProperties' -> 'deliberation' ->> 'note' as note,
                (select count(*)::int from project p where p.community_id = @community and p.template_id = d.definition_id and p.template_version = d.version
                    and p.state <> 'Draft' and p.state not in {ProjectStates.Over}) as running_projects
            from workflow_definition d left join staff s on s.staff_id = d.created_by
            where d.definition_id = @definitionId
            order by d.version desc
            """,
            new { request.Community, request.DefinitionId },
            cancellationToken);
        return new TemplateDetails(template.ToSummary(), versions, await MatrixAsync(request.DefinitionId, cancellationToken));
    }

    private async Task<IReadOnlyList<WorkShare>> MatrixAsync(string definitionId, CancellationToken cancellationToken)
    {
        var contents = await session.Connection.RowsAsync<JsonObject>(
            """
            with recursive part as (
                select @definitionId::text as id, 0 as depth
                union
                select r.id, p.depth + 1
                from part p
                join workflow_definition d on d.definition_id = p.id and d.is_published
                cross join lateral (
                    select u.used_definition_id as id from workflow_definition_use u where u.definition_version_id = d.definition_version_id
                    union
                    select m[1] from regexp_matches(d.content::text, '"workflowDefinitionId"\s*:\s*\{[^{}]*\{[^{}]*"value"\s*:\s*"([^"]+)"', 'g') m) r
                where p.depth < 8)
            select d.content from workflow_definition d join (select id, min(depth) as depth from part group by id) p on p.id = d.definition_id
            where d.is_published order by p.depth, d.name
            """,
            new { definitionId },
            cancellationToken);
        return [.. contents.SelectMany(content => DivisionOfWork.Matrix(content["root"])).Distinct(ByTask)];
    }

    /// <summary>The same task of several versions of a part stands once.</summary>
    private static EqualityComparer<WorkShare> ByTask { get; } = EqualityComparer<WorkShare>.Create(
        (one, other) => one?.Task == other?.Task && one?.Responsible == other?.Responsible, share => HashCode.Combine(share.Task, share.Responsible));
}

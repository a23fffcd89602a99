using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using MediatR;

namespace Deliberation.Features.Templates;

/// <summary>One version of a template.</summary>
public sealed record TemplateVersion(int Version, bool IsPublished, DateTimeOffset CreatedAt, string? CreatedBy, string? Note, int RunningProjects);

public sealed record TemplateDetails(TemplateSummary Template, IReadOnlyList<TemplateVersion> Versions);

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
        return new TemplateDetails(template.ToSummary(), versions);
    }
}

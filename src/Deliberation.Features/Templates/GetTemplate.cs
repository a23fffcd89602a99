using Deliberation.Domain;
using Deliberation.Features.Foundation;
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

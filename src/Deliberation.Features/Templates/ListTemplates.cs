using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Templates;

/// <summary>An input of a template that an administrator sets and a launch may change.</summary>
/// <param name="Type">text, number, boolean, date, choice or list.</param>
/// <param name="Default">Value when nobody sets one.</param>
/// <param name="Minimum">Smallest number allowed, inclusive; null = none.</param>
/// <param name="Maximum">Largest number allowed, inclusive; null = none.</param>
/// <param name="Choices">Allowed values of a choice; empty otherwise.</param>
/// <param name="Label">By language: zh-Hans, zh-Hant, en.</param>
/// <param name="Source">The metadata as the definition gives it.</param>
public sealed record TemplateInput(
    string Name,
    string Type,
    JsonNode? Default,
    decimal? Minimum,
    decimal? Maximum,
    IReadOnlyList<string> Choices,
    IReadOnlyDictionary<string, string> Label,
    IReadOnlyDictionary<string, string> Help,
    JsonObject Source);

/// <summary>A published template (模板).</summary>
public sealed record TemplateSummary(
    string DefinitionId,
    int Version,
    string Name,
    string Description,
    IReadOnlyList<Stage> Stages,
    int RunningProjects,
    IReadOnlyList<TemplateInput> Inputs);

/// <summary>Every published template that can be launched.</summary>
public sealed record ListTemplates(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<TemplateSummary>>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListTemplatesHandler(CouncilSession session) : IRequestHandler<ListTemplates, Result<IReadOnlyList<TemplateSummary>>>
{
    public async Task<Result<IReadOnlyList<TemplateSummary>>> Handle(ListTemplates request, CancellationToken cancellationToken)
    {
        var rows = await session.Connection.PublishedTemplatesAsync(request.Community, cancellationToken);
        return new Result<IReadOnlyList<TemplateSummary>>.Accepted([.. rows.Select(row => row.ToSummary())]);
    }
}

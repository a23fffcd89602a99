using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Npgsql;

namespace Deliberation.Features.Templates;

/// <summary>A published template as stored.</summary>
internal sealed record TemplateRow(string DefinitionVersionId, string DefinitionId, int Version, string Name, JsonObject Content, int RunningProjects)
{
    public TemplateSummary ToSummary() =>
        new(DefinitionId, Version, Name, TemplateInputs.Description(Content), TemplateInputs.Stages(Content), RunningProjects, TemplateInputs.Of(Content));
}

/// <summary>Published templates that start a project; the workflows they call are not launched by themselves.</summary>
internal static class TemplateCatalog
{
    private const string Published =
        $"""
        select d.definition_version_id, d.definition_id, d.version, d.name, d.content,
            (select count(*)::int from project p where p.community_id = @community and p.template_id = d.definition_id
                and p.state <> 'Draft' and p.state not in {ProjectStates.Over}) as running_projects
        from workflow_definition d
        where d.is_published and strpos(d.content::text, '"Deliberation.StartProject"') > 0
        """;

    public static Task<IReadOnlyList<TemplateRow>> PublishedTemplatesAsync(this NpgsqlConnection connection, CommunityId community, CancellationToken cancellationToken) =>
        connection.RowsAsync<TemplateRow>($"{Published} order by d.name, d.definition_id", new { community }, cancellationToken);

    /// <returns>Null when no version of it is published.</returns>
    public static Task<TemplateRow?> PublishedTemplateAsync(
        this NpgsqlConnection connection, CommunityId community, string definitionId, CancellationToken cancellationToken) =>
        connection.RowAsync<TemplateRow>($"{Published} and d.definition_id = @definitionId", new { community, definitionId }, cancellationToken);
}

using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Templates;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Workflows;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>Starts a project from a template. The same key again gives the same project.</summary>
/// <param name="Key">Made when the form is shown, 1–80 characters; a double click launches once.</param>
/// <param name="DraftId">Draft it comes from; marked launched. Null when none.</param>
public sealed record LaunchProject(Caller Caller, CommunityId Community, string Key, LaunchForm Form, Guid? DraftId = null) : ICommand<ProjectId>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class LaunchProjectHandler(CouncilSession session, WorkflowDefinitions definitions, IWorkflowStarter workflows) : IRequestHandler<LaunchProject, Result<ProjectId>>
{
    public async Task<Result<ProjectId>> Handle(LaunchProject request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (request.Key.Length is < 1 or > 80)
        {
            return Refusal.Invalid("project.key-invalid", "Key");
        }

        if (await FindLaunchedAsync(request, cancellationToken) is { } launched)
        {
            return launched;
        }

        var template = await connection.PublishedTemplateAsync(request.Community, request.Form.TemplateId, cancellationToken);
        var now = await connection.CouncilNowAsync(cancellationToken);
        if (LaunchCheck.Problems(request.Form, template, now) is [var first, ..])
        {
            return first;
        }

        if (request.Form.StartsOn is { } day && day > WorkingCalendar.China.DayOf(now))
        {
            return Refusal.Conflict("project.starts-later", ("startsOn", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        }

        var inputs = TemplateInputs.Complete(TemplateInputs.Of(template!.Content), request.Form.Inputs).Require();
        var project = ProjectId.New();
        if (!await InsertAsync(request, project, template, inputs, now, cancellationToken))
        {
            return (await FindLaunchedAsync(request, cancellationToken))!.Value; // the other click of a double click was first
        }

        await LaunchPlan.WriteStagesAsync(connection, definitions, request.Community, project, template, inputs, now, cancellationToken);
        await connection.RunAsync(
            "update launch_draft set launched_project_id = @project where community_id = @community and draft_id = @draftId::uuid",
            new { project, request.Community, request.DraftId },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(LaunchProject), $"project:{project}", now, cancellationToken,
            details: new JsonObject { ["template"] = template.DefinitionId, ["version"] = template.Version });
        await workflows.StartAsync(connection, request.Community, project, project.Value, template.DefinitionId, inputs, now, cancellationToken);
        return project;
    }

    private async Task<ProjectId?> FindLaunchedAsync(LaunchProject request, CancellationToken cancellationToken) =>
        await session.Connection.ScalarAsync<Guid?>(
            "select project_id from project where community_id = @community and launch_key = @key", new { request.Community, request.Key }, cancellationToken) is { } id
            ? new ProjectId(id)
            : null;

    private async Task<bool> InsertAsync(
        LaunchProject request, ProjectId project, TemplateRow template, JsonObject inputs, DateTimeOffset now, CancellationToken cancellationToken) =>
        await session.Connection.RunAsync(
            """
            insert into project (community_id, project_id, title, summary, site, who_benefits, template_id, template_version, inputs, state, launched_by, launched_at, launch_key)
            values (@community, @project, @title, @summary, @site, @whoBenefits, @templateId, @version, @inputs, 'Submitted', @staff::uuid, @now, @key)
            on conflict (community_id, launch_key) do nothing
            """,
            new
            {
                request.Community,
                project,
                title = request.Form.Title.Trim(),
                request.Form.Summary,
                request.Form.Site,
                request.Form.WhoBenefits,
                request.Form.TemplateId,
                template.Version,
                inputs,
                staff = request.Caller.Staff?.Value,
                now,
                request.Key,
            },
            cancellationToken) == 1;
}

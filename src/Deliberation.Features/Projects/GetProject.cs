using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Projects;

/// <summary>A stage on the strip.</summary>
/// <param name="IsPresent">False when the project leaves the stage out.</param>
/// <param name="MissingEvidence">Text keys of what is not on file yet (未完成); empty when complete or not begun.</param>
public sealed record StageOnStrip(
    Stage Stage,
    bool IsPresent,
    DateOnly? PlannedStart,
    DateOnly? PlannedEnd,
    DateTimeOffset? StartedAt,
    DateTimeOffset? CompletedAt,
    IReadOnlyList<string> MissingEvidence);

/// <summary>Something people are asked for now.</summary>
/// <param name="Kind">Ballot, Notice, Meeting, Visit, Pledge, Covenant, Evaluation.</param>
/// <param name="Link">Page of the thing, application-relative.</param>
public sealed record AskedNow(string Kind, Guid Id, string Title, DateTimeOffset? EndsAt, string Link);

/// <summary>A planned date that moved.</summary>
public sealed record DateChange(DateTimeOffset At, Stage Stage, DateOnly? EndWas, DateOnly? EndIs, string Reason);

/// <summary>A workflow that stopped on an error, for staff.</summary>
public sealed record OpenIncident(Guid InstanceId, Guid IncidentId, DateTimeOffset At, string ActivityId, string Message);

/// <summary>A project's page.</summary>
/// <param name="Suspension">Reason and planned day while suspended; null otherwise.</param>
/// <param name="Incidents">Empty for residents and strangers.</param>
public sealed record ProjectPage(
    ProjectId Id,
    string Title,
    string Summary,
    string Site,
    string WhoBenefits,
    string State,
    Stage? Stage,
    string TemplateId,
    int TemplateVersion,
    DateTimeOffset? LaunchedAt,
    DateTimeOffset? ClosedAt,
    (string Reason, DateOnly ResumeOn)? Suspension,
    IReadOnlyList<StageOnStrip> Stages,
    IReadOnlyList<AskedNow> Asked,
    IReadOnlyList<DateChange> DateChanges,
    IReadOnlyList<OpenIncident> Incidents,
    DateTimeOffset Now)
{
    /// <summary>It has ended: pages show and no longer ask.</summary>
    public bool IsOver => ProjectStates.IsOver(State);
}

/// <summary>What a project is, where it stands, and what it asks of people now.</summary>
public sealed record GetProject(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<ProjectPage>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class GetProjectHandler(CouncilSession session) : IRequestHandler<GetProject, Result<ProjectPage>>
{
    public async Task<Result<ProjectPage>> Handle(GetProject request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var values = new { request.Community, request.Project };
        var row = await connection.RowAsync<Row>(
            """
            select p.title, p.summary, p.site, p.who_benefits, p.state, p.stage, p.template_id, p.template_version, p.launched_at, p.closed_at, s.reason, s.resume_on
            from project p
            left join project_suspension s on s.community_id = p.community_id and s.project_id = p.project_id and s.resumed_at is null
            where p.community_id = @community and p.project_id = @project and p.state <> 'Draft'
            """,
            values,
            cancellationToken);
        if (row is null)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var stages = await connection.RowsAsync<StageRow>(
            "select stage, planned_start, planned_end, started_at, completed_at from project_stage where community_id = @community and project_id = @project",
            values,
            cancellationToken);
        var missing = await Evidence.MissingAsync(connection, request.Community, request.Project, cancellationToken);
        var changes = await connection.RowsAsync<DateChange>(
            "select at, stage, end_was, end_is, reason from project_date_change where community_id = @community and project_id = @project order by at desc",
            values,
            cancellationToken);
        var isStaff = request.Caller.Kind is CallerKind.Staff or CallerKind.Admin or CallerKind.Supervisor;
        var incidents = isStaff
            ? await connection.RowsAsync<OpenIncident>(
                """
                select i.instance_id, i.incident_id, i.at, i.activity_id, i.message
                from workflow_incident i join workflow_instance w using (community_id, instance_id)
                where w.community_id = @community and w.project_id = @project and i.resolved_at is null
                order by i.at desc limit 50
                """,
                values,
                cancellationToken)
            : [];
        var asked = row.State == "Suspended" || ProjectStates.IsOver(row.State) ? [] : await Asked.NowAsync(connection, request.Community, request.Project, now, cancellationToken);
        return new ProjectPage(
            request.Project, row.Title, row.Summary, row.Site, row.WhoBenefits, row.State, row.Stage, row.TemplateId, row.TemplateVersion, row.LaunchedAt, row.ClosedAt,
            row.Reason is null ? null : (row.Reason, row.ResumeOn!.Value), Strip(stages, missing), asked, changes, incidents, now);
    }

    private static List<StageOnStrip> Strip(IReadOnlyList<StageRow> stages, IReadOnlyDictionary<Stage, IReadOnlyList<string>> missing) =>
    [
        .. Enum.GetValues<Stage>().Select(stage =>
        {
            var row = stages.FirstOrDefault(s => s.Stage == stage);
            return new StageOnStrip(
                stage, row is not null, row?.PlannedStart, row?.PlannedEnd, row?.StartedAt, row?.CompletedAt, row?.StartedAt is null ? [] : missing[stage]);
        }),
    ];

    private sealed record Row(
        string Title, string Summary, string Site, string WhoBenefits, string State, Stage? Stage, string TemplateId, int TemplateVersion,
        DateTimeOffset? LaunchedAt, DateTimeOffset? ClosedAt, string? Reason, DateOnly? ResumeOn);

    private sealed record StageRow(Stage Stage, DateOnly? PlannedStart, DateOnly? PlannedEnd, DateTimeOffset? StartedAt, DateTimeOffset? CompletedAt);
}

/// <summary>What a project asks of people now.</summary>
internal static class Asked
{
    public static Task<IReadOnlyList<AskedNow>> NowAsync(
        NpgsqlConnection connection, CommunityId community, ProjectId project, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RowsAsync<AskedNow>(
            """
            select kind, id, title, ends_at, link from (
                select 'Ballot' as kind, ballot_id as id, question as title, closes_at as ends_at, '/ballots/' || ballot_id as link
                from ballot where community_id = @community and project_id = @project and state = 'Open' and opens_at <= @now and closes_at > @now
                union all select 'Notice', notice_id, title, closes_at, '/notices/' || notice_id
                from notice where community_id = @community and project_id = @project and state = 'Open' and closes_at > @now
                union all select 'Meeting', meeting_id, theme, meets_at, '/meetings/' || meeting_id
                from meeting where community_id = @community and project_id = @project and state = 'Called'
                union all select 'Visit', visit_round_id, '', until_at, '/projects/' || project_id
                from visit_round where community_id = @community and project_id = @project and state = 'Open'
                union all select 'Pledge', board_id, title, closes_at, '/pledges/' || project_id
                from pledge_board where community_id = @community and project_id = @project and state = 'Open' and closes_at > @now
                union all select 'Covenant', covenant_id, title, comments_until, '/covenants/' || covenant_id
                from covenant where community_id = @community and project_id = @project and state = 'Draft' and comments_until > @now
                union all select 'Covenant', covenant_id, title, null, '/covenants/' || covenant_id
                from covenant where community_id = @community and project_id = @project and state = 'Adopted'
                union all select 'Evaluation', evaluation_id, title, closes_at, '/evaluations/' || evaluation_id
                from evaluation where community_id = @community and project_id = @project and state = 'Open' and opens_at <= @now and closes_at > @now
            ) asked
            order by ends_at nulls last, kind
            """,
            new { community, project, now },
            cancellationToken);
}

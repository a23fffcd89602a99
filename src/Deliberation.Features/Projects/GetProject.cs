using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

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
    DateTimeOffset Now);

/// <summary>What a project is, where it stands, and what it asks of people now.</summary>
public sealed record GetProject(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<ProjectPage>
{
    public Audience Audience => Audience.Everyone;
}

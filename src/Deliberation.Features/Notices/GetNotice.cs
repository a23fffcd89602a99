using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Notices;

/// <summary>An objection with its answer.</summary>
/// <param name="Objector">Masked for residents; full for staff.</param>
public sealed record ObjectionLine(Guid Id, string Objector, string Reason, DateTimeOffset FiledAt, string State, string? Answer, DateTimeOffset? AnsweredAt, bool IsMine);

/// <summary>A notice's page (公示).</summary>
/// <param name="MayObject">True for residents within the window who have no open objection.</param>
public sealed record NoticePage(
    Guid Id,
    ProjectId Project,
    string ProjectTitle,
    string Kind,
    string Title,
    string Body,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt,
    string State,
    string? Outcome,
    string? WithdrawnReason,
    bool MayObject,
    IReadOnlyList<ObjectionLine> Objections);

public sealed record GetNotice(Caller Caller, CommunityId Community, Guid Notice) : IQuery<NoticePage>
{
    public Audience Audience => Audience.Everyone;
}

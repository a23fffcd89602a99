using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Meetings;

/// <summary>Ends a meeting. <c>Held</c> needs a quorum and approved minutes, <c>Inquorate</c> that there was none, <c>Cancelled</c> a reason.</summary>
/// <param name="Outcome">Held, Inquorate or Cancelled.</param>
/// <param name="OpenPoints">What stays open; opens the agenda of the next round.</param>
/// <param name="PlanVersion">Version of the plan agreed on; null when none.</param>
public sealed record ConcludeMeeting(
    Caller Caller,
    CommunityId Community,
    Guid Meeting,
    string Outcome,
    IReadOnlyList<string> OpenPoints,
    int? PlanVersion,
    string? Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class ConcludeMeetingHandler(CouncilSession session, VisitEvents visits) : IRequestHandler<ConcludeMeeting, Result<Done>>
{
    public async Task<Result<Done>> Handle(ConcludeMeeting request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockMeetingAsync(request.Community, request.Meeting, cancellationToken) is not { } meeting)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var present = await connection.CountPresentAsync(request.Community, request.Meeting, cancellationToken);
        if (Fault(request, meeting, present, now) is { } fault)
        {
            return fault;
        }

        string[] openPoints = [.. request.OpenPoints.Select(point => point.Trim()).Where(point => point.Length > 0)];
        await connection.RunAsync(
            """
            update meeting set state = 'Concluded', outcome = @outcome, open_points = @openPoints, plan_version = @planVersion, reason = @reason, concluded_at = @now
            where community_id = @community and meeting_id = @meeting
            """,
            new { request.Outcome, openPoints, request.PlanVersion, request.Reason, now, request.Community, request.Meeting },
            cancellationToken);
        JsonArray carried = [.. openPoints.Select(point => (JsonNode)point)];
        JsonObject answer = new() { ["outcome"] = request.Outcome, ["openPoints"] = carried, ["planVersion"] = request.PlanVersion };
        await visits.SendAsync(request.Community, meeting.InstanceId, meeting.VisitId, "concluded", answer, now, cancellationToken);
        JsonObject values = new()
        {
            ["theme"] = meeting.Theme,
            ["round"] = meeting.Round,
            ["present"] = present,
            ["expected"] = meeting.ExpectedCount ?? 0,
            ["open"] = openPoints.Length,
            ["reason"] = request.Reason ?? "",
        };
        var key = request.Outcome switch { "Held" => "meeting.timeline.held", "Inquorate" => "meeting.timeline.inquorate", _ => "meeting.timeline.cancelled" };
        await connection.TimelineAsync(request.Caller, request.Community, meeting.ProjectId, now, "Meeting", key, values, meeting.Link, cancellationToken);
        if (request.Outcome == "Cancelled")
        {
            await TellAsync(request, meeting, values, now, cancellationToken);
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(ConcludeMeeting), $"meeting:{meeting.MeetingId}", now, cancellationToken, request.Reason,
            new JsonObject { ["outcome"] = request.Outcome, ["present"] = present });
        return Done.Value;
    }

    private static Refusal? Fault(ConcludeMeeting request, MeetingRow meeting, int present, DateTimeOffset now)
    {
        if (!meeting.IsOpen)
        {
            return MeetingRows.Concluded;
        }

        switch (request.Outcome)
        {
            case "Cancelled":
                return string.IsNullOrWhiteSpace(request.Reason) ? Refusal.Invalid("meeting.reason-missing", "Reason") : null;
            case "Held" or "Inquorate" when !MeetingRow.HasBegunAt(meeting.MeetsAt, now):
                return Refusal.Conflict("meeting.not-begun", ("meetsAt", meeting.MeetsAt));
            case "Held" or "Inquorate" when meeting.NeededCount is null:
                return Refusal.Conflict("meeting.expected-missing");
            case "Held" when present < meeting.NeededCount:
                return Refusal.Conflict("meeting.no-quorum", ("present", present), ("needed", meeting.NeededCount));
            case "Held" when meeting.MinutesState != "Approved":
                return Refusal.Conflict("meeting.minutes-not-approved");
            case "Inquorate" when present >= meeting.NeededCount:
                return Refusal.Conflict("meeting.has-quorum", ("present", present), ("needed", meeting.NeededCount));
            case "Held" or "Inquorate":
                return null;
            default:
                return Refusal.Invalid("meeting.unknown-outcome", "Outcome");
        }
    }

    private Task<int> TellAsync(ConcludeMeeting request, MeetingRow meeting, JsonObject values, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.Connection.TellHouseholdsAsync(
            new Broadcast
            {
                Community = request.Community,
                Project = meeting.ProjectId,
                DedupKey = $"meeting:{meeting.MeetingId}:cancelled",
                TextKey = "meeting.message.cancelled",
                Values = values,
                ReasonKey = "notice.reason.household",
                Link = meeting.Link,
                Now = now,
            },
            cancellationToken);
}

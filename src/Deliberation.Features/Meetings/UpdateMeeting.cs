using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Meetings;

/// <summary>Sets place, time and the number of members who should come. A new time or place is told to those invited.</summary>
/// <param name="ExpectedCount">1 or more; null keeps it.</param>
public sealed record UpdateMeeting(Caller Caller, CommunityId Community, Guid Meeting, string Place, DateTimeOffset MeetsAt, int? ExpectedCount) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class UpdateMeetingHandler(CouncilSession session) : IRequestHandler<UpdateMeeting, Result<Done>>
{
    public async Task<Result<Done>> Handle(UpdateMeeting request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockMeetingAsync(request.Community, request.Meeting, cancellationToken) is not { } meeting)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!meeting.IsOpen)
        {
            return MeetingRows.Concluded;
        }

        if (request.ExpectedCount is < 1)
        {
            return Refusal.Invalid("meeting.expected-invalid", "ExpectedCount");
        }

        if (request.MeetsAt != meeting.MeetsAt && request.MeetsAt <= now)
        {
            return Refusal.Invalid("meeting.time-past", "MeetsAt");
        }

        await connection.RunAsync(
            """
            update meeting set place = @place, meets_at = @meetsAt, expected_count = coalesce(@expectedCount, expected_count)
            where community_id = @community and meeting_id = @meeting
            """,
            new { place = request.Place.Trim(), request.MeetsAt, request.ExpectedCount, request.Community, request.Meeting },
            cancellationToken);
        if (request.MeetsAt != meeting.MeetsAt || request.Place.Trim() != meeting.Place)
        {
            await TellAsync(request, meeting, now, cancellationToken);
        }

        await connection.AuditAsync(request.Caller, request.Community, nameof(UpdateMeeting), $"meeting:{meeting.MeetingId}", now, cancellationToken);
        return Done.Value;
    }

    private async Task TellAsync(UpdateMeeting request, MeetingRow meeting, DateTimeOffset now, CancellationToken cancellationToken)
    {
        JsonObject values = new() { ["theme"] = meeting.Theme, ["meetsAt"] = request.MeetsAt, ["place"] = request.Place.Trim() };
        await session.Connection.TimelineAsync(
            request.Caller, request.Community, meeting.ProjectId, now, "Meeting", "meeting.timeline.moved", values, meeting.Link, cancellationToken);
        await session.Connection.TellHouseholdsAsync(
            new Broadcast
            {
                Community = request.Community,
                Project = meeting.ProjectId,
                DedupKey = $"meeting:{meeting.MeetingId}:moved:{now.UtcTicks}",
                TextKey = "meeting.message.moved",
                Values = values,
                ReasonKey = "notice.reason.household",
                Link = meeting.Link,
                Now = now,
            },
            cancellationToken);
    }
}

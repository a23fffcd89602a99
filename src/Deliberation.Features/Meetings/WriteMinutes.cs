using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Meetings;

/// <summary>Saves the draft of the minutes (会议纪要); a saved draft must be approved anew.</summary>
/// <param name="ExpectedVersion">Version the text was written from; else <c>meeting.minutes-changed</c>.</param>
/// <returns>The new version.</returns>
public sealed record WriteMinutes(Caller Caller, CommunityId Community, Guid Meeting, string Text, int ExpectedVersion) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>A second person approves the minutes; the writer may not: <c>meeting.second-person-needed</c>.</summary>
public sealed record ApproveMinutes(Caller Caller, CommunityId Community, Guid Meeting, int ExpectedVersion) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class WriteMinutesHandler(CouncilSession session) : IRequestHandler<WriteMinutes, Result<int>>
{
    private const int MaxLength = 20_000;

    public async Task<Result<int>> Handle(WriteMinutes request, CancellationToken cancellationToken)
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

        if (meeting.MinutesVersion != request.ExpectedVersion)
        {
            return Refusal.Conflict("meeting.minutes-changed");
        }

        if (request.Text.Trim().Length is < 1 or > MaxLength)
        {
            return Refusal.Invalid("meeting.minutes-length", "Text");
        }

        await connection.RunAsync(
            """
            update meeting
            set minutes = @text, minutes_state = 'Draft', minutes_version = minutes_version + 1, minutes_by = @staff::uuid, minutes_approved_by = null, minutes_approved_at = null
            where community_id = @community and meeting_id = @meeting
            """,
            new { text = request.Text.Trim(), staff = request.Caller.Staff?.Value, request.Community, request.Meeting },
            cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(WriteMinutes), $"meeting:{meeting.MeetingId}", now, cancellationToken);
        return meeting.MinutesVersion + 1;
    }
}

internal sealed class ApproveMinutesHandler(CouncilSession session) : IRequestHandler<ApproveMinutes, Result<Done>>
{
    public async Task<Result<Done>> Handle(ApproveMinutes request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockMeetingAsync(request.Community, request.Meeting, cancellationToken) is not { } meeting)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (meeting.MinutesState != "Draft" || meeting.MinutesVersion != request.ExpectedVersion)
        {
            return Refusal.Conflict("meeting.minutes-changed");
        }

        if (request.Caller.Staff is not { } staff || staff == meeting.MinutesBy)
        {
            return Refusal.Forbidden("meeting.second-person-needed");
        }

        await connection.RunAsync(
            """
            update meeting set minutes_state = 'Approved', minutes_approved_by = @staff, minutes_approved_at = @now
            where community_id = @community and meeting_id = @meeting
            """,
            new { staff, now, request.Community, request.Meeting },
            cancellationToken);
        await connection.TimelineAsync(
            request.Caller, request.Community, meeting.ProjectId, now, "Meeting", "meeting.timeline.minutes-approved",
            new JsonObject { ["theme"] = meeting.Theme, ["round"] = meeting.Round }, meeting.Link, cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(ApproveMinutes), $"meeting:{meeting.MeetingId}", now, cancellationToken);
        return Done.Value;
    }
}

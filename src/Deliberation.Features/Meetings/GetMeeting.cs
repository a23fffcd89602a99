using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Meetings;

public sealed record AgendaLine(Guid Id, int Position, string Text, string Speaker, bool IsCarried, string? Decision, string? Owner, DateOnly? DueOn);

/// <summary>A meeting's page (议事会).</summary>
/// <param name="ExpectedCount">Members who should come (应到); null = not entered yet.</param>
/// <param name="PresentCount">Signed in (实到); a household counts once.</param>
/// <param name="HasBegun">Its time has come: it can be ended as held or as inquorate.</param>
/// <param name="NeededCount">Smallest number that makes a quorum; null while <paramref name="ExpectedCount"/> is null.</param>
/// <param name="Minutes">Empty for people without right until approved.</param>
/// <param name="SignInOpensAt">When residents may sign themselves in; the door desk may at any time.</param>
/// <param name="TakesSignIns">Residents may sign themselves in now.</param>
/// <param name="IsSignedIn">Whether the calling resident's household has signed in.</param>
public sealed record MeetingPage(
    Guid Id,
    ProjectId Project,
    string ProjectTitle,
    string Kind,
    int Round,
    string Theme,
    DateTimeOffset MeetsAt,
    bool HasBegun,
    string Place,
    int? ExpectedCount,
    int PresentCount,
    int? NeededCount,
    bool HasQuorum,
    string State,
    string? Outcome,
    IReadOnlyList<string> OpenPoints,
    string Minutes,
    string MinutesState,
    int MinutesVersion,
    string? MinutesBy,
    string? MinutesApprovedBy,
    DateTimeOffset SignInOpensAt,
    bool TakesSignIns,
    bool IsSignedIn,
    IReadOnlyList<AgendaLine> Agenda,
    IReadOnlyList<AttendanceLine> Attendance);

/// <summary>Who signed in; for staff only, empty for others.</summary>
public sealed record AttendanceLine(Guid AttendeeId, string Door, string Name, DateTimeOffset SignedAt, string? SignedBy);

public sealed record GetMeeting(Caller Caller, CommunityId Community, Guid Meeting) : IQuery<MeetingPage>
{
    public Audience Audience => Audience.Resident | Audience.Readers;
}

internal sealed class GetMeetingHandler(CouncilSession session) : IRequestHandler<GetMeeting, Result<MeetingPage>>
{
    public async Task<Result<MeetingPage>> Handle(GetMeeting request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var values = new { request.Community, request.Meeting, me = request.Caller.Household?.Value ?? request.Caller.Resident?.Value };
        var row = await connection.RowAsync<Row>(
            """
            select m.project_id, p.title as project_title, m.kind, m.round, m.theme, m.meets_at, m.place, m.quorum_numerator, m.quorum_denominator, m.quorum_is_strict,
                m.expected_count, m.state, m.outcome, m.open_points, m.minutes, m.minutes_state, m.minutes_version, w.display_name as minutes_by, a.display_name as minutes_approved_by,
                (select count(*)::int from attendance t where t.community_id = m.community_id and t.meeting_id = m.meeting_id) as present_count,
                exists (select 1 from attendance t where t.community_id = m.community_id and t.meeting_id = m.meeting_id and t.attendee_id = @me::uuid) as is_signed_in
            from meeting m
            join project p using (community_id, project_id)
            left join staff w on w.staff_id = m.minutes_by
            left join staff a on a.staff_id = m.minutes_approved_by
            where m.community_id = @community and m.meeting_id = @meeting
            """,
            values,
            cancellationToken);
        if (row is null)
        {
            return AccessRefusals.NotFound;
        }

        var agenda = await connection.RowsAsync<AgendaLine>(
            """
            select item_id as id, position, text, speaker, is_carried, decision, owner, due_on
            from agenda_item where community_id = @community and meeting_id = @meeting order by position
            """,
            values,
            cancellationToken);
        var seesAll = request.Caller.Kind is CallerKind.Staff or CallerKind.Admin;
        var attendance = seesAll
            ? await connection.RowsAsync<AttendanceLine>(
                """
                select t.attendee_id, coalesce(h.door, '') as door, coalesce(r.full_name, '') as name, t.signed_at, s.display_name as signed_by
                from attendance t
                left join household h on h.community_id = t.community_id and h.household_id = t.attendee_id
                left join resident r on r.community_id = t.community_id and r.resident_id = t.resident_id
                left join staff s on s.staff_id = t.signed_by
                where t.community_id = @community and t.meeting_id = @meeting
                order by t.signed_at desc, t.attendee_id
                """,
                values,
                cancellationToken)
            : [];
        var now = await connection.CouncilNowAsync(cancellationToken);
        var opensAt = Attendees.OpensAt(row.MeetsAt);
        var takesSignIns = row.State == "Called" && now >= opensAt;
        var hasBegun = MeetingRow.HasBegunAt(row.MeetsAt, now);
        var needed = Quorum.Needed(row.ExpectedCount, row.QuorumNumerator, row.QuorumDenominator, row.QuorumIsStrict);
        return new MeetingPage(
            request.Meeting, row.ProjectId, row.ProjectTitle, row.Kind, row.Round, row.Theme, row.MeetsAt, hasBegun, row.Place, row.ExpectedCount, row.PresentCount, needed,
            needed is { } count && row.PresentCount >= count, row.State, row.Outcome, row.OpenPoints,
            seesAll || row.MinutesState == "Approved" ? row.Minutes : "", row.MinutesState, row.MinutesVersion, row.MinutesBy, row.MinutesApprovedBy,
            opensAt, takesSignIns, row.IsSignedIn, agenda, attendance);
    }

    private sealed record Row(
        ProjectId ProjectId, string ProjectTitle, string Kind, int Round, string Theme, DateTimeOffset MeetsAt, string Place,
        int QuorumNumerator, int QuorumDenominator, bool QuorumIsStrict, int? ExpectedCount, string State, string? Outcome, string[] OpenPoints,
        string Minutes, string MinutesState, int MinutesVersion, string? MinutesBy, string? MinutesApprovedBy, int PresentCount, bool IsSignedIn);
}

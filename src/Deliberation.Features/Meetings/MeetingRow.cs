using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Meetings;

/// <summary>A meeting as stored, locked.</summary>
internal sealed record MeetingRow(
    Guid MeetingId,
    ProjectId ProjectId,
    Guid InstanceId,
    string VisitId,
    string Kind,
    int Round,
    string Theme,
    DateTimeOffset MeetsAt,
    string Place,
    int QuorumNumerator,
    int QuorumDenominator,
    bool QuorumIsStrict,
    int? ExpectedCount,
    string State,
    string Minutes,
    string MinutesState,
    int MinutesVersion,
    StaffId? MinutesBy)
{
    public string Link => $"/meetings/{MeetingId}";

    public bool IsOpen => State == "Called";

    /// <summary>The instant itself is not too early.</summary>
    public static bool HasBegunAt(DateTimeOffset meetsAt, DateTimeOffset now) => now >= meetsAt;

    /// <summary>Smallest number of members that makes a quorum; null while it is unknown how many should come.</summary>
    public int? NeededCount => Quorum.Needed(ExpectedCount, QuorumNumerator, QuorumDenominator, QuorumIsStrict);
}

/// <summary>Quorum as a fraction of those who should come (应到).</summary>
internal static class Quorum
{
    /// <param name="isStrict">True: more than the fraction; false: at least.</param>
    public static int? Needed(int? expected, int numerator, int denominator, bool isStrict)
    {
        if (expected is not { } members)
        {
            return null;
        }

        var product = (long)members * numerator;
        return isStrict ? (int)(product / denominator) + 1 : (int)((product + denominator - 1) / denominator);
    }
}

internal static class MeetingRows
{
    public static Refusal Concluded { get; } = Refusal.Conflict("meeting.concluded");

    public static Task<MeetingRow?> LockMeetingAsync(this NpgsqlConnection connection, CommunityId community, Guid meeting, CancellationToken cancellationToken) =>
        connection.RowAsync<MeetingRow>(
            """
            select meeting_id, project_id, instance_id, visit_id, kind, round, theme, meets_at, place, quorum_numerator, quorum_denominator, quorum_is_strict,
                expected_count, state, minutes, minutes_state, minutes_version, minutes_by
            from meeting where community_id = @community and meeting_id = @meeting for update
            """,
            new { community, meeting },
            cancellationToken);

    public static Task<int> CountPresentAsync(this NpgsqlConnection connection, CommunityId community, Guid meeting, CancellationToken cancellationToken) =>
        connection.ScalarAsync<int>(
            "select count(*)::int from attendance where community_id = @community and meeting_id = @meeting", new { community, meeting }, cancellationToken);

    public static async Task<Guid> AddAgendaItemAsync(
        this NpgsqlConnection connection, CommunityId community, Guid meeting, string text, string speaker, bool isCarried, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await connection.RunAsync(
            """
            insert into agenda_item (community_id, meeting_id, item_id, position, text, speaker, is_carried)
            select @community, @meeting, @id, coalesce(max(position), 0) + 1, @text, @speaker, @isCarried
            from agenda_item where community_id = @community and meeting_id = @meeting
            """,
            new { community, meeting, id, text = text.Length > 500 ? text[..500] : text, speaker, isCarried },
            cancellationToken);
        return id;
    }
}

using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Tasks;
using Deliberation.Postgres.Outbox;
using Deliberation.Process.Calendar;
using Npgsql;

namespace Deliberation.Features.Notices;

/// <summary>By when objections are answered, and who is told of them, reminded and told that they are late.</summary>
/// <remarks>Messages that may never be needed are written when the objection is, to go out at their instant, and taken back with the answer: no job has to run for them.
/// Source: domain.md 5, requirement 10.</remarks>
internal static class ObjectionTerms
{
    private const string Community = "Community";

    /// <summary>An answer takes three working days at most, the second one too.</summary>
    private const int WorkingDays = 3;

    /// <summary>Days in which the objector may ask the level above, counted from the answer.</summary>
    private const int AskAgainDays = 7;

    /// <summary>Exclusive: the end of the third working day after the day it was filed.</summary>
    public static DateTimeOffset DueAt(WorkingCalendar calendar, DateTimeOffset filedAt) => calendar.EndOfWorkingDays(filedAt, WorkingDays);

    /// <summary>Exclusive.</summary>
    public static DateTimeOffset AskAgainUntil(WorkingCalendar calendar, DateTimeOffset answeredAt) => calendar.EndOfPeriod(answeredAt, AskAgainDays);

    /// <summary>The community's post hears of it now and on the morning of the last day; the next post above, when it is late.</summary>
    public static async Task TellStaffAsync(
        this NpgsqlConnection connection, CommunityId community, NoticeRow notice, Guid objection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var calendar = await connection.CalendarAsync(community, cancellationToken);
        var due = DueAt(calendar, now);
        var acting = await connection.ActingHoldersAsync(community, now, cancellationToken);
        var above = await connection.PostsAboveAsync(community, Community, cancellationToken);
        var holder = acting.FirstOrDefault(a => a.PostCode == Community)?.StaffId;
        var next = above.Select(post => acting.FirstOrDefault(a => a.PostCode == post)?.StaffId).FirstOrDefault(staff => staff is not null);
        var lastMorning = calendar.At(calendar.DayOf(due.AddTicks(-1)), new TimeOnly(9, 0));
        await TellAsync(connection, community, notice, objection, "filed", holder ?? next, $"/staff/notices/{notice.NoticeId}", now, calendar.NotBefore(now), due, cancellationToken);
        await TellAsync(connection, community, notice, objection, "due", holder, $"/staff/notices/{notice.NoticeId}", now, lastMorning, due, cancellationToken);
        await TellAsync(connection, community, notice, objection, "late", next, notice.Link, now, calendar.NextAllowed(due), due, cancellationToken);
    }

    /// <summary>The post above the community's hears that it is asked.</summary>
    public static async Task TellLevelAboveAsync(
        this NpgsqlConnection connection, CommunityId community, NoticeRow notice, Guid objection, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var officials = await connection.RowsAsync<Guid>(
            """
            select s.staff_id from staff s join staff_scope c using (staff_id)
            where c.community_id = @community and s.kind = 'Official' and s.is_enabled order by s.staff_id
            """,
            new { community },
            cancellationToken);
        var calendar = await connection.CalendarAsync(community, cancellationToken);
        foreach (var official in officials)
        {
            await TellAsync(
                connection, community, notice, objection, "asked-again", new StaffId(official), "/board/objections", now, calendar.NotBefore(now), DueAt(calendar, now), cancellationToken);
        }
    }

    /// <summary>Reminders that wait are not needed any more.</summary>
    public static Task<int> ForgetDueAsync(this NpgsqlConnection connection, CommunityId community, Guid objection, CancellationToken cancellationToken) =>
        connection.RunAsync(
            "delete from outbox_message where community_id = @community and dedup_key = any(@keys) and sent_at is null",
            new { community, keys = new[] { Key(objection, "due"), Key(objection, "late") } },
            cancellationToken);

    private static string Key(Guid objection, string occasion) => $"objection:{objection}:{occasion}";

    private static async Task TellAsync(
        NpgsqlConnection connection, CommunityId community, NoticeRow notice, Guid objection, string occasion, StaffId? staff, string link, DateTimeOffset now, DateTimeOffset? notBefore,
        DateTimeOffset due, CancellationToken cancellationToken)
    {
        if (staff is null)
        {
            return; // the post is vacant
        }

        await connection.AddMessageAsync(
            new OutboxMessage
            {
                Community = community,
                DedupKey = occasion == "asked-again" ? $"{Key(objection, occasion)}:{staff}" : Key(objection, occasion),
                Staff = staff,
                Project = notice.ProjectId,
                TextKey = $"notice.message.objection-{occasion}",
                Values = new JsonObject { ["title"] = notice.Title, ["dueAt"] = due },
                ReasonKey = "notice.reason.answers",
                Link = link,
                CouncilAt = now,
                NotBefore = notBefore,
            },
            cancellationToken);
    }
}

using Dapper;
using Deliberation.Domain;
using Deliberation.IntegrationTests.Ledger;
using Deliberation.Process.Calendar;
using Deliberation.Testing;
using Npgsql;

namespace Deliberation.IntegrationTests.Journeys;

/// <summary>What a run has left in the database, line by line and without what chance gave it: ids, instants, the order of what ran side by side.</summary>
internal static class EndState
{
    /// <summary>Each a select of one column of text. People and households are the same in every run: the seeds say so.</summary>
    private static readonly string[] Selects =
    [
        "select format('project %s %s upkeep %s', title, state, upkeep_owner is not null) from project",
        "select format('stage %s started %s completed %s', stage, started_at is not null, completed_at is not null) from project_stage",
        "select format('ballot %s round %s %s %s %s: %s turnout %s', question, round, roll_kind, secrecy, state, outcome, result->'turnout') from ballot",
        """
        select format('votes %s round %s: %s %s units %s persons %s area', question, round, coalesce(t->>'text', t->>'choice'), t->>'units', t->>'persons', t->>'areaHundredths')
        from ballot, jsonb_array_elements(result->'totals') t
        """,
        "select format('elected %s: %s', question, r.full_name) from ballot, jsonb_array_elements_text(coalesce(result->'elected', '[]')) e join resident r on r.resident_id = e.value::uuid",
        "select format('task %s %s for %s: %s %s round %s', kind, title, post_code, state, outcome, round) from work_task",
        "select format('task event %s of %s rung %s to %s', e.kind, t.title, e.rung, e.to_post) from work_task_event e join work_task t using (community_id, task_id)",
        """
        select format('meeting %s round %s %s: %s minutes %s %s open %s present %s', kind, round, theme, outcome, minutes_state, minutes_version, open_points, (
            select count(*) from attendance a where a.community_id = m.community_id and a.meeting_id = m.meeting_id)) from meeting m
        """,
        "select format('agenda of round %s: %s carried %s', m.round, a.text, a.is_carried) from agenda_item a join meeting m using (community_id, meeting_id)",
        "select format('notice %s %s: %s', kind, title, outcome) from notice", // its length is checked below: a last day of rest moves on, and the runs open on different days
        "select format('visited %s: %s', h.door, v.outcome) from visit_entry v join household h using (community_id, household_id)",
        "select format('pledge board %s: %s', title, outcome) from pledge_board",
        "select format('pledge %s by %s: %s %s', p.need_id, r.full_name, p.quantity, p.state) from pledge p join resident r using (community_id, resident_id)",
        "select format('checkpoint %s: %s round %s', checkpoint_code, state, round) from checkpoint",
        "select format('payment %s %s %s: %s %s', payment_no, title, amount_fen, state, voucher) from payment",
        "select format('covenant %s: %s version %s', title, state, adopted_version) from covenant",
        "select format('clause %s version %s', text, version) from covenant_clause",
        "select format('evaluation %s round %s: %s %s of %s', title, round, outcome, satisfied_count, answer_count) from evaluation",
        "select format('answer %s: %s', h.door, a.points) from evaluation_answer a join household h using (community_id, household_id)",
        "select format('outcome %s %s in %s out %s', title, state, money_in_fen, money_out_fen) from outcome",
        "select format('archive of %s tables', jsonb_array_length(manifest)) from project_archive",
        "select format('committee %s: %s', m.office, r.full_name) from committee_member m join resident r using (community_id, resident_id)",
        "select format('message %s %s to %s %s because %s', m.channel, m.text_key, r.full_name, s.login, m.reason_key) from outbox_message m left join resident r using (community_id, resident_id) left join staff s using (staff_id)",
        "select format('timeline %s automatic %s', text_key, is_automatic) from project_event",
        "select format('timer %s of %s.%s', l.outcome, i.definition_id, l.activity_id) from workflow_timer_log l join workflow_instance i using (community_id, instance_id)",
        "select format('workflow %s %s %s', definition_id, status, sub_status) from workflow_instance",
        "select format('journal %s %s %s', i.definition_id, j.event, j.activity_id) from workflow_journal j join workflow_instance i using (community_id, instance_id)",

        "select format('log %s', kind) from log_leaf",
        "select format('document %s %s', kind, version) from log_document",

        // What a person may do again without harm (come in, print, look somebody up, save a draft, answer anew) may stand there more often.
        """
        select format('audit %s %s', actor_kind, action) from audit_entry
        where action not in ('SignInStaff', 'FindResident', 'IssueSlip', 'EnterBySlip', 'SaveDraft', 'AnswerEvaluation', 'PlanPayment', 'CastVote', 'SeedDemo')
        """,
        "select format('audit CastVote %s votes', sum((details->>'count')::int)) from audit_entry where action = 'CastVote'",
    ];

    /// <summary>What must never be, whatever happened; each names the wrong rows.</summary>
    private static readonly string[] Faults =
    [
        "select format('timer fired twice: %s %s', instance_id, bookmark_id) from workflow_timer_log group by instance_id, bookmark_id having count(*) > 1",
        "select format('visit ended twice: %s', visit_id) from workflow_journal where event = 'Completed' group by instance_id, visit_id having count(*) > 1",
        "select format('journal has a gap: %s', instance_id) from workflow_journal group by instance_id having max(sequence) - min(sequence) + 1 <> count(*)",
        "select format('%s: %s took part, %s in the urn', b.question, p.count, u.count) from ballot b, lateral (select count(*) from participation p where p.ballot_id = b.ballot_id) p, lateral (select count(*) from urn u where u.ballot_id = b.ballot_id) u where p.count <> u.count",
        "select format('%s: %s opened of %s', b.question, o.count, u.count) from ballot b, lateral (select count(*) from opening o where o.ballot_id = b.ballot_id) o, lateral (select count(*) from urn u where u.ballot_id = b.ballot_id) u where o.count <> u.count",
        "select format('unit voted twice: %s %s', ballot_id, unit_key) from vote group by ballot_id, unit_key having count(*) > 1",
        "select format('vote replaced that nobody changed: %s %s', ballot_id, unit_key) from vote_replaced",
        "select format('secret ballot with names: %s', ballot_id) from vote join ballot using (community_id, ballot_id) where secrecy = 'Secret'",
        "select format('intake left: %s', ballot_id) from ballot_intake",
        "select format('waits for the log: %s', coalesce(kind, 'vote')) from log_pending",
        """
        select format('%s: %s votes in the log, %s counted or replaced', b.question, l.count, v.count) from ballot b,
            lateral (select count(*) from log_leaf l where l.community_id = b.community_id and l.ballot_id = b.ballot_id and l.kind = 'vote') l,
            lateral (select (select count(*) from vote v where v.ballot_id = b.ballot_id) + (select count(*) from vote_replaced r where r.ballot_id = b.ballot_id)
                + (select count(*) from urn u where u.ballot_id = b.ballot_id) as count) v
        where b.is_logged and b.state <> 'Cancelled' and l.count <> v.count
        """,
        "select format('votes without audit: %s of %s', audited.count, votes.count) from (select coalesce(sum((details->>'count')::int), 0) as count from audit_entry where action = 'CastVote') audited, (select (select count(*) from vote) + (select count(*) from participation) as count) votes where audited.count <> votes.count",
        "select format('task done without audit: %s', task_id) from work_task where state = 'Done' and (select count(*) from audit_entry where action = 'CompleteTask' and subject = 'task:' || task_id) <> 1",
        "select format('message kept back: %s', text_key) from outbox_message where sent_at is null and (not_before is null or not_before <= council_now())",
        "select format('event nobody took: %s', name) from workflow_inbox",
        "select format('timer left: %s', bookmark_id) from workflow_timer",
    ];

    /// <returns>Sorted; a line that stands there several times stands here with its number.</returns>
    public static async Task<IReadOnlyList<string>> ReadAsync(NpgsqlDataSource dataSource)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        var lines = new List<string>();
        foreach (var select in Selects)
        {
            lines.AddRange((await connection.QueryAsync<string>(select)).CountBy(line => line).Select(line => $"{line.Key} ×{line.Value}"));
        }

        return [.. lines.Order(StringComparer.Ordinal)];
    }

    /// <summary>Waits until the ledger's loop has taken everything.</summary>
    public static Task UntilLogIsWrittenAsync(NpgsqlDataSource dataSource) => Eventually.HoldsAsync(async () =>
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        return !await connection.ExecuteScalarAsync<bool>("select exists (select from log_pending)");
    }, TimeSpan.FromSeconds(90));

    /// <summary>Rows that must not be.</summary>
    public static async Task<IReadOnlyList<string>> FaultsAsync(NpgsqlDataSource dataSource)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        var found = new List<string>();
        foreach (var fault in Faults)
        {
            found.AddRange(await connection.QueryAsync<string>(fault));
        }

        foreach (var community in await connection.QueryAsync<int>("select distinct community_id from log_leaf"))
        {
            found.AddRange(await LedgerCheck.FaultsAsync(dataSource, new CommunityId(community)));
        }

        found.AddRange((await connection.QueryAsync<NoticeWindow>("select title, kind, opens_at, closes_at from notice"))
            .Where(notice => WorkingCalendar.China.EndOfPeriod(notice.OpensAt, notice.Days) != notice.ClosesAt)
            .Select(notice => $"notice {notice.Title} from {notice.OpensAt:O} to {notice.ClosesAt:O}, not {notice.Days} days"));
        return found;
    }

    private sealed record NoticeWindow(string Title, string Kind, DateTimeOffset OpensAt, DateTimeOffset ClosesAt)
    {
        /// <summary>As the template says when nobody changes its parameters.</summary>
        public int Days => this switch
        {
            { Kind: "Nominees" } or { Title: "采购结果公示" } => 5,
            _ when Title.StartsWith("表决公告", StringComparison.Ordinal) => 15,
            _ => 7,
        };
    }
}

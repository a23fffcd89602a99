using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Projects;

/// <summary>What each stage must have on file (domain.md 2.2–2.5, last rows).</summary>
internal static class Evidence
{
    /// <returns>Text keys of what is missing, by stage; empty = complete.</returns>
    public static async Task<IReadOnlyDictionary<Stage, IReadOnlyList<string>>> MissingAsync(
        NpgsqlConnection connection, CommunityId community, ProjectId project, CancellationToken cancellationToken)
    {
        var rows = await connection.RowsAsync<Gap>(
            """
            with p as (select * from project where community_id = @community and project_id = @project)
            select 'Plan' as stage, 'evidence.minutes' as text_key from p
            where not exists (select 1 from meeting m where m.community_id = @community and m.project_id = @project and m.minutes_state = 'Approved')
               or exists (select 1 from meeting m where m.community_id = @community and m.project_id = @project and m.outcome = 'Held' and m.minutes_state <> 'Approved')
            union all select 'Plan', 'evidence.plan-notice' from p
            where not exists (select 1 from notice n where n.community_id = @community and n.project_id = @project and n.kind = 'Plan' and n.outcome = 'Clear')
            union all select 'Plan', 'evidence.decision' from p where p.decided_at is null
            union all select 'Plan', 'evidence.objections' from p
            where exists (
                select 1 from objection o join notice n using (community_id, notice_id)
                where n.community_id = @community and n.project_id = @project and o.state = 'Open')
            union all select 'Build', 'evidence.checkpoints' from p
            where exists (select 1 from checkpoint c where c.community_id = @community and c.project_id = @project and c.state <> 'Passed')
               or not exists (select 1 from checkpoint c where c.community_id = @community and c.project_id = @project)
            union all select 'Build', 'evidence.accounts' from p
            where not exists (select 1 from notice n where n.community_id = @community and n.project_id = @project and n.kind = 'Accounts' and n.outcome = 'Clear')
            union all select 'Build', 'evidence.pledges' from p
            where exists (
                select 1 from pledge g join pledge_board b using (community_id, board_id)
                where b.community_id = @community and b.project_id = @project and g.state = 'Promised')
            union all select 'Manage', 'evidence.covenant' from p
            where not exists (select 1 from covenant c where c.community_id = @community and c.project_id = @project and c.state = 'Adopted')
            union all select 'Evaluate', 'evidence.evaluation' from p
            where not exists (select 1 from evaluation e where e.community_id = @community and e.project_id = @project and e.outcome in ('Satisfied', 'Unsatisfied'))
            union all select 'Share', 'evidence.outcome' from p
            where not exists (select 1 from outcome o where o.community_id = @community and o.project_id = @project and o.state = 'Published')
            union all select 'Share', 'evidence.upkeep' from p where p.upkeep_owner is null or p.upkeep_review_on is null
            """,
            new { community, project },
            cancellationToken);
        return Enum.GetValues<Stage>().ToDictionary(
            stage => stage,
            stage => (IReadOnlyList<string>)[.. rows.Where(row => row.Stage == stage).Select(row => row.TextKey)]);
    }

    private sealed record Gap(Stage Stage, string TextKey);
}

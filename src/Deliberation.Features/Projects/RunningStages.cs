namespace Deliberation.Features.Projects;

/// <summary>The stages that a project is in: two may run at once, as a committee is elected while the plan is made.</summary>
internal static class RunningStages
{
    /// <summary>An array of stage names for the row <c>p</c> of <c>project</c>: those begun and not completed; between two stages the one entered last.</summary>
    public const string Of =
        """
        coalesce(
            (select array_agg(s.stage) from project_stage s
             where s.community_id = p.community_id and s.project_id = p.project_id and s.started_at is not null and s.completed_at is null),
            array_remove(array[p.stage], null))
        """;
}

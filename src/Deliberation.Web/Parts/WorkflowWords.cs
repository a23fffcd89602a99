using Deliberation.Features.Workflows;
using Deliberation.Web.Language;
using Deliberation.Workflows.Alterations;

namespace Deliberation.Web.Parts;

/// <summary>States, waits and changes of workflows in words.</summary>
public static class WorkflowWords
{
    public static StatusPart State(ITexts texts, string subStatus) => new(
        subStatus switch { "Faulted" => "no", "Finished" => "ok", "Cancelled" => "", _ => "do" },
        texts[$"workflow-state.{subStatus}"]);

    /// <summary>Why an activity waits, one sentence.</summary>
    public static string Why(this ITexts texts, WaitLine wait)
    {
        var why = wait.What is null ? texts[wait.Reason] : texts.Get(wait.Reason, new { what = wait.What });
        return wait.Until is { } until ? why + texts.Get("wait.clock", new { until }) : why;
    }

    public static string Change(this ITexts texts, DefinitionChange change) =>
        texts.Get($"workflow-change.{change.Kind}", new { part = texts[$"workflow-part.{change.Part}"], name = change.Name });

    public static string Problem(this ITexts texts, MigrationProblem problem) => texts.Get($"workflow-problem.{problem.Code}", new { name = problem.Name });
}

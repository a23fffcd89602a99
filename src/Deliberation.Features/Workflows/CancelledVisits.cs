using Deliberation.Features.Foundation;
using Deliberation.Process.Tasks;
using Deliberation.Workflows.Execution;

namespace Deliberation.Features.Workflows;

/// <summary>Takes back the tasks of visits that a step cancelled: a join that needs no more answers, an alteration, the end of an instance.</summary>
public sealed class CancelledVisits(IWorkflowCommandHandler<WithdrawTaskCommand> tasks)
{
    public async Task SettleAsync(StepContext step, IReadOnlyList<JournalEntry> journal, CancellationToken cancellationToken)
    {
        var cancelled = journal.Where(entry => entry.Event == "Canceled").Select(entry => entry.VisitId).Distinct().ToArray();
        if (cancelled.Length == 0)
        {
            return;
        }

        var visits = await step.Connection.RowsAsync<string>(
            "select visit_id from work_task where community_id = @community and instance_id = @InstanceId and visit_id = any(@cancelled) and state = 'Open' order by task_id",
            new { community = step.Community, step.InstanceId, cancelled },
            cancellationToken);
        foreach (var visit in visits)
        {
            await tasks.HandleAsync(new WithdrawTaskCommand("task.cancelled"), step with { VisitId = visit }, cancellationToken);
        }
    }
}

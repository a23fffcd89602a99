using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Execution;

/// <content>What people do to an instance: retry, take out, cancel.</content>
internal sealed partial class Burst
{
    /// <summary>Does again what faulted.</summary>
    public void Retry(Visit visit)
    {
        visit.Status = VisitStatus.Running; // it has begun: when another branch ends it before its turn, the journal says so
        instance.Queue.Enqueue(new WorkItem(visit, visit.FaultedOn));
        visit.FaultedOn = null;
    }

    /// <summary>Makes a faulted instance a running one again.</summary>
    /// <returns>The bookmarks that the fault had put to rest, in order; none when it had not faulted.</returns>
    public IReadOnlyList<Bookmark> Wakened()
    {
        if (instance.Status == WorkflowStatus.Running)
        {
            return [];
        }

        instance.Status = WorkflowStatus.Running;
        return [.. instance.Bookmarks.Values.OrderBy(entry => entry.Number).Select(entry => entry.Bookmark)];
    }

    /// <summary>Cancels a visit and lets its container go on as if it had ended without an outcome.</summary>
    public void Skip(Visit visit)
    {
        if (visit.Status == VisitStatus.Closed)
        {
            return;
        }

        Cancel(visit);
        try
        {
            Left(visit, []);
        }
        catch (ExpressionException exception)
        {
            current!.IsBeyondRetry = true;
            Fault(current, exception.Message, null);
        }
    }

    /// <summary>Runs, unless something in the instance is still faulted: nothing moves beside a fault.</summary>
    public void Go()
    {
        if (instance.Workflow.ContinuesAfterIncident || instance.Root is not { } root || !InstanceState.OpenVisits(root).Any(visit => visit.Status == VisitStatus.Faulted))
        {
            Run();
            return;
        }

        isStopped = true;
        Settle();
    }

    public void CancelAll()
    {
        if (instance.Root is { } root)
        {
            Close(root, "Canceled", null);
        }

        End(WorkflowStatus.Finished, WorkflowSubStatus.Cancelled);
    }
}

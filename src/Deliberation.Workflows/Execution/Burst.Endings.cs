using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Execution;

/// <content>How visits, bursts and instances end.</content>
internal sealed partial class Burst
{
    /// <summary>What runs on although its container has ended.</summary>
    private List<Visit>? orphans;
    private bool isRunning;

    private void Close(Visit visit, string journalEvent, IReadOnlyList<string>? outcomes)
    {
        if (visit.HasChildren)
        {
            foreach (var child in visit.Children.OrderBy(child => child.Number).ToList())
            {
                if (child.Status == VisitStatus.Scheduled && isRunning && !isStopped && !child.Node.HoldsProduct)
                {
                    Orphan(child);
                }
                else
                {
                    Close(child, "Canceled", null);
                }
            }
        }

        while (visit.Bookmarks is { Count: > 0 } bookmarks)
        {
            Remove(bookmarks[^1]);
        }

        if (visit.Status != VisitStatus.Scheduled)
        {
            Log(journalEvent, visit, outcomes is null ? null : new JsonObject { ["outcomes"] = new JsonArray([.. outcomes.Select(outcome => JsonValue.Create(outcome))]) });
        }

        visit.Status = VisitStatus.Closed;
        if (!visit.IsOrphan)
        {
            visit.Parent?.Release(visit);
        }
    }

    /// <summary>As in Elsa, what is scheduled when its container ends still runs. Only Elsa's own activities: a step of the council does not begin after the end.</summary>
    private void Orphan(Visit visit)
    {
        visit.Parent!.Release(visit);
        visit.IsOrphan = true;
        (orphans ??= []).Add(visit);
    }

    /// <summary>What still waits, or was stopped by a fault, ends with the burst.</summary>
    private void DropOrphans()
    {
        foreach (var orphan in orphans ?? [])
        {
            if (orphan.Status is VisitStatus.Running or VisitStatus.Faulted)
            {
                Close(orphan, "Canceled", null);
            }

            orphan.Status = VisitStatus.Closed;
        }

        var left = instance.Queue.Where(item => !IsOfOrphan(item.Visit)).ToList();
        instance.Queue.Clear();
        left.ForEach(instance.Queue.Enqueue);
    }

    private static bool IsOfOrphan(Visit visit)
    {
        var above = visit;
        while (above is { IsOrphan: false })
        {
            above = above.Parent;
        }

        return above is not null;
    }

    private void Finish()
    {
        instance.Queue.Clear();
        foreach (var entry in instance.Bookmarks.Values.OrderBy(entry => entry.Number).ToList())
        {
            Remove(entry);
        }

        End(WorkflowStatus.Finished, WorkflowSubStatus.Finished);
    }

    private void End(WorkflowStatus status, WorkflowSubStatus subStatus)
    {
        instance.Queue.Clear();
        instance.FinalVariables = instance.Root is null ? null : InstanceState.VariablesOf(instance.Root);
        instance.Root = null;
        (instance.Status, instance.SubStatus) = (status, subStatus);
    }

    private void Settle()
    {
        if (orphans is not null)
        {
            DropOrphans();
        }

        if (instance.Status == WorkflowStatus.Finished)
        {
            return;
        }

        if (instance.Root is null or { Status: VisitStatus.Closed })
        {
            // What ran on behind its container may have faulted after the workflow's own end: there is nothing left to retry.
            End(WorkflowStatus.Finished, isStopped ? WorkflowSubStatus.Faulted : WorkflowSubStatus.Finished);
        }
        else if (isStopped)
        {
            (instance.Status, instance.SubStatus) = (WorkflowStatus.Finished, WorkflowSubStatus.Faulted);
        }
        else
        {
            (instance.Status, instance.SubStatus) = (WorkflowStatus.Running, WorkflowSubStatus.Suspended);
            if (instance.Bookmarks.Count == 0)
            {
                incidents.Add(new Incident(instance.Root.Node.Id, instance.Root.Node.Type, "The workflow waits, but nothing can wake it.", Now));
            }
        }
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Laws;
using Deliberation.Process.Ballots;
using Deliberation.Process.Calendar;
using Deliberation.Process.Covenants;
using Deliberation.Process.Evaluations;
using Deliberation.Process.Lint;
using Deliberation.Process.Meetings;
using Deliberation.Process.Notices;
using Deliberation.Process.Pledges;
using Deliberation.Process.Projects;
using Deliberation.Process.Tasks;
using Deliberation.Process.Templates;
using Deliberation.Process.Visits;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;

namespace Deliberation.Process.Simulation;

/// <summary>Plays a whole project on a skipped clock: same engine, same activities, people from a scenario.</summary>
public sealed class ProjectSimulation
{
    private const int MostSteps = 20_000;

    private readonly List<SimulationLine> lines = [];
    private readonly PriorityQueue<(HostedInstance Instance, string VisitId, string ActivityId, string Bookmark, JsonObject Answer), (DateTimeOffset At, int Order)> acts = new();
    private readonly People people;
    private readonly InMemoryWorkflowHost host;
    private readonly DateTimeOffset start;

    private ProjectSimulation(IEnumerable<WorkflowDefinition> definitions, Scenario scenario, DateTimeOffset start, IReadOnlyCollection<object> facts)
    {
        this.start = start;
        people = new People(scenario);
        host = new InMemoryWorkflowHost(new WorkflowEngine(CouncilActivities.Registry), definitions, start) { Facts = facts, Answer = Carry };
    }

    /// <param name="template">The top workflow.</param>
    /// <param name="definitions">It and every workflow that it calls.</param>
    /// <param name="start">Launch of the project.</param>
    public static SimulationResult Run(
        WorkflowDefinition template,
        IReadOnlyCollection<WorkflowDefinition> definitions,
        DateTimeOffset start,
        Scenario? scenario = null,
        IReadOnlyCollection<object>? facts = null)
    {
        scenario ??= Scenario.AllGood;
        return new ProjectSimulation(definitions.Prepend(template), scenario, start, facts ?? ProcessFacts.Default)
            .Play(template, TemplateInput.WithDefaults(template, scenario.Inputs));
    }

    private SimulationResult Play(WorkflowDefinition template, JsonObject inputs)
    {
        var top = host.Start(template, inputs);
        for (var step = 0; step < MostSteps && top.Last.Status == WorkflowStatus.Running; step++)
        {
            var next = host.Bookmarks().Min(waiting => waiting.Bookmark.DueAt);
            if (acts.TryPeek(out _, out var act) && (next is null || act.At < next))
            {
                var (instance, visitId, activityId, bookmark, answer) = acts.Dequeue();
                host.AdvanceTo(act.At);
                Act(instance, visitId, activityId, bookmark, answer);
            }
            else if (!host.SkipToNextDue())
            {
                break;
            }
        }

        return new SimulationResult(start, host.Now, top.Last.SubStatus == WorkflowSubStatus.Finished, lines, host.Instances);
    }

    private void Act(HostedInstance instance, string visitId, string activityId, string bookmark, JsonObject answer)
    {
        var waiting = host.Bookmarks().FirstOrDefault(candidate =>
            candidate.Instance == instance && candidate.Bookmark.VisitId == visitId && candidate.Bookmark.Name == bookmark);
        if (waiting.Bookmark is null)
        {
            return;
        }

        Log(instance, activityId, "Answer", "answer", ("title", TitleOf(instance, activityId)), ("outcome", answer["outcome"]?.DeepClone()));
        host.Resume(instance, waiting.Bookmark, answer);
    }

    private IEnumerable<CommandAnswer> Carry(HostedInstance instance, EmittedCommand emitted)
    {
        var workflow = instance.Definition.DefinitionId;
        var command = emitted.Command;
        Describe(instance, emitted.ActivityId, command);
        if (command is OpenBallotCommand ballot)
        {
            people.Remember(emitted.VisitId, ballot);
        }
        else if (people.AtClose(command, emitted.VisitId, workflow, emitted.ActivityId) is { } decision)
        {
            Log(instance, emitted.ActivityId, "Decision", "decision", ("title", TitleOf(instance, emitted.ActivityId)), ("outcome", decision["outcome"]?.DeepClone()));
            return [new CommandAnswer("decided", Input: decision)];
        }
        else if (people.Later(command, workflow, emitted.ActivityId) is { Answer: { } answer } later)
        {
            var at = later.At > host.Now ? later.At : host.Now;
            acts.Enqueue((instance, emitted.VisitId, emitted.ActivityId, later.Bookmark, answer), (at, acts.Count));
        }

        return [];
    }

    /// <summary>The line of a command: what a person would see on the project's timeline.</summary>
    private void Describe(HostedInstance instance, string activity, IWorkflowCommand command)
    {
        switch (command)
        {
            case EnterStageCommand enter: Log(instance, activity, "Stage", "stage.entered", ("stage", enter.Stage.ToString())); break;
            case CompleteStageCommand complete: Log(instance, activity, "Stage", "stage.completed", ("stage", complete.Stage.ToString())); break;
            case StartVisitsCommand visits: Window(instance, activity, "Visits", TitleOf(instance, activity), visits.Until); break;
            case CallMeetingCommand meeting: Log(instance, activity, "Meeting", "meeting", ("title", meeting.Theme), ("round", meeting.Round), ("openPoints", meeting.OpenPoints.ToJson()), ("until", Instant(meeting.MeetsAt))); break;
            case PublishNoticeCommand notice: Window(instance, activity, "Notice", notice.Title, notice.ClosesAt); break;
            case OpenBallotCommand ballot: Log(instance, activity, "Ballot", "ballot", ("title", ballot.Question), ("until", Instant(ballot.ClosesAt)), ("roll", ballot.Roll), ("law", ballot.LawProfile), ("statutory", StatutoryElection.Is(BallotRule.Read(ballot.Rule), ballot.LawProfile))); break;
            case OpenPledgesCommand pledges: Window(instance, activity, "Pledges", pledges.Title, pledges.ClosesAt); break;
            case OpenEvaluationCommand evaluation: Window(instance, activity, "Evaluation", evaluation.Title, evaluation.ClosesAt); break;
            case DraftCovenantCommand covenant: Window(instance, activity, "Covenant", covenant.Title, covenant.CommentsUntil); break;
            case CreateTaskCommand task:
                Log(instance, activity, "Task", "task", ("title", task.Title), ("post", task.Post), ("until", Instant(task.DueAt)), ("inform", DivisionOfWork.Named(task.Form, "inform").ToJson()));
                break;
            case RecordDecisionCommand decision: Log(instance, activity, "Outcome", "adopted", ("title", decision.Title)); break;
            case TakeOfficeCommand office: Log(instance, activity, "Office", "office", ("title", office.Title), ("count", office.Members.Count)); break;
            case PublishOutcomeCommand outcome: Log(instance, activity, "Outcome", "published", ("title", outcome.Title)); break;
            case CloseProjectCommand: Log(instance, activity, "Closed", "closed"); break;
            case RemindTaskCommand remind: Remind(instance, activity, remind.Point); break;
            case RemindNonVotersCommand remind: Remind(instance, activity, remind.Point); break;
            case RemindEvaluatorsCommand remind: Remind(instance, activity, remind.Point); break;
            case RemindPledgersCommand remind: Remind(instance, activity, remind.Point); break;
            case EscalateTaskCommand escalate:
                Log(instance, activity, "Escalation", "escalation", ("title", TitleOf(instance, activity)), ("post", escalate.Post), ("rung", escalate.Rung));
                break;
            default: break; // closings and withdrawals show through the decision they lead to
        }
    }

    private void Window(HostedInstance instance, string activity, string kind, string title, DateTimeOffset until) =>
        Log(instance, activity, kind, kind.ToLowerInvariant(), ("title", title), ("until", Instant(until)));

    private void Remind(HostedInstance instance, string activity, string point) =>
        Log(instance, activity, "Reminder", "reminder", ("title", TitleOf(instance, activity)), ("point", point));

    private void Log(HostedInstance instance, string activity, string kind, string text, params (string Name, JsonNode? Value)[] values)
    {
        var named = new JsonObject();
        foreach (var (name, value) in values)
        {
            named[name] = value;
        }

        lines.Add(new SimulationLine(host.Now, kind, instance.Definition.DefinitionId, activity, "simulation." + text, named));
    }

    private static string Instant(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string TitleOf(HostedInstance instance, string activityId) =>
        TemplateGraph.Activities(instance.Definition).FirstOrDefault(activity => activity["id"]?.ToString() == activityId)?["metadata"]?["displayText"]?.ToString() ?? activityId;
}

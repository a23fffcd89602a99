using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;
using Deliberation.Process.Ballots;
using Deliberation.Process.Evaluations;
using Deliberation.Process.Meetings;
using Deliberation.Process.Notices;
using Deliberation.Process.Pledges;
using Deliberation.Process.Tasks;
using Deliberation.Process.Visits;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Simulation;

/// <summary>What the people of a scenario answer, and when.</summary>
internal sealed class People(Scenario scenario)
{
    private const int NomineesByDefault = 8;

    private readonly Dictionary<string, int> taken = [];
    private readonly Dictionary<string, OpenBallotCommand> ballots = [];

    /// <summary>The scenario's answer for this visit, taken once; the good answer when it says nothing. Null: nobody acts.</summary>
    public JsonObject? AnswerTo(string workflow, string activityId, string good)
    {
        var scripted = Take($"{workflow}/{activityId}") ?? Take(activityId);
        return scripted switch
        {
            null => new JsonObject { ["outcome"] = good },
            JsonObject whole => (JsonObject)whole.DeepClone(),
            _ when scripted.ToString() is "-" => null,
            _ => new JsonObject { ["outcome"] = scripted.ToString() },
        };
    }

    public void Remember(string visitId, OpenBallotCommand ballot) => ballots[visitId] = ballot;

    /// <summary>What is answered at once when a window closes; null for all other commands.</summary>
    public JsonObject? AtClose(IWorkflowCommand command, string visitId, string workflow, string activityId) => command switch
    {
        CloseBallotCommand => Decide(ballots[visitId], workflow, activityId),
        CloseNoticeCommand => Required(workflow, activityId, "Clear"),
        ClosePledgesCommand => Required(workflow, activityId, "TargetMet"),
        CloseEvaluationCommand => Required(workflow, activityId, "Satisfied"),
        _ => null,
    };

    /// <summary>What somebody does by himself, and when; null for all other commands.</summary>
    public (string Bookmark, DateTimeOffset At, JsonObject? Answer)? Later(IWorkflowCommand command, string workflow, string activityId) => command switch
    {
        CreateTaskCommand task => ("completed", task.DueAt.AddHours(-1), Complete(task, workflow, activityId)),
        CallMeetingCommand meeting => ("concluded", meeting.MeetsAt.AddHours(2), AnswerTo(workflow, activityId, "Held")),
        StartVisitsCommand visits => ("covered", visits.Until.AddHours(-4), AnswerTo(workflow, activityId, "Covered") is { } answer && answer["outcome"]?.ToString() is "Covered" ? answer : null),
        _ => null,
    };

    private JsonObject? Complete(CreateTaskCommand task, string workflow, string activityId)
    {
        var answer = AnswerTo(workflow, activityId, task.Outcomes[0]);
        if (answer is not null && answer["data"] is null && task.Kind is "Nominations")
        {
            answer["data"] = new JsonObject { ["nominees"] = Enumerable.Range(1, NomineesByDefault).Select(number => FormattableString.Invariant($"resident-{number}")).ToJson() };
        }

        return answer;
    }

    private JsonObject Decide(OpenBallotCommand ballot, string workflow, string activityId)
    {
        var rule = BallotRule.Read(ballot.Rule);
        var isElection = rule.IsElection || rule.Kind is RuleKind.OfficeElection;
        var answer = Required(workflow, activityId, isElection ? "Filled" : "Passed");
        if (!isElection)
        {
            answer["funded"] ??= Affordable(ballot).ToJson();
            answer["elected"] ??= (rule.IsChoice && answer["outcome"]?.ToString() is "Passed" ? ballot.Options.Take(rule.Seats).Select(option => option.Id) : []).ToJson();
            return answer;
        }

        var seats = rule.Seats;
        var filled = answer["outcome"]?.ToString() switch { "Filled" => seats, "Invalid" => 0, _ => seats - 1 };
        var ids = ballot.Options.Select(option => option.Id).ToList();
        answer["elected"] ??= ids.Take(filled).ToJson();
        answer["runoff"] ??= (filled == seats ? [] : ids.Skip(filled).Take(seats - filled + 1)).ToJson();
        answer["vacancies"] ??= seats - filled;
        return answer;
    }

    private static IEnumerable<string> Affordable(OpenBallotCommand ballot)
    {
        var left = ballot.Rule["budgetFen"].AsWhole() ?? 0;
        foreach (var option in ballot.Options.Where(option => option.CostFen is not null))
        {
            if (option.CostFen <= left)
            {
                left -= option.CostFen.Value;
                yield return option.Id;
            }
        }
    }

    private JsonObject Required(string workflow, string activityId, string good) =>
        AnswerTo(workflow, activityId, good) ?? new JsonObject { ["outcome"] = good };

    private JsonNode? Take(string key)
    {
        var position = taken.GetValueOrDefault(key);
        if (!scenario.Answers.TryGetValue(key, out var answers) || position >= answers.Count)
        {
            return null;
        }

        taken[key] = position + 1;
        return answers[position];
    }
}

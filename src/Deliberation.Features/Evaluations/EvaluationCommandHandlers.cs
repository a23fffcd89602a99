using System.Text.Json.Nodes;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Workflows;
using Deliberation.Process.Evaluations;

namespace Deliberation.Features.Evaluations;

/// <summary>Opens an evaluation for the households there are now.</summary>
internal sealed class OpenEvaluationHandler : IWorkflowCommandHandler<OpenEvaluationCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(OpenEvaluationCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var id = Guid.CreateVersion7();
        await step.Connection.RunAsync(
            """
            insert into evaluation (community_id, evaluation_id, project_id, instance_id, visit_id, title, questions, minimum_answers, minimum_percent, satisfied_percent, round, household_count, opens_at, closes_at)
            select @community, @id, @project, @instanceId, @visitId, @title, @questions, @minimumAnswers, @minimumPercent, @satisfiedPercent, @round, count(*), @opensAt, @closesAt
            from household where community_id = @community and moved_out_at is null
            """,
            new
            {
                community = step.Community,
                id,
                project = step.Project,
                step.InstanceId,
                step.VisitId,
                command.Title,
                questions = command.Questions.ToArray(),
                command.MinimumAnswers,
                command.MinimumPercent,
                command.SatisfiedPercent,
                command.Round,
                command.OpensAt,
                command.ClosesAt,
            },
            cancellationToken);
        JsonObject values = new() { ["title"] = command.Title, ["round"] = command.Round, ["closesAt"] = command.ClosesAt };
        var link = $"/evaluations/{id}";
        await step.TimelineAsync("Evaluation", "evaluation.timeline.opened", values, link, cancellationToken);
        await step.Connection.TellHouseholdsAsync(
            new Broadcast
            {
                Community = step.Community,
                Project = step.Project,
                DedupKey = $"evaluation:{id}:opened",
                TextKey = "evaluation.message.opened",
                Values = values,
                ReasonKey = "notice.reason.household",
                Link = link,
                Now = step.Now,
            },
            cancellationToken);
        await step.AuditAsync("OpenEvaluation", $"evaluation:{id}", cancellationToken);
        return [];
    }
}

/// <summary>Counts the evaluation: once, at the close.</summary>
internal sealed class CloseEvaluationHandler : IWorkflowCommandHandler<CloseEvaluationCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(CloseEvaluationCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var evaluation = await step.LockEvaluationAsync(cancellationToken) ?? throw new InvalidOperationException($"Visit {step.VisitId} has no evaluation.");
        var answers = await step.Connection.RowsAsync<int[]>(
            "select points::int[] as points from evaluation_answer where community_id = @community and evaluation_id = @evaluationId",
            new { community = step.Community, evaluation.EvaluationId },
            cancellationToken);
        var score = EvaluationScore.Of(answers, evaluation.NeededAnswers, evaluation.SatisfiedPercent);
        await step.Connection.RunAsync(
            """
            update evaluation set state = 'Closed', outcome = @outcome, answer_count = @answers, satisfied_count = @satisfied, closed_at = @now
            where community_id = @community and evaluation_id = @evaluationId
            """,
            new { score.Outcome, score.Answers, score.Satisfied, step.Now, community = step.Community, evaluation.EvaluationId },
            cancellationToken);
        JsonObject values = new() { ["title"] = evaluation.Title, ["answers"] = score.Answers, ["satisfied"] = score.Satisfied, ["needed"] = evaluation.NeededAnswers };
        var key = score.Outcome switch
        {
            "Satisfied" => "evaluation.timeline.satisfied",
            "Unsatisfied" => "evaluation.timeline.unsatisfied",
            _ => "evaluation.timeline.too-few",
        };
        await step.TimelineAsync("Evaluation", key, values, evaluation.Link, cancellationToken);
        await step.AuditAsync("CloseEvaluation", $"evaluation:{evaluation.EvaluationId}", cancellationToken, details: new JsonObject { ["outcome"] = score.Outcome });
        JsonObject answer = new() { ["outcome"] = score.Outcome, ["share"] = FormattableString.Invariant($"{score.Satisfied}/{score.Answers}") };
        return [new StepEvent("decided", null, answer)];
    }
}

internal sealed class RemindEvaluatorsHandler : IWorkflowCommandHandler<RemindEvaluatorsCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(RemindEvaluatorsCommand command, StepContext step, CancellationToken cancellationToken)
    {
        if (await step.LockEvaluationAsync(cancellationToken) is not { State: "Open" } evaluation)
        {
            return [];
        }

        var told = await step.Connection.TellAsync(
            new Broadcast
            {
                Community = step.Community,
                Project = step.Project,
                DedupKey = $"evaluation:{evaluation.EvaluationId}:reminder:{command.Point}",
                TextKey = "evaluation.message.reminder",
                Values = new JsonObject { ["title"] = evaluation.Title, ["closesAt"] = evaluation.ClosesAt },
                ReasonKey = "evaluation.reason.not-answered",
                Link = evaluation.Link,
                Now = step.Now,
            },
            $"""
            select x.resident_id from ({Broadcasts.Households}) x
            where x.resident_id is not null and not exists (
                select 1 from evaluation_answer a
                where a.community_id = @community and a.evaluation_id = @evaluation and a.household_id = x.household_id)
            """,
            new { evaluation = evaluation.EvaluationId },
            cancellationToken);
        await step.TimelineAsync("Message", "evaluation.timeline.reminded", new JsonObject { ["title"] = evaluation.Title, ["told"] = told }, evaluation.Link, cancellationToken);
        return [];
    }
}

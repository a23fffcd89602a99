using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Process.Tasks;

namespace Deliberation.Features.Tasks;

/// <summary>What the reader may do with a task besides doing it.</summary>
/// <param name="Verbs">Of <see cref="TaskVerbs"/>, as the step allows them to the reader; empty when he only reads.</param>
/// <param name="MayAnswer">It climbed to the reader, who may give it more time or give it back.</param>
/// <param name="IsUnanswered">It climbed, and nobody has answered that step.</param>
/// <param name="LatestDay">Last day of an extension; null when it cannot be extended (any more).</param>
/// <param name="MaySign">The reader was asked to sign, has not, and it is his turn.</param>
/// <param name="IsHeld">It was decided and waits for signatures.</param>
/// <param name="Signers">Who signs as well, in the order in which they were asked.</param>
/// <param name="Colleagues">Who works in the community, by name, without the reader.</param>
/// <param name="Followers">Names of those kept informed.</param>
public sealed record TaskChoices(
    IReadOnlyList<string> Verbs,
    bool MayAnswer,
    bool IsUnanswered,
    DateOnly? LatestDay,
    bool MaySign,
    bool IsHeld,
    IReadOnlyList<SignerLine> Signers,
    IReadOnlyList<Colleague> Colleagues,
    IReadOnlyList<string> Followers);

public sealed record Colleague(StaffId Id, string Name);

/// <param name="State">Asked, Signed or Objected.</param>
public sealed record SignerLine(string Name, SignerPlace Place, string State);

internal sealed class TaskChoosing(CouncilSession session, LateAnswers answers)
{
    public async Task<TaskChoices> OfAsync(
        Caller caller, CommunityId community, WorkTaskRow task, bool mayComplete, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var isWorker = caller.Kind is CallerKind.Staff or CallerKind.Admin;
        var isOpen = task.State == "Open";
        var values = new { community, task.TaskId, reader = caller.Staff?.Value };
        var followers = await connection.RowsAsync<string>(
            "select s.display_name from work_task_copy c join staff s using (staff_id) where c.community_id = @community and c.task_id = @TaskId order by 1", values, cancellationToken);
        var signers = await connection.RowsAsync<SignerLine>(
            """
            select s.display_name as name, g.place, g.state from work_task_signer g join staff s using (staff_id)
            where g.community_id = @community and g.task_id = @TaskId order by g.asked_at, s.display_name
            """,
            values,
            cancellationToken);
        var place = (await connection.RowAsync<Place>(
            """
            select t.held_outcome is not null as is_held, coalesce(t.completed_by = @reader::uuid, false) as is_doer, exists (
                select from work_task_signer g
                where g.community_id = t.community_id and g.task_id = t.task_id and g.staff_id = @reader::uuid and g.state <> 'Signed'
                  and (g.place <> 'After' or t.held_outcome is not null)) as is_signer
            from work_task t where t.community_id = @community and t.task_id = @TaskId
            """,
            values,
            cancellationToken))!;
        var colleagues = isOpen && isWorker
            ? await connection.RowsAsync<Colleague>(
                """
                select s.staff_id as id, s.display_name as name from staff_scope c join staff s using (staff_id)
                where c.community_id = @community and s.is_enabled and s.kind in ('Staff', 'Admin') and s.staff_id is distinct from @reader::uuid
                order by name
                """,
                values,
                cancellationToken)
            : [];
        var mayAnswer = isOpen && isWorker && task.Rung > 0 && !TaskVerbs.IsLegalPeriod(task.Kind, task.Form)
            && await connection.IsAccountableAsync(caller, community, task, now, cancellationToken);
        return new TaskChoices(
            [.. TaskVerbs.Of(task.Form).Where(IsMine)], mayAnswer, isOpen && task.Rung > task.AnsweredRung, mayAnswer && task.ExtendedAt is null ? answers.LatestDay(task, now) : null,
            isOpen && isWorker && place.IsSigner, isOpen && place.IsHeld, signers, colleagues, followers);

        bool IsMine(string verb) => isWorker && (verb == TaskVerbs.Recall
            ? task.State == "Done" && place.IsDoer && !RecallTaskHandler.IsFinal(task.Kind)
            : isOpen && (mayComplete || verb == TaskVerbs.Urge));
    }

    private sealed record Place(bool IsHeld, bool IsDoer, bool IsSigner);
}

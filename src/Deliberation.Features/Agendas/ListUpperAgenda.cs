using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Agendas;

/// <summary>An item of the upper body's agenda.</summary>
/// <param name="Round">1; more when it was decided before and was late again.</param>
/// <param name="IsTaskOpen">False when the matter was settled meanwhile.</param>
/// <param name="Outcomes">Of the task, the good one first.</param>
/// <param name="FirstPost">Who was asked first.</param>
/// <param name="LatestDay">Last day of an extension; null when it cannot be extended (any more).</param>
/// <param name="MayReturn">False for a period fixed by law.</param>
/// <param name="MayDecide">The reader writes down the body's decisions, and this one waits.</param>
/// <param name="Posts">Posts of the community that can be ordered, those on the ladder first.</param>
public sealed record UpperItem(
    Guid Id,
    CommunityId Community,
    string CommunityName,
    ProjectId Project,
    string ProjectTitle,
    TaskId Task,
    string TaskTitle,
    int Round,
    string Post,
    string FirstPost,
    DateTimeOffset DueAt,
    DateTimeOffset RaisedAt,
    bool IsTaskOpen,
    IReadOnlyList<string> Outcomes,
    UpperDecision? Decision,
    string? Words,
    DateTimeOffset? DecidedAt,
    string? DecidedBy,
    DateOnly? LatestDay,
    bool MayReturn,
    bool MayDecide,
    IReadOnlyList<string> Posts);

/// <summary>The agenda of the body at the top of the ladder, of all communities of the reader: what waits first, oldest on top; then what was decided, newest on top.</summary>
/// <param name="Community">Any of the reader's: opens the door.</param>
/// <param name="Task">Only of this task; null = all.</param>
public sealed record ListUpperAgenda(Caller Caller, CommunityId Community, TaskId? Task, PageRequest Page) : IQuery<Paged<UpperItem>>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListUpperAgendaHandler(CouncilSession session) : IRequestHandler<ListUpperAgenda, Result<Paged<UpperItem>>>
{
    public async Task<Result<Paged<UpperItem>>> Handle(ListUpperAgenda request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var rows = await connection.PageAsync<Row, Row>(
            """
            select i.item_id, i.community_id, c.name as community_name, i.project_id, p.title as project_title, i.task_id, t.title as task_title, i.round, i.post_code, t.first_post,
                t.due_at, i.raised_at, t.state, t.outcomes, i.decision, i.words, i.decided_at, s.display_name as decided_by, i.decided_at is null and t.state = 'Open' as waits
            from upper_agenda_item i
            join community c using (community_id)
            join project p using (community_id, project_id)
            join work_task t on t.community_id = i.community_id and t.task_id = i.task_id
            left join staff s on s.staff_id = i.decided_by
            where i.community_id = any(@communities) and (@task::uuid is null or i.task_id = @task::uuid)
            """,
            "waits desc, case when waits then raised_at end, coalesce(decided_at, raised_at) desc, item_id",
            new { communities = request.Caller.Communities.Select(community => community.Value).ToArray(), task = request.Task?.Value },
            request.Page, row => row, cancellationToken);
        var items = new List<UpperItem>();
        foreach (var row in rows.Items)
        {
            items.Add(await ItemAsync(connection, request.Caller, row, now, cancellationToken));
        }

        return new Paged<UpperItem>(items, rows.Total, request.Page);
    }

    private static async Task<UpperItem> ItemAsync(NpgsqlConnection connection, Caller caller, Row row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var mayDecide = row.Waits && await connection.MayDecideAsync(caller, row.CommunityId, row.PostCode, now, cancellationToken);
        var (latest, mayReturn, posts) = mayDecide ? await ChoicesAsync(connection, row, now, cancellationToken) : (null, false, []);
        return new UpperItem(
            row.ItemId, row.CommunityId, row.CommunityName, row.ProjectId, row.ProjectTitle, row.TaskId, row.TaskTitle, row.Round, row.PostCode, row.FirstPost, row.DueAt, row.RaisedAt,
            row.State == "Open", row.Outcomes, row.Decision, row.Words, row.DecidedAt, row.DecidedBy, latest, mayReturn, mayDecide, posts);
    }

    private static async Task<(DateOnly? Latest, bool MayReturn, IReadOnlyList<string> Posts)> ChoicesAsync(NpgsqlConnection connection, Row row, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var task = (await connection.ReadTaskAsync(row.CommunityId, row.TaskId, cancellationToken))!;
        var mayReturn = !Process.Tasks.TaskVerbs.IsLegalPeriod(task.Kind, task.Form);
        var latest = mayReturn && task.ExtendedAt is null ? LateAnswers.LatestDay(await connection.CalendarAsync(row.CommunityId, cancellationToken), task, now) : (DateOnly?)null;
        return (latest, mayReturn, await connection.RowsAsync<string>(
            "select post_code from post where community_id = @CommunityId order by rung nulls last, post_code", new { row.CommunityId }, cancellationToken));
    }

    private sealed record Row(
        Guid ItemId, CommunityId CommunityId, string CommunityName, ProjectId ProjectId, string ProjectTitle, TaskId TaskId, string TaskTitle, int Round, string PostCode, string FirstPost,
        DateTimeOffset DueAt, DateTimeOffset RaisedAt, string State, string[] Outcomes, UpperDecision? Decision, string? Words, DateTimeOffset? DecidedAt, string? DecidedBy, bool Waits);
}

internal static class UpperRights
{
    /// <summary>Officials, and who acts for the post at the top; admins may stand in.</summary>
    public static async Task<bool> MayDecideAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, string post, DateTimeOffset now, CancellationToken cancellationToken) =>
        caller.Kind is CallerKind.Official or CallerKind.Admin
        || (caller.Kind == CallerKind.Staff && (await connection.ActingHoldersAsync(community, now, cancellationToken)).Any(holder => holder.PostCode == post && holder.StaffId == caller.Staff));
}

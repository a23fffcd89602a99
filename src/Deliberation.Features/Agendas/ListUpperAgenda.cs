using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
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
        var waiting = rows.Items.Where(row => row.Waits).ToList();
        var mine = await MineAsync(connection, request.Caller, waiting, now, cancellationToken);
        var choices = await ChoicesAsync(connection, waiting.Where(row => mine.Contains(row.ItemId)).ToList(), now, cancellationToken);
        return new Paged<UpperItem>([.. rows.Items.Select(row => Item(row, choices.GetValueOrDefault(row.ItemId)))], rows.Total, request.Page);
    }

    private static UpperItem Item(Row row, Choices? choices) => new(
        row.ItemId, row.CommunityId, row.CommunityName, row.ProjectId, row.ProjectTitle, row.TaskId, row.TaskTitle, row.Round, row.PostCode, row.FirstPost, row.DueAt, row.RaisedAt,
        row.State == "Open", row.Outcomes, row.Decision, row.Words, row.DecidedAt, row.DecidedBy, choices?.Latest, choices?.MayReturn ?? false, choices is not null, choices?.Posts ?? []);

    /// <returns>Items whose decision the caller writes down.</returns>
    private static async Task<IReadOnlySet<Guid>> MineAsync(
        NpgsqlConnection connection, Caller caller, List<Row> waiting, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (caller.Kind is CallerKind.Official or CallerKind.Admin)
        {
            return waiting.Select(row => row.ItemId).ToHashSet();
        }

        var posts = await connection.RowsAsync<(int Community, string Post)>(
            "select c, a.post_code from unnest(@communities) c, acting_holder(c, @now) a where a.staff_id = @staff::uuid",
            new { communities = Communities(waiting), now, staff = caller.Staff?.Value },
            cancellationToken);
        return waiting.Where(row => caller.Kind == CallerKind.Staff && posts.Contains((row.CommunityId.Value, row.PostCode))).Select(row => row.ItemId).ToHashSet();
    }

    /// <summary>Tasks and posts in one question each, calendars (kept in memory) once a community.</summary>
    private static async Task<IReadOnlyDictionary<Guid, Choices>> ChoicesAsync(NpgsqlConnection connection, List<Row> mine, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var tasks = (await connection.ReadTasksAsync([.. mine.Select(row => (row.CommunityId, row.TaskId))], cancellationToken)).ToDictionary(task => task.TaskId);
        var posts = (await connection.RowsAsync<(int Community, string Post)>(
            "select community_id, post_code from post where community_id = any(@communities) order by rung nulls last, post_code", new { communities = Communities(mine) }, cancellationToken))
            .ToLookup(post => post.Community, post => post.Post);
        var calendars = new Dictionary<CommunityId, WorkingCalendar>();
        foreach (var community in mine.Select(row => row.CommunityId).Distinct())
        {
            calendars[community] = await connection.CalendarAsync(community, cancellationToken);
        }

        return mine.ToDictionary(row => row.ItemId, row =>
        {
            var task = tasks[row.TaskId];
            var mayReturn = !Process.Tasks.TaskVerbs.IsLegalPeriod(task.Kind, task.Form);
            return new Choices(
                mayReturn && task.ExtendedAt is null ? LateAnswers.LatestDay(calendars[row.CommunityId], task, now) : null, mayReturn, [.. posts[row.CommunityId.Value]]);
        });
    }

    private static int[] Communities(List<Row> rows) => [.. rows.Select(row => row.CommunityId.Value).Distinct()];

    private sealed record Choices(DateOnly? Latest, bool MayReturn, IReadOnlyList<string> Posts);

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

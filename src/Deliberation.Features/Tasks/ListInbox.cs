using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>An open task in the inbox.</summary>
/// <param name="Rung">Steps it has climbed; 0 = none.</param>
/// <param name="IsUnanswered">It climbed a step that nobody has answered.</param>
/// <param name="Why">Text key that says why the reader sees it.</param>
public sealed record InboxLine(
    TaskId Id,
    ProjectId Project,
    string ProjectTitle,
    string Kind,
    string Title,
    int Round,
    string PostCode,
    string? AssignedTo,
    DateTimeOffset DueAt,
    bool IsOverdue,
    int Rung,
    bool IsUnanswered,
    string Why);

/// <summary>How many tasks each view holds, under the same filter.</summary>
public sealed record InboxCounts(int Mine, int MyPosts, int Community, int Waiting, int Followed)
{
    public int Of(InboxView view) => view switch
    {
        InboxView.MyPosts => MyPosts,
        InboxView.Community => Community,
        InboxView.Waiting => Waiting,
        InboxView.Followed => Followed,
        _ => Mine,
    };
}

/// <param name="Overdue">Of the view asked for.</param>
/// <param name="Now">Council time of the answer: what "overdue" means.</param>
/// <param name="OpenDisputes">Disputes of the roll that wait for an answer.</param>
/// <param name="NextDisputeDueAt">When the first of them must be answered; null when there is none.</param>
public sealed record Inbox(Paged<InboxLine> Tasks, InboxCounts Counts, int Overdue, DateTimeOffset Now, int OpenDisputes, DateTimeOffset? NextDisputeDueAt);

/// <summary>Open tasks (待办), overdue first, then by due instant.</summary>
/// <param name="Filter">Null = all.</param>
public sealed record ListInbox(Caller Caller, CommunityId Community, InboxView View, InboxFilter? Filter, PageRequest Page) : IQuery<Inbox>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListInboxHandler(CouncilSession session) : IRequestHandler<ListInbox, Result<Inbox>>
{
    public async Task<Result<Inbox>> Handle(ListInbox request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var query = await InboxQuery.OfAsync(connection, request.Caller, request.Community, request.Filter ?? new InboxFilter(), now, cancellationToken);

        // Due ascending puts the overdue on top by itself.
        var rows = InboxQuery.Rows(request.View);
        var tasks = await connection.PageAsync<Row, InboxLine>(rows, "due_at, task_id", query.Values, request.Page, row => row.ToLine(now), cancellationToken);
        var overdue = await connection.ScalarAsync<int>($"select count(*)::int from ({rows}) x where due_at < @now", query.Values, cancellationToken);
        var counts = (await connection.RowAsync<InboxCounts>(InboxQuery.Count, query.Values, cancellationToken))!;
        var disputes = (await connection.RowAsync<Disputes>(
            "select count(*)::int as open, min(due_at) as next_due_at from roll_dispute where community_id = @Community and state = 'Open'", new { request.Community }, cancellationToken))!;
        return new Inbox(tasks, counts, overdue, now, disputes.Open, disputes.NextDueAt);
    }

    private sealed record Disputes(int Open, DateTimeOffset? NextDueAt);

    private sealed record Row(
        TaskId TaskId, ProjectId ProjectId, string ProjectTitle, string Kind, string Title, int Round, string PostCode, string? AssignedTo,
        DateTimeOffset DueAt, int Rung, bool IsUnanswered, bool IsNamed, bool IsMine, bool IsMyPost, bool IsSupport, bool IsFollowed, bool IsHeld, bool IsSigner, bool IsLeft)
    {
        public InboxLine ToLine(DateTimeOffset now) => new(
            TaskId, ProjectId, ProjectTitle, Kind, Title, Round, PostCode, AssignedTo, DueAt, DueAt < now, Rung, IsUnanswered,
            IsSigner ? "task.reason.signer"
            : IsHeld && (IsNamed || IsMine) ? "task.reason.held"
            : IsNamed ? "task.reason.transferred"
            : IsMine ? Rung > 0 ? "task.reason.ladder" : "task.reason.post"
            : IsMyPost ? "task.reason.elsewhere"
            : IsSupport ? "task.reason.support"
            : IsFollowed ? "task.reason.copied"
            : IsLeft ? "task.reason.left" : "task.reason.community");
    }
}

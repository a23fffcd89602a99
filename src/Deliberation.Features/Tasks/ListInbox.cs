using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Whose tasks are shown.</summary>
public enum InboxView
{
    /// <summary>Named to me, or owned by a post for which I act now.</summary>
    Mine,

    /// <summary>Owned by any post I hold, whoever acts for it now.</summary>
    MyPosts,

    /// <summary>Every open task of the community.</summary>
    Community,
}

/// <summary>An open task in the inbox.</summary>
/// <param name="Rung">Steps it has climbed; 0 = none.</param>
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
    string Why);

/// <param name="Now">Council time of the answer: what "overdue" means.</param>
public sealed record Inbox(Paged<InboxLine> Tasks, int Overdue, DateTimeOffset Now);

/// <summary>Open tasks (待办), overdue first, then by due instant.</summary>
/// <param name="Project">Only of this project; null = all.</param>
public sealed record ListInbox(Caller Caller, CommunityId Community, InboxView View, ProjectId? Project, PageRequest Page) : IQuery<Inbox>
{
    public Audience Audience => Audience.Readers;
}

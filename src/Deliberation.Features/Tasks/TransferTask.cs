using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Hands a task on (转办): to another post, or to a named colleague, or both. The due instant stays.</summary>
/// <param name="ToPost">Null keeps the post.</param>
/// <param name="ToStaff">Null = whoever holds the post.</param>
public sealed record TransferTask(Caller Caller, CommunityId Community, TaskId Task, string? ToPost, StaffId? ToStaff, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>A line of a task's history.</summary>
public sealed record TaskEventLine(DateTimeOffset At, string Kind, int? Rung, string? FromPost, string? ToPost, string? ToStaff, string? Actor, string? Reason);

/// <summary>A task's page.</summary>
/// <param name="Form">What the form asks; see <c>CreateTaskCommand.Form</c>.</param>
/// <param name="MayComplete">False when the reader does not act for its post; then <paramref name="Holder"/> says who does.</param>
public sealed record TaskPage(
    TaskId Id,
    ProjectId Project,
    string ProjectTitle,
    string Kind,
    string Title,
    string Instruction,
    int Round,
    IReadOnlyList<string> Outcomes,
    JsonObject Form,
    string FirstPost,
    string PostCode,
    string? Holder,
    int Rung,
    DateTimeOffset CreatedAt,
    DateTimeOffset DueAt,
    bool IsOverdue,
    string State,
    string? Outcome,
    JsonObject? Data,
    bool MayComplete,
    IReadOnlyList<TaskEventLine> History);

public sealed record GetTask(Caller Caller, CommunityId Community, TaskId Task) : IQuery<TaskPage>
{
    public Audience Audience => Audience.Readers;
}

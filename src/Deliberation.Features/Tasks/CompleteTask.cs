using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Does a task: its outcome and what its form asked. The ladder stops.</summary>
/// <param name="Outcome">One of the task's outcomes, else <c>task.unknown-outcome</c>.</param>
/// <param name="Data">By field name. A refusal names the field: <c>task.field-required</c>, <c>task.field-invalid</c>, <c>task.field-unknown</c>.</param>
public sealed record CompleteTask(Caller Caller, CommunityId Community, TaskId Task, string Outcome, JsonObject Data) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Gives a task that climbed more time: once, by at most half of what it had at first, with a reason that residents read (domain.md 2.1).</summary>
/// <param name="Until">Last day; due when offices close. Refused with <c>task.extension-past</c>, <c>task.extension-too-long</c>, <c>task.extended-already</c>, <c>task.legal-period</c>, <c>task.not-escalated</c>.</param>
public sealed record ExtendTask(Caller Caller, CommunityId Community, TaskId Task, DateOnly Until, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class ExtendTaskHandler(CouncilSession session, LateAnswers answers) : IRequestHandler<ExtendTask, Result<Done>>
{
    public async Task<Result<Done>> Handle(ExtendTask request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var found = await connection.OpenTaskAsync(request.Community, request.Task, null, request.Reason, cancellationToken);
        if (found is Result<OpenedTask>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var opened = found.Require();
        return (await LateAnswers.FaultAsync(connection, request.Caller, request.Community, opened, cancellationToken)
            ?? await answers.ExtendAsync(request.Caller, request.Community, opened, request.Until, request.Reason, cancellationToken)) is { } fault ? fault : Done.Value;
    }
}

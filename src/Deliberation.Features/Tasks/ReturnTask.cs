using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Tasks;

/// <summary>Gives a task that climbed back to the post that was asked first, with guidance. The task starts over, the ladder does not: the next lateness starts one step higher (domain.md 2.1).</summary>
/// <remarks>Refused with <c>task.not-escalated</c>, <c>task.legal-period</c>, <c>task.post-vacant</c>.</remarks>
public sealed record ReturnTask(Caller Caller, CommunityId Community, TaskId Task, string Guidance) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class ReturnTaskHandler(CouncilSession session, LateAnswers answers) : IRequestHandler<ReturnTask, Result<Done>>
{
    public async Task<Result<Done>> Handle(ReturnTask request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var found = await connection.OpenTaskAsync(request.Community, request.Task, null, request.Guidance, cancellationToken);
        if (found is Result<OpenedTask>.Refused { Reason: var refusal })
        {
            return refusal;
        }

        var opened = found.Require();
        return (await LateAnswers.FaultAsync(connection, request.Caller, request.Community, opened, cancellationToken)
            ?? await answers.ReturnAsync(request.Caller, request.Community, opened, request.Guidance, cancellationToken)) is { } fault ? fault : Done.Value;
    }
}

using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using MediatR;

namespace Deliberation.Features.Notices;

/// <summary>Answers an objection. The last answer after the window ends the notice: Upheld when any objection was, else Clear; a recount that waits is an answer that waits.
/// Refused with <c>notice.answer-length</c>, <c>notice.objection-answered</c>; against a ballot's result <c>notice.remedy-required</c>, <c>notice.counted-by-you</c>, and why its remedy is not possible.</summary>
/// <param name="Answer">1–2,000 characters; public.</param>
/// <param name="Remedy">Of an upheld objection to a ballot's result, where it must stand; of no other.</param>
public sealed record DecideObjection(Caller Caller, CommunityId Community, Guid Objection, bool IsUpheld, string Answer, ObjectionRemedy? Remedy = null) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class DecideObjectionHandler(CouncilSession session, VisitEvents visits) : IRequestHandler<DecideObjection, Result<Done>>
{
    public Task<Result<Done>> Handle(DecideObjection request, CancellationToken cancellationToken) => new ObjectionAnswers(session, visits).GiveAsync(
        new ObjectionAnswer(
            request.Caller, request.Community, request.Objection, request.IsUpheld, request.Remedy, request.Answer, IsSecond: false, nameof(DecideObjection)),
        cancellationToken);
}

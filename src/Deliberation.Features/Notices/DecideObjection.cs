using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Notices;

/// <summary>Answers an objection. The last answer after the window ends the notice: Upheld when any objection was, else Clear.</summary>
/// <param name="Answer">1–2,000 characters; public.</param>
public sealed record DecideObjection(Caller Caller, CommunityId Community, Guid Objection, bool IsUpheld, string Answer) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Pledges;

/// <summary>Promises something to a project, within the board's window. A promise, never a payment.</summary>
/// <param name="Quantity">Unit of the need: fen, days or pieces; 1 or more.</param>
/// <param name="DueOn">Last day to honour it, today or later.</param>
/// <param name="ShowsName">False unless the pledger says so.</param>
public sealed record MakePledge(Caller Caller, CommunityId Community, Guid Board, string NeedId, long Quantity, string Note, DateOnly DueOn, bool ShowsName) : ICommand<Guid>
{
    public Audience Audience => Audience.Resident;
}

/// <summary>The pledger takes a promise back while the board is open.</summary>
public sealed record WithdrawPledge(Caller Caller, CommunityId Community, Guid Pledge) : ICommand<Done>
{
    public Audience Audience => Audience.Resident;
}

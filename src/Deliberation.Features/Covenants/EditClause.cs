using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Covenants;

/// <summary>Adds or changes a clause of a draft; the old words stay on record.</summary>
/// <param name="ClauseNo">Null adds one at the end.</param>
/// <param name="Text">1–2,000 characters; null removes the clause.</param>
/// <param name="ExpectedVersion">0 for a new clause; else <c>covenant.clause-changed</c> when another version is stored.</param>
/// <param name="Reason">Why; needed for a change.</param>
/// <returns>The clause's number.</returns>
public sealed record EditClause(Caller Caller, CommunityId Community, Guid Covenant, int? ClauseNo, string? Text, int ExpectedVersion, string Reason) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

using Deliberation.Features.Ballots;

namespace Deliberation.Web.Pages.Residents.Ballots;

/// <summary>Model of <c>_Beside</c>: what stands beside a question: a later close, its documents, who votes for whom.</summary>
/// <param name="Proxies">Those in force.</param>
public sealed record BesidePart(BallotView Ballot, IReadOnlyList<ProxyLine> Proxies);

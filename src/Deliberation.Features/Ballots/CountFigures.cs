using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;

namespace Deliberation.Features.Ballots;

/// <summary>What a rule worked out on the way to its answer, as stored with the result; what a rule does not have is empty or null. Fractions are texts: <c>13/2</c>.</summary>
/// <param name="Order">Option ids from best to last, equal ones together.</param>
/// <param name="Figures">Marks, first places or points per option.</param>
/// <param name="Quota">Votes that elect, of a transferable vote.</param>
/// <param name="Pairs"><c>Pairs[x][y]</c>: papers that put option x before y, in the order of the paper.</param>
/// <param name="Paths">Strongest paths, of Schulze's rule.</param>
/// <param name="Final">The two of a STAR final.</param>
/// <param name="Share">What each voter holds in fen, under equal shares.</param>
/// <param name="Purchases">Who paid what, under equal shares.</param>
/// <param name="Present">Voting units present at the meeting that voted.</param>
/// <param name="Silent">Voting units that stayed silent and so stood aside.</param>
/// <param name="Consent">How the round of consent ended: Passed, Revise, FallBack, Inquorate.</param>
/// <param name="Reserves">Who stands by (候补), next first.</param>
/// <param name="ByCastingVote">The casting vote broke the tie.</param>
/// <param name="Lot">The seed of the lot and, when it was drawn, in which order.</param>
/// <param name="Followed">Both tallies, where unreturned papers follow the majority.</param>
public sealed record CountFigures(
    IReadOnlyList<IReadOnlyList<string>>? Order,
    IReadOnlyDictionary<string, string>? Figures,
    IReadOnlyList<StoredRound>? Rounds,
    IReadOnlyList<StoredEvent>? Events,
    string? Quota,
    IReadOnlyList<IReadOnlyList<long>>? Pairs,
    IReadOnlyList<IReadOnlyList<long>>? Paths,
    IReadOnlyList<StoredFinalist>? Final,
    IReadOnlyList<CountTie>? Ties,
    string? Share,
    IReadOnlyList<StoredPurchase>? Purchases,
    int? Present,
    int? Silent,
    string? Consent,
    IReadOnlyList<string>? Reserves,
    bool ByCastingVote,
    StoredLot? Lot,
    StoredFollowed? Followed = null)
{
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    public static CountFigures Of(JsonObject result) => result.Deserialize<CountFigures>(Camel)!;
}

/// <param name="Votes">Per option still in it.</param>
/// <param name="Exhausted">Papers that name nobody left.</param>
/// <param name="Dropped">Who leaves after it.</param>
public sealed record StoredRound(IReadOnlyDictionary<string, string> Votes, string? Exhausted, string? Dropped);

/// <param name="Kind"><c>elect</c>, <c>surplus</c>, <c>exclude</c>, <c>fill</c>.</param>
public sealed record StoredEvent(string Kind, string Id, string Amount);

/// <param name="Papers">Papers that score this one higher.</param>
public sealed record StoredFinalist(string Id, long Papers);

/// <param name="Price">What a supporter pays per unit of use, in fen; null when it was filled up by votes.</param>
public sealed record StoredPurchase(string Id, long Votes, string? Price, IReadOnlyList<StoredPayment> Payers);

public sealed record StoredPayment(long Voters, string EachFen, bool IsAllTheyHad);

/// <param name="Seed">Bound before the vote by <paramref name="Hash"/>, its SHA-256.</param>
/// <param name="Drawn">The tied in the order drawn; empty when no lot was needed.</param>
public sealed record StoredLot(string Seed, string Hash, IReadOnlyList<DrawnLot> Drawn);

/// <param name="Key">SHA-256 of <c>seed|id</c>: the lowest is drawn first.</param>
public sealed record DrawnLot(string Id, string Key);

/// <summary>Delivered papers that were not returned, and the count with and without them (多数意见从计).</summary>
/// <param name="Choice">Which leads among returned papers by persons and area; null: none does, and nobody joined.</param>
/// <param name="Basis">Where the adopted rules of procedure say so.</param>
/// <param name="Delivered">Units on the roll whose paper was delivered with proof.</param>
/// <param name="Unreturned">Of those, units that returned none.</param>
public sealed record StoredFollowed(
    string? Choice, string Basis, int Delivered, int Unreturned, int JoinedPersons, long JoinedAreaHundredths, StoredSide With, StoredSide Without);

/// <summary>One of the two tallies.</summary>
public sealed record StoredSide(string Outcome, long TakingPartPersons, long TakingPartAreaHundredths, long ForPersons, long ForAreaHundredths);

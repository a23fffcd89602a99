using System.Text.Json.Nodes;

namespace Deliberation.Features.Ballots;

/// <summary>What a ballot's rule says about casting, with the defaults of domain.md 2.3 and 3.1 where it says nothing.</summary>
internal static class CastingRules
{
    /// <summary>Units one holder may act for: <c>maxProxiesPerHolder</c>, 3 when left out; 0 = no proxies. For owners their rules of procedure decide.</summary>
    public static int MaxProxiesPerHolder(this JsonObject rule) => Whole(rule, "maxProxiesPerHolder", 3, 0, 1_000);

    /// <summary>Whole days before the close by which a proxy must be registered: <c>proxyRegisterDays</c>, 0 to 7; 3 when left out.</summary>
    public static int ProxyRegisterDays(this JsonObject rule) => Whole(rule, "proxyRegisterDays", 3, 0, 7);

    /// <summary>Whether a vote may be cast again until the close: <c>allowReplace</c>; when left out, a named one may and a secret one may not. A secret one takes its receipt's replacement code (decision 0021).</summary>
    public static bool AllowsReplace(this JsonObject rule, bool isSecret) => rule["allowReplace"] is JsonValue value && value.TryGetValue<bool>(out var allowed) ? allowed : !isSecret;

    /// <summary>Village elections let only close relatives with the right to vote hold a proxy (Villagers' Committee Law art. 15).</summary>
    public static bool IsVillageElection(this BallotRow ballot) => ballot.IsElection && ballot.LawProfile.StartsWith("villagers-", StringComparison.Ordinal);

    private static int Whole(JsonObject rule, string name, int otherwise, int least, int most) =>
        Math.Clamp(rule[name] is JsonValue value && value.TryGetValue<int>(out var number) ? number : otherwise, least, most);
}

using Deliberation.Domain.Ballots;

namespace Deliberation.Domain.Laws;

/// <summary>The dated text of a law that a ballot is counted under. A ballot keeps the profile it was opened with.</summary>
/// <param name="Id">Stable, for example <c>civil-code-2021</c>; the text key of the title is <c>law.{Id}</c>.</param>
/// <param name="EffectiveFrom">First day in force.</param>
/// <param name="EffectiveTo">Last day in force, inclusive; null while in force.</param>
/// <param name="Confirm">True when every figure must be checked against the official text before real use (待核实).</param>
/// <param name="Articles">Article numbers per rule code.</param>
public sealed record LawProfile(
    string Id,
    DateOnly EffectiveFrom,
    DateOnly? EffectiveTo,
    bool Confirm,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Articles)
{
    public IReadOnlyList<string> ArticlesOf(string rule) => Articles.TryGetValue(rule, out var articles) ? articles : [];

    /// <summary>Articles that a ballot of this rule is counted under; empty when this law sets none.</summary>
    public IReadOnlyList<string> ArticlesOf(BallotRule rule) => rule switch
    {
        { Kind: RuleKind.OwnersAssembly } => [.. ArticlesOf("OwnersAssembly").Select(article => article == "278" ? $"278({(int)rule.Matter})" : article)],
        { Kind: RuleKind.OfficeElection, Mode: ElectionMode.Runoff } => ArticlesOf("RunoffElection"),
        { Kind: RuleKind.OfficeElection, Mode: ElectionMode.Supplementary } => ArticlesOf("SupplementaryElection"),
        { Kind: RuleKind.Meeting } => ArticlesOf(rule.Body.ToString()),
        _ => ArticlesOf(rule.Kind.ToString()),
    };

    /// <summary>True on the first and the last day, and between.</summary>
    public bool IsInForce(DateOnly day) => EffectiveFrom <= day && (EffectiveTo is null || day <= EffectiveTo);
}

/// <summary>The profiles we ship.</summary>
public static class LawProfiles
{
    /// <summary>Civil Code (民法典), arts. 278 to 280: owners' assemblies.</summary>
    public static LawProfile CivilCode2021 { get; } = new("civil-code-2021", new(2021, 1, 1), null, false, Map(
        ("OwnersAssembly", ["278", "280"]),
        ("OwnersCommitteeElection", ["278(3)", "280"]),
        ("ChangeOfUse", ["279"])));

    /// <summary>Organic Law of the Villagers' Committees (村民委员会组织法), text of 2018.</summary>
    public static LawProfile VillagersCommittee2018 { get; } = new(
        "villagers-committee-2018", new(2018, 12, 29), new(2025, 12, 31), false, Villagers());

    /// <summary>Organic Law of the Residents' Committees (居民委员会组织法), text of 2018.</summary>
    public static LawProfile ResidentsCommittee2018 { get; } = new(
        "residents-committee-2018", new(2018, 12, 29), new(2025, 12, 31), false, Residents());

    /// <summary>Revision of 28 October 2025: starts with the figures of 2018, to be confirmed.</summary>
    public static LawProfile VillagersCommittee2026 { get; } = new(
        "villagers-committee-2026", new(2026, 1, 1), null, true, Villagers());

    /// <summary>Revision of 28 October 2025: starts with the figures of 2018 and adds the residents' representatives' assembly, to be confirmed.</summary>
    public static LawProfile ResidentsCommittee2026 { get; } = new(
        "residents-committee-2026", new(2026, 1, 1), null, true, Residents());

    public static IReadOnlyList<LawProfile> All { get; } =
        [CivilCode2021, VillagersCommittee2018, ResidentsCommittee2018, VillagersCommittee2026, ResidentsCommittee2026];

    /// <summary>The profile with this id; null when we do not know it.</summary>
    public static LawProfile? Find(string? id) => All.FirstOrDefault(p => p.Id == id);

    /// <summary>The text of a law in force on a day: the profile itself, else the one of the same law that is; null when none is.</summary>
    /// <param name="id">A profile's id; its last part is the year of the text.</param>
    public static LawProfile? InForce(string id, DateOnly day) =>
        Find(id) is { } named && named.IsInForce(day) ? named : All.FirstOrDefault(p => LawOf(p.Id) == LawOf(id) && p.IsInForce(day));

    private static string LawOf(string id) => id.LastIndexOf('-') is var at and > 0 ? id[..at] : id;

    private static Dictionary<string, IReadOnlyList<string>> Villagers() => Map(
        ("OfficeElection", ["15"]),
        ("SupplementaryElection", ["15"]),
        ("RunoffElection", ["15"]),
        ("Recall", ["16"]),
        ("VillagersAssembly", ["22"]),
        ("VillagersRepresentativesAssembly", ["26"]),
        ("GroupMeeting", ["28"]));

    private static Dictionary<string, IReadOnlyList<string>> Residents() => Map(
        ("OfficeElection", ["8"]),
        ("SupplementaryElection", ["8"]),
        ("RunoffElection", ["8"]),
        ("ResidentsAssembly", ["9", "10"]),
        ("ResidentsRepresentativesAssembly", ["9", "10"]));

    private static Dictionary<string, IReadOnlyList<string>> Map(params (string Rule, string[] Articles)[] rules) =>
        rules.ToDictionary(r => r.Rule, r => (IReadOnlyList<string>)r.Articles, StringComparer.Ordinal);
}

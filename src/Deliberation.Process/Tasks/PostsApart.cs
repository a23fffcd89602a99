namespace Deliberation.Process.Tasks;

/// <summary>Posts (岗位) that one person should not hold together: one does the work, the other says that it was done right.</summary>
/// <remarks>
/// Works are done by the contractor and signed by the resident inspector (domain.md 2.1, checkpoints), accounts are kept by the treasurer, paid to the
/// contractor and audited by somebody else (2.3, B7), who sets up a ballot does not count it, and who stands for office does neither (5, rules 4
/// and 12). A warning and no refusal: a small community may have no second person.
/// </remarks>
public static class PostsApart
{
    public static IReadOnlyList<(string One, string Other)> Pairs { get; } =
    [
        ("Contractor", "Inspector"), ("Contractor", "Auditor"), ("Treasurer", "Auditor"),
        ("ElectionBoard", "Scrutineer"), ("CommitteeChair", "ElectionBoard"), ("CommitteeChair", "Scrutineer"),
    ];

    /// <returns>Who holds both of a pair, in the order of the pairs; once for each pair.</returns>
    public static IReadOnlyList<(T Person, string One, string Other)> Of<T>(IReadOnlyCollection<(string Post, T Person)> holders) =>
    [
        .. from pair in Pairs
           from person in holders.Where(holder => holder.Post == pair.One).Select(holder => holder.Person).Distinct()
           where holders.Contains((pair.Other, person))
           select (person, pair.One, pair.Other),
    ];
}

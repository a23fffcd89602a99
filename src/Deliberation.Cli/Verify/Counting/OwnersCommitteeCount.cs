namespace Deliberation.Cli.Verify.Counting;

/// <summary>The owners' committee: quorum of two thirds, each elected by more than half of those taking part, all by persons and by area.</summary>
internal static class OwnersCommitteeCount
{
    public static Recounted Count(Urn urn)
    {
        var rule = urn.Definition.Rule;
        var seats = (int)Math.Clamp(rule.Number("seats", 1), 1, int.MaxValue);
        var votes = urn.Definition.Ids.ToDictionary(id => id, _ => (Persons: 0L, Area: 0L), StringComparer.Ordinal);
        long persons = 0, area = 0;
        foreach (var owner in urn.Papers.Where(p => urn.Roll.ContainsKey(p.Unit)).GroupBy(p => p.Unit, StringComparer.Ordinal))
        {
            var counted = owner.Where(p => p.Status is PaperStatus.Counted).Select(p => p.Choices).FirstOrDefault();
            if (counted is null && !(rule.Flag("spoiltTakesPart") && owner.Any(p => p.Status is PaperStatus.Spoilt))) continue;
            var weight = urn.Roll[owner.Key].AreaHundredths;
            persons++;
            area += weight;
            foreach (var id in counted?.Where(votes.ContainsKey) ?? []) votes[id] = (votes[id].Persons + 1, votes[id].Area + weight);
        }

        var twoThirds = new Line(new(2, 3), false);
        if (!twoThirds.IsMet(persons, urn.Roll.Count) || !twoThirds.IsMet(area, urn.Roll.Values.Sum(u => u.AreaHundredths))) return new("Invalid") { Elected = [] };
        var qualified = urn.Definition.Ids.Where(id => Line.MoreThanHalf.IsMet(votes[id].Persons, persons) && Line.MoreThanHalf.IsMet(votes[id].Area, area)).ToList();
        var elected = qualified.Where(id => qualified.Count(other => votes[other].CompareTo(votes[id]) >= 0) <= seats).OrderByDescending(id => votes[id]).ToList();
        return new(elected.Count == seats ? "Filled" : qualified.Count > elected.Count ? "Runoff" : "PartlyFilled") { Elected = elected };
    }
}

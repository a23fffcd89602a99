namespace Deliberation.Cli.Verify.Counting;

/// <summary>Questions that are answered with for, against or abstain.</summary>
internal static class YesNoCount
{
    private static readonly Line TwoThirds = new(new(2, 3), false);
    private static readonly Line ThreeQuarters = new(new(3, 4), false);

    /// <summary>
    /// Owners' assembly: two thirds of persons and of area take part; of those more than half, for matters 6 to 8 at least three quarters, agree, by persons
    /// and by area. An owner is one person, whatever stands under persons on the roll. Papers that were not returned do not take part, whatever the rule says of them.
    /// </summary>
    public static Recounted Owners(Urn urn)
    {
        var rule = urn.Definition.Rule;
        long persons = 0, area = 0, forPersons = 0, forArea = 0;
        foreach (var owner in urn.Papers.Where(p => urn.Roll.ContainsKey(p.Unit)).GroupBy(p => p.Unit, StringComparer.Ordinal))
        {
            var weight = urn.Roll[owner.Key].AreaHundredths;
            var said = owner.Where(p => p.Status is PaperStatus.Counted).Select(p => p.Choices[0]).Distinct(StringComparer.Ordinal).ToList();
            var isSpoilt = said.Count == 0 && owner.All(p => p.Status is PaperStatus.Spoilt);
            if (said.Count != 1 && !(isSpoilt && rule.Flag("spoiltTakesPart"))) continue; // papers that contradict each other are set aside
            persons++;
            area += weight;
            if (said is not ["For"]) continue;
            forPersons++;
            forArea += weight;
        }

        var allArea = urn.Roll.Values.Sum(u => u.AreaHundredths);
        var line = rule.Number("matter", 9) is 6 or 7 or 8 ? ThreeQuarters : Line.MoreThanHalf;
        return new(!TwoThirds.IsMet(persons, urn.Roll.Count) || !TwoThirds.IsMet(area, allArea) ? "Inquorate"
            : line.IsMet(forPersons, persons) && line.IsMet(forArea, area) ? "Passed"
            : "Rejected");
    }

    /// <summary>More than the line of the chosen base; turnout first.</summary>
    public static Recounted Majority(Urn urn) => Majority(urn, urn.Definition.Rule);

    /// <summary>No open objection, few enough aside; the last round without it falls back to a majority.</summary>
    public static Recounted Consent(Urn urn)
    {
        var rule = urn.Definition.Rule;
        var (inFavour, against, abstain) = Answers(urn);
        var spoke = inFavour + against + abstain;
        var answers = Math.Max(urn.Roll.Count, spoke);
        var aside = answers - inFavour - against; // silent ones stand aside
        if (rule.Share("minTurnout", "minTurnoutStrict", isStrict: false) is { } turnout && !turnout.IsMet(spoke, answers)) return new("Inquorate");
        var most = rule.Text("maxStandAside") is { } text ? Ratio.TryParse(text) ?? throw new RecountException("\"maxStandAside\" is no fraction") : new(1, 3);
        if (inFavour > 0 && against == 0 && aside * most.Under <= answers * most.Over) return new("Passed");
        return rule.Number("round", 1) >= rule.Number("maxRounds", 3) && rule.Rule("fallback") is { } fallback ? Majority(urn, fallback) : new("Rejected");
    }

    /// <summary>Recall: turnout and majority as in an election.</summary>
    public static Recounted Recall(Urn urn) => new(
        !Line.MoreThanHalf.IsMet(urn.Returned, urn.Roll.Count) ? "Inquorate"
        : urn.Returned > urn.Roll.Count ? "Voided"
        : Line.MoreThanHalf.IsMet(Answers(urn).For, urn.Returned) ? "Passed"
        : "Rejected");

    /// <summary>A home turned into business premises: every owner asked agrees.</summary>
    public static Recounted ChangeOfUse(Urn urn) => new(new Line(1, false).IsMet(Answers(urn).For, urn.Roll.Count) ? "Passed" : "Rejected");

    /// <summary>A meeting: quorum of those entitled, then more than half of those present.</summary>
    public static Recounted Meeting(Urn urn)
    {
        var rule = urn.Definition.Rule;
        var byHalf = rule.Text("body", "CouncilMeeting") is var body && (body is "CouncilMeeting" or "ResidentsAssembly" || (body == "VillagersAssembly" && rule.Text("form", "Members") != "Households"));
        var present = Math.Max(urn.SignedIn ?? 0, urn.Returned);
        var (inFavour, against, abstain) = Answers(urn);
        return new(
            !(byHalf ? Line.MoreThanHalf : TwoThirds).IsMet(present, urn.Roll.Count) ? "Inquorate"
            : inFavour + against + abstain > present ? "Voided"
            : Line.MoreThanHalf.IsMet(inFavour, present) ? "Passed"
            : "Rejected");
    }

    private static Recounted Majority(Urn urn, RuleText rule)
    {
        var (inFavour, against, abstain) = Answers(urn);
        var cast = inFavour + against + abstain;
        if (rule.Share("minTurnout", "minTurnoutStrict", isStrict: false) is { } turnout && !turnout.IsMet(cast, urn.Roll.Count)) return new("Inquorate");
        var mostAgainst = rule.Name switch
        {
            "AllButK" => rule.Number("k", 0),
            "Unanimous" => 0,
            "Majority" => rule.NumberOrNull("allButK"),
            _ => null,
        };
        if (mostAgainst is { } most) return new(inFavour > 0 && against <= most ? "Passed" : "Rejected");

        var line = rule.Name == "TwoThirds" ? TwoThirds : rule.Share("threshold", "strict", isStrict: true) ?? new(new(1, 2), rule.Flag("strict", true));
        var whole = rule.Text("base", rule.Name == "TwoThirds" ? "Expressed" : "Cast") switch
        {
            "Expressed" => inFavour + against,
            "Cast" => cast,
            "CastAndSpoilt" => cast + urn.SpoiltOrMissing,
            "Present" => Math.Max(urn.SignedIn ?? 0, cast + urn.SpoiltOrMissing),
            "Roll" => urn.Roll.Count,
            var other => throw new RecountException($"\"{other}\" is no base of a majority"),
        };
        if (line.IsMet(inFavour, whole)) return new("Passed");
        if (line.Share != new Ratio(1, 2) || inFavour != against || inFavour == 0) return new("Rejected");
        var casting = rule.Text("castingVote") is { } unit ? urn.Counted.Where(p => p.Unit == unit).Select(p => p.Choices[0]).FirstOrDefault() : null;
        return new(casting switch { "For" => "Passed", "Against" => "Rejected", _ => "Tied" });
    }

    private static (long For, long Against, long Abstain) Answers(Urn urn)
    {
        long inFavour = 0, against = 0, abstain = 0;
        foreach (var paper in urn.Counted)
        {
            if (paper.Choices.Contains("For")) inFavour++;
            else if (paper.Choices.Contains("Against")) against++;
            else abstain++;
        }

        return (inFavour, against, abstain);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;

namespace Deliberation.Domain.Ballots;

/// <summary>Reads a rule's JSON and says everything that is wrong with it. Numbers may be whole doubles: expressions make them.</summary>
internal sealed class RuleReader
{
    private const int MostSeats = 1_000;
    private const int MostScore = 1_000;
    private const long MostFen = 100_000_000_000_000; // ¥1 trillion

    /// <summary>Settings of other parts of the ballot: which body is elected, what the adopted rules of procedure say, and how votes are cast.</summary>
    private static readonly string[] Everywhere =
        ["rule", "lotHash", "election", "body", "unreturned", "rulesOfProcedure", "allowReplace", "maxProxiesPerHolder", "proxyRegisterDays", "awayDays"];

    private readonly JsonObject _json;
    private readonly List<RuleProblem> _problems = [];
    private readonly HashSet<string> _read = [.. Everywhere];

    private RuleReader(JsonObject json) => _json = json;

    /// <returns>The rule is null when nobody knows its name.</returns>
    public static (BallotRule? Rule, IReadOnlyList<RuleProblem> Problems) Read(JsonObject json)
    {
        var reader = new RuleReader(json);
        var rule = reader.Rule(isFallback: false);
        return (rule, reader._problems);
    }

    public static IReadOnlyList<string> Unknown(JsonObject json)
    {
        var reader = new RuleReader(json);
        return reader.Rule(isFallback: false) is null ? [] : [.. json.Select(p => p.Key).Where(name => !reader._read.Contains(name))];
    }

    private BallotRule? Rule(bool isFallback)
    {
        if (Text("rule") is not { } name || !Enum.TryParse<RuleKind>(name, out var kind) || !Enum.IsDefined(kind) || kind.ToString() != name)
        {
            _problems.Add(new("rule", $"'{_json["rule"]?.ToString() ?? "nothing"}' is not a rule; known are {string.Join(", ", Enum.GetNames<RuleKind>())}"));
            return null;
        }

        var rule = Settings(new BallotRule { Kind = kind, LotHash = Text("lotHash"), IsElection = Flag("election") });
        rule = rule with { Unreturned = Named<UnreturnedPolicy>("unreturned"), RulesOfProcedure = Text("rulesOfProcedure") };
        if (rule.Unreturned is UnreturnedPolicy.FollowMajority)
        {
            if (kind is not RuleKind.OwnersAssembly) _problems.Add(new("unreturned", "papers follow the majority in an owners' assembly only"));
            if (rule.RulesOfProcedure?.Trim().Length is not (>= 5 and <= 300))
                _problems.Add(new("rulesOfProcedure", "says in 5 to 300 characters where the adopted rules let unreturned papers follow the majority"));
        }

        if (isFallback && !rule.IsMajority) _problems.Add(new("rule", "the rule to fall back to is a majority"));
        return rule;
    }

    private BallotRule Settings(BallotRule rule) => rule.Kind switch
    {
        RuleKind.OwnersAssembly => rule with
        {
            Matter = (OwnersMatter)Whole("matter", (long)OwnersMatter.Other, 1, 9),
            SpoiltTakesPart = Flag("spoiltTakesPart"),
            ParkingCounts = Flag("parkingCounts"),
            CoOwners = Named<CoOwnerCounting>("coOwners"),
        },
        RuleKind.OwnersCommitteeElection => rule with
        {
            Seats = Seats(),
            SpoiltTakesPart = Flag("spoiltTakesPart"),
            ParkingCounts = Flag("parkingCounts"),
            CoOwners = Named<CoOwnerCounting>("coOwners"),
        },
        RuleKind.OfficeElection => Office(rule with { Seats = Seats(), Mode = Named<ElectionMode>("mode") }),
        RuleKind.Recall or RuleKind.ChangeOfUse => rule,
        RuleKind.Meeting => rule with { Body = Named("body", rule.Body), Form = Named("form", rule.Form) },
        RuleKind.Majority => rule with
        {
            Base = Named("base", MajorityBase.Cast),
            Threshold = Share("threshold", "strict", isStrict: true) ?? Threshold.MoreThanHalf,
            MinTurnout = Turnout(),
            CastingVote = Text("castingVote"),
            AllButK = _json["allButK"] is null ? null : (int)Whole("allButK", 0, 0, 1_000_000),
        },
        RuleKind.TwoThirds => rule with { Base = Named("base", MajorityBase.Expressed), Threshold = Threshold.TwoThirds, MinTurnout = Turnout() },
        RuleKind.AllButK => rule with { AllButK = (int)Whole("k", 0, 0, 1_000_000), MinTurnout = Turnout() },
        RuleKind.Unanimous => rule with { AllButK = 0, MinTurnout = Turnout() },
        RuleKind.Consent => Consent(rule),
        RuleKind.BudgetGreedy or RuleKind.BudgetGreedyNoSkip => rule with
        {
            BudgetFen = Whole("budgetFen", null, 0, MostFen),
            MinVotes = Whole("minVotes", 1, 1, int.MaxValue),
        },
        RuleKind.EqualShares => rule with
        {
            BudgetFen = Whole("budgetFen", null, 0, MostFen),
            MinVotes = Whole("minVotes", 1, 1, int.MaxValue),
            Utility = Named<BudgetUtility>("utility"),
            Completion = Named<BudgetCompletion>("completion"),
            ShareStepFen = Whole("shareStepFen", 100, 1, MostFen),
        },
        _ => Choosing(rule),
    };

    private BallotRule Office(BallotRule rule)
    {
        rule = rule with
        {
            ReservedSeats = (int)Whole("reservedSeats", 0, 0, MostSeats),
            MayFillReserved = Texts("mayFillReserved"),
            Kin = Pairs("kin"),
            Seated = Texts("seated"),
            TieBreak = Named("tieBreak", TieBreak.Runoff),
        };
        if (rule.ReservedSeats > rule.Seats) _problems.Add(new("reservedSeats", $"{rule.ReservedSeats} of {rule.Seats} seats cannot be kept"));
        if (rule.TieBreak is TieBreak.All or TieBreak.EarlierProposal)
            _problems.Add(new("tieBreak", "a tie for an office is run off or drawn by lot"));
        return rule;
    }

    private BallotRule Consent(BallotRule rule)
    {
        rule = rule with
        {
            Round = (int)Whole("round", 1, 1, 100),
            MaxRounds = (int)Whole("maxRounds", 3, 1, 100),
            MinTurnout = Turnout(),
        };
        if (Share("maxStandAside", null, isStrict: false) is { } most) rule = rule with { MaxStandAside = new(most.Numerator, most.Denominator) };
        _read.Add("fallback");
        if (_json["fallback"] is not { } fallback) return rule;
        if (fallback is not JsonObject json)
        {
            _problems.Add(new("fallback", "is a rule of its own"));
            return rule;
        }

        var reader = new RuleReader(json);
        var other = reader.Rule(isFallback: true);
        _problems.AddRange(reader._problems.Select(p => p with { Setting = $"fallback.{p.Setting}" }));
        return rule with { Fallback = other };
    }

    private BallotRule Choosing(BallotRule rule)
    {
        rule = rule with
        {
            Seats = Seats(),
            TieBreak = Named("tieBreak", rule.IsElection ? TieBreak.Runoff : TieBreak.Lot),
            MinTurnout = Turnout(),
        };
        rule = rule.Kind switch
        {
            RuleKind.Approval => rule with { MinApproval = Share("minApproval", null, isStrict: false), Marks = Marks() },
            RuleKind.Limited => rule with { Marks = Marks() },
            RuleKind.Score or RuleKind.Star => rule with { MaxScore = (int)Whole("maxScore", Score.DefaultMaxScore, 1, MostScore) },
            RuleKind.Borda => rule with { StrictRanking = Flag("strictRanking"), Unranked = Named<UnrankedPoints>("unranked") },
            RuleKind.Condorcet => rule with { StrictRanking = Flag("strictRanking"), WithoutWinner = Named<CondorcetFallback>("fallback") },
            RuleKind.Schulze => rule with { StrictRanking = Flag("strictRanking"), Links = Named<LinkStrength>("links") },
            RuleKind.InstantRunoff => rule with { CountToTwo = Flag("countToTwo") },
            _ => rule,
        };
        if (rule.Seats > 1 && rule.Kind is RuleKind.Star or RuleKind.Condorcet or RuleKind.InstantRunoff)
            _problems.Add(new("seats", "the rule chooses one"));
        if (rule.Marks > rule.Seats && rule.Kind is RuleKind.Limited) _problems.Add(new("marks", "are no more than seats"));
        return rule;
    }

    private int Seats() => (int)Whole("seats", 1, 1, MostSeats);

    private int? Marks() => Has("marks") ? (int)Whole("marks", 1, 1, MostSeats) : null;

    private Threshold? Turnout() => Share("minTurnout", "minTurnoutStrict", isStrict: false);

    private bool Has(string name)
    {
        _read.Add(name);
        return _json[name] is not null;
    }

    private string? Text(string name) => Has(name) && _json[name] is JsonValue value && value.TryGetValue<string>(out var text) && text.Length > 0 ? text : null;

    private bool Flag(string name)
    {
        if (!Has(name)) return false;
        if (_json[name] is JsonValue value && value.TryGetValue<bool>(out var flag)) return flag;
        _problems.Add(new(name, "is true or false"));
        return false;
    }

    /// <param name="fallback">Null: the setting must be there.</param>
    private long Whole(string name, long? fallback, long least, long most)
    {
        if (!Has(name))
        {
            if (fallback is null) _problems.Add(new(name, "is missing"));
            return fallback ?? least;
        }

        if (_json[name] is JsonValue value && !value.TryGetValue<string>(out _)
            && decimal.TryParse(value.ToString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number == decimal.Truncate(number) && number >= least && number <= most) return (long)number;
        _problems.Add(new(name, string.Create(CultureInfo.InvariantCulture, $"is a whole number from {least} to {most}")));
        return fallback ?? least;
    }

    private T Named<T>(string name, T fallback = default)
        where T : struct, Enum
    {
        if (!Has(name)) return fallback;
        if (Text(name) is { } text && Enum.TryParse<T>(text, out var value) && Enum.IsDefined(value) && value.ToString() == text) return value;
        _problems.Add(new(name, $"is one of {string.Join(", ", Enum.GetNames<T>())}"));
        return fallback;
    }

    /// <param name="strictName">Setting that says whether the figure itself is not enough; null = it is enough.</param>
    private Threshold? Share(string name, string? strictName, bool isStrict)
    {
        if (strictName is not null && Has(strictName)) isStrict = Flag(strictName);
        if (!Has(name)) return null;
        if (Text(name) is { } text && Fraction.TryParse(text, out var share) && share >= 0 && share <= 1
            && share.Denominator <= 1_000_000) return new((long)share.Numerator, (long)share.Denominator, isStrict);
        _problems.Add(new(name, "is a fraction between 0 and 1, such as 2/3"));
        return null;
    }

    private HashSet<string> Texts(string name)
    {
        if (!Has(name)) return [];
        if (_json[name] is JsonArray list && list.All(item => item is JsonValue value && value.TryGetValue<string>(out _)))
            return [.. list.Select(item => item!.ToString())];
        _problems.Add(new(name, "is a list of ids"));
        return [];
    }

    private List<(string A, string B)> Pairs(string name)
    {
        if (!Has(name)) return [];
        if (_json[name] is JsonArray list
            && list.All(pair => pair is JsonArray { Count: 2 } two && two.All(item => item is JsonValue value && value.TryGetValue<string>(out _))))
            return [.. list.Select(pair => (pair![0]!.ToString(), pair[1]!.ToString()))];
        _problems.Add(new(name, "is a list of pairs of ids"));
        return [];
    }
}

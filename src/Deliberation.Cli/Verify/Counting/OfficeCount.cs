using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Cli.Verify.Counting;

/// <summary>Elections to an office by double majority: seats in order of votes, kept seats, relatives, lots.</summary>
internal sealed class OfficeCount
{
    private readonly RuleText _rule;
    private readonly Dictionary<string, long> _votes;
    private readonly HashSet<string> _mayFill;
    private readonly int _seats;
    private readonly int _kept;
    private readonly string? _seed;

    private OfficeCount(Urn urn, string? seed)
    {
        (_rule, _seed) = (urn.Definition.Rule, seed);
        _votes = urn.Definition.Ids.ToDictionary(id => id, _ => 0L, StringComparer.Ordinal);
        foreach (var choice in urn.Counted.SelectMany(paper => paper.Choices).Where(_votes.ContainsKey)) _votes[choice]++;
        _seats = (int)Math.Clamp(_rule.Number("seats", 1), 1, 1_000);
        _kept = (int)Math.Clamp(_rule.Number("reservedSeats", 0), 0, _seats);
        _mayFill = [.. _rule.List("mayFillReserved")];
    }

    /// <param name="seed">Of the lot; null when the bundle does not tell it.</param>
    public static Recounted Count(Urn urn, string? seed)
    {
        var mode = urn.Definition.Rule.Text("mode", "First");
        var returned = urn.Returned;
        if ((mode == "First" && !Line.MoreThanHalf.IsMet(returned, urn.Roll.Count)) || returned > urn.Roll.Count) return new("Invalid") { Elected = [] };
        var line = mode switch
        {
            "First" => Line.MoreThanHalf,
            "Supplementary" => new Line(new(1, 3), false),
            "Runoff" => new Line(0, true),
            _ => throw new RecountException($"\"{mode}\" is no round of an election"),
        };

        var count = new OfficeCount(urn, seed);
        var ranked = urn.Definition.Ids.OrderByDescending(id => count._votes[id]).Where(id => line.IsMet(count._votes[id], returned)).ToList(); // equal ones as on the paper
        var (elected, tied) = count.WithoutRelatives(ranked);
        return new(elected.Count == count._seats ? "Filled" : tied.Count > 0 ? "Runoff" : "PartlyFilled") { Elected = elected };
    }

    /// <summary>Where two relatives would both sit, the lower one goes and the seats are filled anew; nobody sits beside a relative who sits already.</summary>
    private (List<string> Elected, List<string> Tied) WithoutRelatives(List<string> ranked)
    {
        ranked = ranked.FindAll(id => !_rule.List("seated").Any(other => AreKin(id, other)));
        while (true)
        {
            var (elected, tied) = Seat(ranked);
            var goes = ranked.FindLastIndex(id => (elected.Contains(id) || tied.Contains(id)) && ranked.TakeWhile(above => above != id).Any(above => elected.Contains(above) && AreKin(id, above)));
            if (goes < 0) return (elected, tied);
            ranked.RemoveAt(goes);
        }
    }

    private bool AreKin(string a, string b) => _rule.Lists("kin").Any(pair => pair.Count == 2 && ((pair[0], pair[1]) == (a, b) || (pair[1], pair[0]) == (a, b)));

    private (List<string> Elected, List<string> Tied) Seat(List<string> ranked)
    {
        if (_kept == 0) return Fill(ranked, _seats, drawsLots: true);

        // First the seats kept for some; one that nobody fills stays open.
        var (first, tied) = Fill(ranked.FindAll(_mayFill.Contains), _kept, drawsLots: true);
        var others = ranked.FindAll(id => !first.Contains(id));
        if (tied.Count == 0)
        {
            var (rest, tiedRest) = Fill(others, _seats - _kept, drawsLots: true);
            return (InOrder(first, rest), tiedRest);
        }

        // Those tied for the last kept seat may all get in by their votes; else only who has more than they is sure of an open seat.
        var (all, tiedAll) = Fill(others, _seats - first.Count, drawsLots: false);
        return tied.TrueForAll(all.Contains)
            ? (InOrder(first, all), tiedAll)
            : (InOrder(first, [.. others.Where(id => _votes[id] > _votes[tied[0]]).Take(_seats - _kept)]), tied);
    }

    private List<string> InOrder(List<string> first, List<string> rest) => [.. first.Concat(rest).OrderByDescending(id => _votes[id])];

    /// <summary>Whoever has no more than the places at or above; equal ones on the last place meet again, or draw.</summary>
    private (List<string> Elected, List<string> Tied) Fill(List<string> ranked, int places, bool drawsLots)
    {
        if (places == 0) return ([], []);
        var sure = ranked.FindAll(id => ranked.Count(other => _votes[other] >= _votes[id]) <= places);
        if (sure.Count == places || sure.Count == ranked.Count) return (sure, []);
        var tied = ranked.FindAll(id => _votes[id] == _votes[ranked[sure.Count]]);
        if (!drawsLots || _rule.Text("tieBreak", "Runoff") != "Lot") return (sure, tied);
        if (_seed is null) throw new RecountException("a lot decided, and the bundle does not tell its seed");
        return ([.. sure, .. tied.OrderBy(id => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes($"{_seed}|{id}"))), StringComparer.Ordinal).Take(places - sure.Count)], []);
    }
}

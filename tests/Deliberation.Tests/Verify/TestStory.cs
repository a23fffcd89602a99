using System.Globalization;
using System.Text.Json.Nodes;

namespace Deliberation.Tests.Verify;

/// <summary>A council's ledger with several ballots that run side by side: revotes, papers set aside, changes of the roll, a correction, a cancelled and an open ballot.</summary>
internal sealed class TestStory
{
    private readonly Random _random;
    private readonly TestLedger _ledger;
    private readonly TestKey _first = new("TEST-log", "Log");
    private readonly TestKey _second = new("TEST-log-2", "Log");

    private TestStory(int seed)
    {
        _random = new Random(seed);
        _ledger = new TestLedger(_random);
    }

    /// <param name="rules">A ballot each; a named and a secret one of every rule over the seeds.</param>
    public static TestLedger Make(int seed, params IReadOnlyList<string> rules) => new TestStory(seed).Make(rules);

    private TestLedger Make(IReadOnlyList<string> rules)
    {
        _ledger.AddKey(_first);
        _ledger.AddKey(new TestKey("居委会", "Witness"));
        _ledger.AddKey(new TestKey("owners", "Witness"));
        _ledger.Checkpoint();
        var running = rules.Select((rule, i) => Open(rule, isSecret: i % 2 == 1)).ToList();
        var other = Open(rules[0], isSecret: true);
        var steps = running.SelectMany(ballot => Enumerable.Repeat(ballot, _random.Next(ballot.Roll.Count, 2 * ballot.Roll.Count))).ToArray();
        _random.Shuffle(steps);
        foreach (var ballot in steps)
        {
            if (_random.Next(15) == 0) Amend(ballot);
            Vote(ballot);
            if (_random.Next(12) == 0) Vote(other);
            if (_random.Next(8) == 0) _ledger.Checkpoint();
            if (_random.Next(40) == 0 && _ledger.LogKey == _first) Rotate();
        }

        foreach (var ballot in running) Close(ballot);
        _ledger.Bodies.Add($$"""{"v":"DLB1","kind":"ballot-cancelled","ballot":"{{other.Id}}"}""");
        _ledger.Files[other.Folder + "definition.json"] = other.Definition;
        var last = Open(rules[^1], isSecret: false);
        for (var votes = 0; votes < 5; votes++) Vote(last);
        _ledger.Files[last.Folder + "definition.json"] = last.Definition;
        _ledger.Checkpoint();
        return _ledger;
    }

    private void Rotate()
    {
        _ledger.AddKey(_second);
        _ledger.RemoveKey(_first);
        _ledger.Checkpoint();
    }

    private TestBallot Open(string ruleText, bool isSecret)
    {
        var rule = JsonNode.Parse(ruleText)!.AsObject();
        var name = rule["rule"]!.ToString();
        var seats = rule["seats"]?.GetValue<int>() ?? 1;
        var options = TestRules.IsAnswer(name) ? [] : Enumerable.Range(0, _random.Next(4, 7))
            .Select(i => ($"o{i}", TestRules.IsBudget(name) ? _random.Next(5, 60) * 1000L : (long?)null)).ToList();
        var most = TestRules.IsAnswer(name) ? 1 : name switch
        {
            "Plurality" => 1,
            "OfficeElection" or "OwnersCommitteeElection" => seats,
            "Limited" => rule["marks"]!.GetValue<int>(),
            _ => options.Count,
        };
        if (rule["tieBreak"]?.ToString() == "Lot") rule["lotHash"] = Hash(System.Text.Encoding.UTF8.GetBytes(TestRules.Seed));
        var salt = new byte[32];
        _random.NextBytes(salt);
        var id = new byte[16];
        _random.NextBytes(id);
        if (isSecret && _random.Next(4) > 0) rule["allowReplace"] = true;
        var ballot = new TestBallot(new Guid(id), isSecret, rule, options, most, salt);
        for (var unit = _random.Next(9, 16); unit > 0; unit--) ballot.Roll.Add(new($"{unit}-{_random.Next(1, 4)}栋", _random.Next(1, 4), _random.Next(4_000, 14_000)));
        _ledger.Ballots.Add(ballot);
        _ledger.Bodies.Add($$"""{"v":"DLB1","kind":"ballot-opened","ballot":"{{ballot.Id}}","definition":"{{Hash(ballot.Definition)}}","roll":"{{Convert.ToHexStringLower(ballot.RollRoot)}}","units":{{ballot.Roll.Count}}}""");
        return ballot;
    }

    /// <summary>A unit comes onto the roll, or one that has not voted leaves it.</summary>
    private void Amend(TestBallot ballot)
    {
        var unused = ballot.Roll.Where(u => ballot.Votes.TrueForAll(v => v.Unit != u.Key)).ToList();
        var change = unused.Count > 2 && _random.Next(2) == 0 ? "Removed" : "Added";
        if (change == "Removed") ballot.Roll.Remove(unused[0]);
        else ballot.Roll.Add(new($"新{_ledger.Bodies.Count}", 1, _random.Next(4_000, 14_000)));
        _ledger.Bodies.Add($$"""{"v":"DLB1","kind":"roll-amended","ballot":"{{ballot.Id}}","change":"{{change}}","roll":"{{Convert.ToHexStringLower(ballot.RollRoot)}}","units":{{ballot.Roll.Count}}}""");
    }

    /// <summary>Of a unit that has voted already the earlier vote is replaced, or in a named ballot the later paper set aside.</summary>
    private void Vote(TestBallot ballot)
    {
        var unit = ballot.Roll[_random.Next(ballot.Roll.Count)].Key;
        var earlier = ballot.Votes.Find(v => v.Unit == unit && v.Status is "Counted" or "Spoilt");
        if (earlier is not null && ballot.IsFinal) return;
        var vote = ballot.Cast(unit, _random.Next(12) == 0 ? [] : TestRules.Paper(ballot, _random), _random);
        if (earlier is not null && !ballot.IsSecret && _random.Next(4) == 0) vote.Status = "SetAside";
        else if (earlier is not null) earlier.Status = "Replaced";
        _ledger.Bodies.Add($$"""{"v":"DLB1","kind":"vote","ballot":"{{ballot.Id}}","commitment":"{{Convert.ToHexStringLower(vote.Commitment)}}"}""");
        if (_random.Next(6) == 0) _ledger.Receipts.Add(_random.Next(2) == 0 ? Code(vote.Commitment) : Convert.ToHexStringLower(vote.Commitment));
    }

    private void Close(TestBallot ballot)
    {
        // Of a secret ballot one paper may have been handed in and never typed in: it took part and is spoilt.
        var voted = ballot.Papers.Select(p => p.Unit).Distinct().Count();
        var participations = ballot.IsSecret && voted < ballot.Roll.Count ? voted + _random.Next(2) : voted;
        var replaced = ballot.Votes.Where(v => v.Status == "Replaced").Select(v => Convert.ToHexStringLower(v.Commitment)).Order(StringComparer.Ordinal);
        _ledger.Bodies.Add(
            $$"""{"v":"DLB1","kind":"ballot-closed","ballot":"{{ballot.Id}}","participations":{{participations}},"papers":{{ballot.Papers.Count()}},"replaced":[{{string.Join(',', replaced.Select(r => $"\"{r}\""))}}]}""");
        if (_random.Next(2) == 0) _ledger.Checkpoint();
        _ledger.Files[ballot.Folder + "definition.json"] = ballot.Definition;
        _ledger.Files[ballot.Folder + "roll.jsonl"] = System.Text.Encoding.UTF8.GetBytes(ballot.RollLines);
        _ledger.Files[ballot.Folder + "openings.jsonl"] = System.Text.Encoding.UTF8.GetBytes(ballot.OpeningLines);
        var tally = TestRules.Tally(ballot, 1, participations);
        if (_random.Next(3) == 0)
        {
            var wrong = tally.DeepClone().AsObject();
            wrong["spoilt"] = wrong["spoilt"]!.GetValue<int>() + 1;
            Publish(ballot, 1, wrong);
            tally["version"] = 2;
            tally["reason"] = "一张废票算了两次";
            Publish(ballot, 2, tally);
        }
        else
        {
            Publish(ballot, 1, tally);
        }
    }

    private void Publish(TestBallot ballot, int version, JsonObject tally)
    {
        var bytes = TestBallot.Json(tally);
        _ledger.Files[string.Create(CultureInfo.InvariantCulture, $"{ballot.Folder}tally.{version}.json")] = bytes;
        _ledger.Bodies.Add($$"""{"v":"DLB1","kind":"tally-published","ballot":"{{ballot.Id}}","version":{{version}},"tally":"{{Hash(bytes)}}"}""");
    }

    /// <summary>A receipt as printed: the first ten bytes in Crockford's alphabet.</summary>
    private static string Code(byte[] commitment)
    {
        var value = commitment.Take(10).Aggregate(UInt128.Zero, (sum, part) => (sum << 8) | part);
        var letters = Enumerable.Range(0, 16).Select(i => "0123456789ABCDEFGHJKMNPQRSTVWXYZ"[(int)(value >> (75 - (5 * i)) & 31u)]).ToArray();
        return "TEST-" + string.Join('-', letters.Chunk(4).Select(four => new string(four)));
    }

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes));
}

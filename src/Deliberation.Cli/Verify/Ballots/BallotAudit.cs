using Deliberation.Cli.Verify.Bundles;
using Deliberation.Cli.Verify.Counting;
using Deliberation.Cli.Verify.Log;

namespace Deliberation.Cli.Verify.Ballots;

/// <summary>One ballot's files against what the log fixed of them.</summary>
internal sealed class BallotAudit(Findings findings, LedgerLog log, BundleFiles files, LoggedBallot ballot)
{
    private const int MostDefinitionBytes = 8 << 20;
    private const int MostTallyBytes = 16 << 20;

    private readonly BallotChecks _checks = new();
    private readonly string _folder = $"ballots/{ballot.Id}/";

    /// <param name="isSecret">As <c>bundle.json</c> says.</param>
    public BallotReport Run(bool isSecret)
    {
        var list = new List<Check> { _checks.Definition };
        var definition = ReadDefinition(isSecret);
        if (definition is { IsSecret: true } && ballot.Closed is { } closed) CheckClosing(definition, closed);
        var tallies = new List<TallyFile?>();
        if (ballot.Tallies.Count > 0)
        {
            list.Add(_checks.Tally);
            for (var version = 1; version <= ballot.Tallies.Count; version++) tallies.Add(ReadTally(version));
            _checks.Tally.Say(ballot.Tallies.Count == 1 ? "1 version" : $"{ballot.Tallies.Count} versions: the later ones are corrections");
        }

        TellUnlogged();
        var isAudited = definition is not null && Audit(definition, tallies, list);
        return new(ballot.Id, isSecret ? "L1 secret" : "L0 named", ballot.State, isAudited, list);
    }

    private Definition? ReadDefinition(bool isSecret)
    {
        var name = _folder + "definition.json";
        if (Bytes(name, MostDefinitionBytes, ballot.Definition, ballot.OpenedAt, _checks.Definition) is not { } bytes) return null;
        using var json = StrictJson.Parse(bytes, name);
        var definition = Definition.Read(json.Root, name);
        if (definition.Ballot != ballot.Id || definition.IsSecret != isSecret)
            findings.Add(_checks.Definition, $"{name} is of another ballot, or of another kind than bundle.json says.", ballot.OpenedAt);
        _checks.Definition.Say(definition.Rule.Name);
        return definition;
    }

    /// <summary>Whoever closes a secret ballot could drop a vote by calling it superseded: where the rule lets nobody vote again none can be.</summary>
    private void CheckClosing(Definition definition, ClosedLeaf closed)
    {
        if (closed.Replaced.Count > 0 && !definition.Rule.Flag("allowReplace"))
            findings.Add(_checks.Definition, $"Leaf {ballot.ClosedAt} lists superseded papers of a secret ballot whose rule makes a vote final.", ballot.ClosedAt);
        if (closed.Papers > closed.Participations)
            findings.Add(_checks.Definition, $"Leaf {ballot.ClosedAt} closes a secret ballot with {closed.Papers} papers of {closed.Participations} who took part.", ballot.ClosedAt);
    }

    private TallyFile? ReadTally(int version)
    {
        var (index, hash) = ballot.Tallies[version - 1];
        var name = $"{_folder}tally.{version}.json";
        if (Bytes(name, MostTallyBytes, hash, index, _checks.Tally) is not { } bytes) return null;
        using var json = StrictJson.Parse(bytes, name);
        var tally = TallyFile.Read(json.Root, name);
        var closed = ballot.Closed!;
        if (tally.Ballot != ballot.Id || tally.Version != version) Wrong("is of another ballot or version");
        if (tally.Participations != closed.Participations) Wrong($"tells {tally.Participations} participations, the closing {closed.Participations}");
        if (tally.Papers != closed.Papers) Wrong($"tells {tally.Papers} papers, the closing {closed.Papers}");
        if (tally.Roll.Units != ballot.Units) Wrong($"tells {tally.Roll.Units} units, the log {ballot.Units}");
        return tally;

        void Wrong(string what) => findings.Add(_checks.Tally, $"{name} {what}.", index);
    }

    /// <summary>A figure that nobody put into the log was never published.</summary>
    private void TellUnlogged()
    {
        var name = $"{_folder}tally.{ballot.Tallies.Count + 1}.json";
        if (files.Has(name)) findings.Add(_checks.Tally, $"{name} was not published through the log.");
    }

    private bool Audit(Definition definition, List<TallyFile?> tallies, List<Check> list)
    {
        var (rollName, openingsName) = (_folder + "roll.jsonl", _folder + "openings.jsonl");
        if (!files.Has(rollName) || ballot.TakesVotes) return false; // while it runs a change of the roll may wait for its leaf
        list.Add(_checks.Roll);
        var roll = RollFile.Read(files, rollName);
        if (roll.Root != ballot.Roll) findings.Add(_checks.Roll, $"{rollName} has another root than the log.", ballot.RollAt, Blame.File);
        if (roll.Units.Count != ballot.Units) findings.Add(_checks.Roll, $"{rollName} has {roll.Units.Count} units, the log {ballot.Units}.", ballot.RollAt, Blame.File);
        _checks.Roll.Say($"{roll.Units.Count:N0} units");
        if (ballot.Closed is not { } closed) return true;
        list.AddRange(_checks.Openings, _checks.Choices);
        if (!files.Has(openingsName))
        {
            findings.Add(_checks.Openings, $"{openingsName} is missing.", ballot.ClosedAt, Blame.File);
            return true;
        }

        var papers = new OpeningsFile(_checks, findings, log, ballot, definition).Read(files, openingsName, roll.Units);
        if (tallies.Count == 0) return true;
        list.Add(_checks.Recount);
        var urn = new Urn(definition, roll.Units, papers, closed.Participations);
        var recount = new TallyCheck(_checks.Recount, findings, urn, roll.Weights);
        for (var version = 1; version <= tallies.Count; version++)
        {
            // An earlier version may be wrong: that is why there is a later one, which stands beside it for everybody to see.
            if (tallies[version - 1] is { } tally && version == tallies.Count) recount.Run(tally, $"tally.{version}.json", ballot.Tallies[version - 1].Index);
        }

        return true;
    }

    private byte[]? Bytes(string name, int most, Hash32 expected, long index, Check check)
    {
        if (!files.Has(name))
        {
            findings.Add(check, $"{name} is missing.", index);
            return null;
        }

        var bytes = files.ReadAll(name, most);
        if (LogTree.Hash(bytes) == expected) return bytes;
        findings.Add(check, $"{name} is not the file whose hash leaf {index} fixed.", index);
        return null;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Deliberation.Cli.Verify.Bundles;
using Deliberation.Cli.Verify.Counting;
using Deliberation.Cli.Verify.Log;

namespace Deliberation.Cli.Verify.Ballots;

/// <summary>The openings that auditors get, each against the one commitment it must open.</summary>
internal sealed class OpeningsFile(BallotChecks checks, Findings findings, LedgerLog log, LoggedBallot ballot, Definition definition)
{
    private const int MostLineBytes = 64 << 10;
    private const long MostWords = 128 << 20;

    private readonly PaperForm _form = new(definition);
    private readonly Dictionary<string, string[]> _same = new(StringComparer.Ordinal); // papers that say the same share their words
    private readonly List<Paper> _papers = [];
    private readonly HashSet<string> _counted = new(StringComparer.Ordinal);
    private string? _before;
    private long _opened;
    private long _words;

    /// <returns>All papers but replaced ones.</returns>
    public List<Paper> Read(BundleFiles files, string name, IReadOnlyDictionary<string, RollUnit> roll)
    {
        using var lines = new LineReader(files.OpenFile(name), name, MostLineBytes);
        while (lines.TryRead(out var line) && !findings.IsFull) Take(line, $"Line {lines.Number} of {name}", roll);
        var must = definition.IsSecret ? ballot.Votes - ballot.Closed!.Replaced.Count : ballot.Votes;
        if (_opened < must) TellUnopened();
        checks.Openings.Say($"{_opened:N0} openings");
        checks.Choices.Say($"{_papers.Count:N0} papers");
        return _papers;
    }

    private void Take(ReadOnlyMemory<byte> line, string place, IReadOnlyDictionary<string, RollUnit> roll)
    {
        using var json = StrictJson.Parse(line, place);
        var text = json.Root.Text("commitment");
        if (!Hash32.TryParse(System.Text.Encoding.UTF8.GetBytes(text), out var commitment)) throw new BundleException($"{place} has no commitment.");
        if (string.CompareOrdinal(_before, text) >= 0)
        {
            findings.Add(checks.Openings, $"{place} is out of order, or opens a commitment that is open already.", IndexOf(commitment), Blame.File);
            return;
        }

        _before = text;
        ref var vote = ref CollectionsMarshal.GetValueRefOrNullRef(log.Votes, commitment);
        if (Unsafe.IsNullRef(ref vote) || vote.Ballot != ballot.Number)
        {
            findings.Add(checks.Openings, $"{place} opens a commitment that is no vote of ballot {ballot.Id}.", ballot.ClosedAt, Blame.File);
            return;
        }

        vote.IsOpened = true;
        if (!definition.IsSecret || !vote.IsReplaced) _opened++;
        var paper = Read(json.Root, place, vote, out var opened);
        if (opened != commitment)
        {
            findings.Add(checks.Openings, $"The opening of leaf {vote.Index} does not give its commitment.", vote.Index, Blame.File);
            return;
        }

        if (definition.IsSecret && vote.IsReplaced)
            findings.Add(checks.Openings, $"{place} opens a superseded paper, which nobody may have kept.", vote.Index, Blame.File);
        Check(paper, vote, roll);
        if (paper.Status is not PaperStatus.Replaced) _papers.Add(paper);
    }

    private Paper Read(Fields json, string place, LoggedVote vote, out Hash32 opened)
    {
        string[] choices = [.. json.Texts("choices")];
        if (choices.Any(choice => choice.Contains('\n') || choice.Contains('\0'))) throw new BundleException($"{place} has a choice of several lines.");
        if (definition.IsSecret)
        {
            opened = Commitments.Secret(ballot.Id, choices, json.Hex("nonce", 16), json.Hex("salt", 32));
            return new("", Shared(choices), vote.IsReplaced ? PaperStatus.Replaced : choices.Length == 0 ? PaperStatus.Spoilt : PaperStatus.Counted);
        }

        var unit = json.Text("unit");
        if (unit.Contains('\0')) throw new BundleException($"{place} has no unit key that is allowed.");
        opened = Commitments.Named(ballot.Id, unit, choices, json.Hex("salt", 16));
        return new(unit, Shared(choices), json.Text("status") switch
        {
            "Counted" => PaperStatus.Counted,
            "Spoilt" => PaperStatus.Spoilt,
            "SetAside" => PaperStatus.SetAside,
            "Replaced" => PaperStatus.Replaced,
            _ => throw new BundleException($"{place} has no status that a paper can have."),
        });
    }

    private void Check(Paper paper, LoggedVote vote, IReadOnlyDictionary<string, RollUnit> roll)
    {
        if (paper.Status is PaperStatus.Replaced != vote.IsReplaced)
            findings.Add(checks.Openings, $"The paper of leaf {vote.Index} and the closing of its ballot differ on whether it was replaced.", vote.Index, Blame.File);
        if (paper.Status is not PaperStatus.Counted) return;
        if (_form.Wrong(paper.Choices) is { } wrong) findings.Add(checks.Choices, $"The paper of leaf {vote.Index} {wrong}.", vote.Index, Blame.File);
        if (definition.IsSecret) return;
        if (!roll.ContainsKey(paper.Unit)) findings.Add(checks.Choices, $"The paper of leaf {vote.Index} counts for a unit that is not on the roll.", vote.Index, Blame.File);
        if (!_counted.Add(paper.Unit)) findings.Add(checks.Choices, $"The paper of leaf {vote.Index} counts for a unit whose paper counts already.", vote.Index, Blame.File);
    }

    private string[] Shared(string[] choices)
    {
        var key = string.Join('\n', choices);
        if (_same.TryGetValue(key, out var known)) return known;
        _words += key.Length;
        if (_words > MostWords) throw new BundleException($"The papers of ballot {ballot.Id} say more different things than this program can hold.");
        return _same[key] = choices;
    }

    private long IndexOf(Hash32 commitment) => log.Votes.TryGetValue(commitment, out var vote) ? vote.Index : ballot.ClosedAt;

    private void TellUnopened()
    {
        var first = log.Votes.Values.Where(v => v.Ballot == ballot.Number && !v.IsOpened && !(definition.IsSecret && v.IsReplaced)).Min(v => v.Index);
        findings.Add(checks.Openings, $"The vote of leaf {first} has no opening.", first, Blame.File);
    }
}

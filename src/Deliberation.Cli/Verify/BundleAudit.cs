using Deliberation.Cli.Verify.Ballots;
using Deliberation.Cli.Verify.Bundles;
using Deliberation.Cli.Verify.Log;

namespace Deliberation.Cli.Verify;

/// <summary>What the audit came to.</summary>
/// <param name="Problem">A plain sentence; null when all is well.</param>
internal sealed record AuditResult(
    long Size, IReadOnlyList<Check> Checks, IReadOnlyList<BallotReport> Ballots, IReadOnlyList<LogKey> Keys, string? Problem, long? FirstBadIndex)
{
    public bool IsOk => Problem is null;
}

/// <summary>
/// Audits a bundle from its files alone: no database, no network, and none of the code that wrote it. Written from the format's contract
/// (Deliberation.Domain/Ledger/README.md).
/// </summary>
internal sealed class BundleAudit
{
    private const string Index = "bundle.json";
    private const int MostIndexBytes = 64 << 20;
    private const int MostBallots = 100_000;

    private readonly Checks _checks = new();
    private readonly Findings _findings = new();
    private readonly List<BallotReport> _ballots = [];
    private long _size;

    /// <param name="receipts">A file of receipts; null = only those of the bundle.</param>
    /// <param name="checkpoint">A file with a checkpoint that somebody kept; null when there is none.</param>
    public static AuditResult Run(string path, string? receipts = null, string? checkpoint = null) => new BundleAudit().Read(path, receipts, checkpoint);

    private AuditResult Read(string path, string? receipts, string? checkpoint)
    {
        IReadOnlyList<LogKey> keys = [];
        try
        {
            using var files = BundleFiles.Open(path);
            var index = ReadIndex(files);
            using var log = new LedgerLog(_checks, _findings);
            var checkpoints = new CheckpointList(_checks, _findings, index.Origin);
            checkpoints.Read(files);
            if (checkpoint is not null) checkpoints.Keep(checkpoint);
            var leaves = new LogFile(_checks, _findings, log, checkpoints);
            leaves.Read(files);
            _size = leaves.Size;
            keys = log.Keys;
            checkpoints.CheckSignatures(log.Keys);
            Compare(index, log);
            foreach (var ballot in log.Ballots)
            {
                if (index.Ballots.TryGetValue(ballot.Id, out var isSecret)) _ballots.Add(new BallotAudit(_findings, log, files, ballot).Run(isSecret));
            }

            var sources = new List<(string, Func<Stream>)>();
            if (files.Has("receipts.txt")) sources.Add(("receipts.txt", () => files.OpenFile("receipts.txt")));
            if (receipts is not null) sources.Add((Path.GetFileName(receipts), () => File.OpenRead(receipts)));
            Receipts.Check(_checks.Receipts, _findings, log, sources);
        }
        catch (BundleException problem)
        {
            _findings.Add(_checks.Bundle, problem.Message);
        }
        catch (Exception problem) when (problem is IOException or InvalidDataException or UnauthorizedAccessException or NotSupportedException or OverflowException)
        {
            _findings.Add(_checks.Bundle, $"The bundle cannot be read: {problem.Message}");
        }

        var (first, sentence) = _findings.First();
        return new(_size, _checks.All, _ballots, keys, sentence, first);
    }

    private static BundleIndex ReadIndex(BundleFiles files)
    {
        if (!files.Has(Index)) throw new BundleException($"{Index} is missing: this is no bundle.");
        using var json = StrictJson.Parse(files.ReadAll(Index, MostIndexBytes), Index);
        var root = json.Root;
        if (root.Text("format") != "deliberation-bundle/1") throw new BundleException($"{Index} is of a format that this program does not know.");
        var ballots = new Dictionary<Guid, bool>();
        foreach (var ballot in root.Objects("ballots"))
        {
            if (ballots.Count == MostBallots) throw new BundleException($"{Index} lists more than {MostBallots:N0} ballots.");
            var isSecret = ballot.Text("secrecy") switch
            {
                "Secret" => true,
                "Named" => false,
                _ => throw new BundleException($"{Index} lists a ballot that is neither Named nor Secret."),
            };
            if (!ballots.TryAdd(ballot.Id("id"), isSecret)) throw new BundleException($"{Index} lists a ballot twice.");
        }

        var keys = root.Objects("keys").Select(key => (key.Text("name"), key.Text("role"), key.Text("key"))).ToList();
        return new(root.Text("origin"), root.Number("size"), ballots, keys);
    }

    private void Compare(BundleIndex index, LedgerLog log)
    {
        if (index.Size != _size) _findings.Add(_checks.Bundle, $"{Index} tells {index.Size} leaves, the log has {_size}.", Math.Min(Math.Max(0, index.Size), _size));
        foreach (var ballot in log.Ballots.Where(b => !index.Ballots.ContainsKey(b.Id)))
            _findings.Add(_checks.Bundle, $"Ballot {ballot.Id} is in the log and not in the bundle.", ballot.OpenedAt);
        foreach (var id in index.Ballots.Keys.Where(id => log.Find(id) is null))
            _findings.Add(_checks.Bundle, $"Ballot {id} is in the bundle and not in the log.");
        foreach (var (name, role, key) in index.Keys.Where(k => !log.Keys.Exists(own => (own.Name, own.Role, own.Key) == k)))
            _findings.Add(_checks.Bundle, $"The key of {name} is in {Index} and not in the log.");
        _checks.Bundle.Say($"{index.Origin}, {index.Ballots.Count:N0} ballots");
    }

    private sealed record BundleIndex(string Origin, long Size, Dictionary<Guid, bool> Ballots, List<(string Name, string Role, string Key)> Keys);
}

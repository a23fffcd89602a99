using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Bench.Tally;

/// <summary>Writes a public bundle of many leaves: ballots one after the other, a checkpoint every thousand leaves.</summary>
internal static class LedgerBundle
{
    private const int VotesPerBallot = 10_000;
    private const int LeavesPerCheckpoint = 1_000;
    private const string Origin = "deliberation/BENCH";

    public static void Write(string folder, int leaves, CancellationToken cancellationToken)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var spki = key.ExportSubjectPublicKeyInfo();
        using var log = new Writer(folder, key, spki);
        log.Add($$"""{"v":"DLB1","kind":"key","name":"bench","role":"Log","key":"{{Convert.ToBase64String(spki)}}","state":"Added"}""");
        var ballots = new List<string>();
        while (log.Size < leaves)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ballots.Add(Ballot(folder, log, ballots.Count, Math.Min(VotesPerBallot, leaves - log.Size - 3)));
        }

        log.Checkpoint();
        var list = string.Join(',', ballots.Select(id => $$"""{"id":"{{id}}","secrecy":"Secret"}"""));
        File.WriteAllText(
            Path.Combine(folder, "bundle.json"),
            $$"""
            {"format":"deliberation-bundle/1","origin":"{{Origin}}","size":{{log.Size}},
            "ballots":[{{list}}],
            "keys":[{"name":"bench","role":"Log","key":"{{Convert.ToBase64String(spki)}}"}]}
            """);
    }

    /// <summary>A ballot with three leaves besides its votes. One that comes to the end of the log has no room for less.</summary>
    private static string Ballot(string folder, Writer log, int number, int votes)
    {
        votes = Math.Max(0, votes);
        var id = new Guid(number + 1, 2, 3, [4, 5, 6, 7, 8, 9, 10, 11]).ToString();
        var files = Directory.CreateDirectory(Path.Combine(folder, "ballots", id)).FullName;
        var definition = Save(files, "definition.json", $$"""{"ballot":"{{id}}","rule":{"rule":"Majority"},"options":[],"maxChoices":1,"secrecy":"Secret"}""");
        log.Add($$"""{"v":"DLB1","kind":"ballot-opened","ballot":"{{id}}","definition":"{{definition}}","roll":"{{Hex([])}}","units":{{votes}}}""");
        for (var vote = 0; vote < votes; vote++) log.Add($$"""{"v":"DLB1","kind":"vote","ballot":"{{id}}","commitment":"{{Hex(BitConverter.GetBytes(((long)number << 32) + vote))}}"}""");
        log.Add($$"""{"v":"DLB1","kind":"ballot-closed","ballot":"{{id}}","participations":{{votes}},"papers":{{votes}},"replaced":[]}""");
        var tally = Save(
            files, "tally.1.json",
            $$"""{"ballot":"{{id}}","version":1,"outcome":"Passed","roll":{"units":{{votes}},"persons":{{votes}},"area":0},"participations":{{votes}},"papers":{{votes}},"spoilt":0,"setAside":0,"totals":[]}""");
        log.Add($$"""{"v":"DLB1","kind":"tally-published","ballot":"{{id}}","version":1,"tally":"{{tally}}"}""");
        return id;
    }

    private static string Save(string folder, string name, string text)
    {
        File.WriteAllText(Path.Combine(folder, name), text);
        return Hex(Encoding.UTF8.GetBytes(text));
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private sealed class Writer(string folder, ECDsa key, byte[] spki) : IDisposable
    {
        private readonly StreamWriter _log = new(Path.Combine(folder, "log.txt")) { NewLine = "\n" };
        private readonly StreamWriter _checkpoints = new(Path.Combine(folder, "checkpoints.jsonl")) { NewLine = "\n" };
        private readonly List<byte[]> _full = []; // roots of full subtrees, largest first, with their sizes beside
        private readonly List<int> _sizes = [];
        private int _covered = -1;

        public int Size { get; private set; }

        public void Add(string body)
        {
            var hash = SHA256.HashData([0, .. Encoding.UTF8.GetBytes(body)]);
            _log.Write(Convert.ToHexStringLower(hash));
            _log.Write(' ');
            _log.WriteLine(body);
            _full.Add(hash);
            _sizes.Add(1);
            while (_sizes.Count > 1 && _sizes[^1] == _sizes[^2])
            {
                _full[^2] = SHA256.HashData([1, .. _full[^2], .. _full[^1]]);
                _sizes[^2] *= 2;
                _full.RemoveAt(_full.Count - 1);
                _sizes.RemoveAt(_sizes.Count - 1);
            }

            if (++Size % LeavesPerCheckpoint == 0) Checkpoint();
        }

        public void Checkpoint()
        {
            if (_covered == Size) return;
            _covered = Size;
            var root = _full[^1];
            for (var i = _full.Count - 2; i >= 0; i--) root = SHA256.HashData([1, .. _full[i], .. root]);
            var text = string.Create(CultureInfo.InvariantCulture, $"{Origin}\n{Size}\n{Convert.ToBase64String(root)}\n");
            var signature = key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
            var note = $"{text}\n— bench {Convert.ToBase64String([.. SHA256.HashData(spki)[..4], .. signature])}\n";
            _checkpoints.WriteLine($$"""{"at":"2026-11-27T00:00:00Z","note":"{{note.Replace("\n", "\\n", StringComparison.Ordinal)}}"}""");
        }

        public void Dispose()
        {
            _log.Dispose();
            _checkpoints.Dispose();
        }
    }
}

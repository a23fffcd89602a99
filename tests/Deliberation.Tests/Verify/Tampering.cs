using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Deliberation.Tests.Verify;

/// <summary>A forged bundle, and the index that an auditor must name.</summary>
/// <param name="Kept">A checkpoint that somebody kept on paper; null when the bundle alone shows the forgery.</param>
internal sealed record Forgery(SortedDictionary<string, byte[]> Files, long? FirstBad, string? Kept = null);

/// <summary>Thirteen ways to tamper with a ledger; each has variants that the random numbers choose.</summary>
internal static class Tampering
{
    private static readonly Dictionary<string, Func<TestLedger, Random, Forgery>> Ways = new()
    {
        ["edit"] = Edit,
        ["delete"] = Delete,
        ["reorder"] = Reorder,
        ["duplicate"] = Duplicate,
        ["swap-openings"] = SwapOpenings,
        ["swap-ballots"] = SwapBallots,
        ["leaf-after-close"] = AddAfterClose,
        ["roll-row"] = ChangeRoll,
        ["checkpoint"] = ChangeCheckpoint,
        ["rollback"] = RollBack,
        ["fork"] = Fork,
        ["tally"] = ChangeTally,
        ["superseded"] = ForgeSuperseded,
    };

    public static IReadOnlyCollection<string> Kinds => Ways.Keys;

    public static Forgery Apply(string kind, TestLedger ledger, Random random) => Ways[kind](ledger, random);

    /// <summary>A body is written anew: with its old hash, or with the right one.</summary>
    private static Forgery Edit(TestLedger ledger, Random random)
    {
        var index = AVote(ledger, random);
        var files = ledger.Write();
        var lines = Lines(files, "log.txt");
        var body = OtherCommitment(ledger.Bodies[index], random);
        var keepsHash = random.Next(2) == 0;
        lines[index] = keepsHash ? lines[index][..65] + body : Line(body);
        SetLines(files, "log.txt", lines);
        return new(files, keepsHash ? index : ledger.IntervalOf(index));
    }

    private static Forgery Delete(TestLedger ledger, Random random)
    {
        var index = AVote(ledger, random);
        var files = ledger.Write();
        var lines = Lines(files, "log.txt");
        lines.RemoveAt(index);
        SetLines(files, "log.txt", lines);
        SetSize(files, lines.Count);
        return new(files, ledger.IntervalOf(index));
    }

    private static Forgery Reorder(TestLedger ledger, Random random)
    {
        var ballot = Closed(ledger, random);
        var votes = VotesOf(ledger, ballot);
        var first = random.Next(votes.Count - 1);
        var (a, b) = (votes[first], votes[random.Next(first + 1, votes.Count)]);
        var files = ledger.Write();
        var lines = Lines(files, "log.txt");
        (lines[a], lines[b]) = (lines[b], lines[a]);
        SetLines(files, "log.txt", lines);
        return new(files, ledger.IntervalOf(a));
    }

    private static Forgery Duplicate(TestLedger ledger, Random random)
    {
        var ballot = Closed(ledger, random);
        var index = VotesOf(ledger, ballot)[0];
        var at = random.Next(index + 1, ledger.Bodies.FindIndex(b => b.Contains($"ballot-closed\",\"ballot\":\"{ballot.Id}", StringComparison.Ordinal)) + 1);
        var files = ledger.Write();
        var lines = Lines(files, "log.txt");
        lines.Insert(at, lines[index]);
        SetLines(files, "log.txt", lines);
        SetSize(files, lines.Count);
        return new(files, at);
    }

    /// <summary>Two openings change places, or one says another choice.</summary>
    private static Forgery SwapOpenings(TestLedger ledger, Random random)
    {
        var ballot = Closed(ledger, random);
        var files = ledger.Write();
        var name = ballot.Folder + "openings.jsonl";
        var openings = Lines(files, name).ConvertAll(l => JsonNode.Parse(l)!.AsObject());
        var a = random.Next(openings.Count - 1);
        var b = random.Next(a + 1, openings.Count);
        var touched = new List<int> { IndexOf(ledger, openings[a]) };
        if (random.Next(2) == 0)
        {
            touched.Add(IndexOf(ledger, openings[b]));
            var (one, other) = (openings[a]["commitment"]!.ToString(), openings[b]["commitment"]!.ToString());
            (openings[a], openings[b]) = (openings[b], openings[a]);
            (openings[a]["commitment"], openings[b]["commitment"]) = (one, other);
        }
        else
        {
            openings[a]["choices"] = new JsonArray(openings[a]["choices"]!.AsArray().Select(c => c!.ToString()).Append("For").Append("Against").Select(c => (JsonNode)c).ToArray());
        }

        SetLines(files, name, openings.ConvertAll(o => o.ToJsonString()));
        return new(files, touched.Min());
    }

    /// <summary>The files of two ballots change places.</summary>
    private static Forgery SwapBallots(TestLedger ledger, Random random)
    {
        var ballots = ledger.Ballots.Where(b => ledger.Files.ContainsKey(b.Folder + "tally.1.json")).ToArray();
        random.Shuffle(ballots);
        var (a, b) = (ballots[0], ballots[1]);
        var files = ledger.Write();
        foreach (var name in new[] { "definition.json", "roll.jsonl", "openings.jsonl", "tally.1.json" })
        {
            (files[a.Folder + name], files[b.Folder + name]) = (files[b.Folder + name], files[a.Folder + name]);
        }

        return new(files, Math.Min(OpenedAt(ledger, a), OpenedAt(ledger, b)));
    }

    private static Forgery AddAfterClose(TestLedger ledger, Random random)
    {
        var ballot = Closed(ledger, random);
        var closed = ledger.Bodies.FindIndex(b => b.Contains($"ballot-closed\",\"ballot\":\"{ballot.Id}", StringComparison.Ordinal));
        var at = random.Next(closed + 1, ledger.Bodies.Count + 1);
        var body = OtherCommitment(ledger.Bodies[VotesOf(ledger, ballot)[0]], random);
        if (random.Next(2) == 0)
        {
            // By whoever holds the log's key: every later checkpoint is signed anew.
            var forged = ledger.Copy();
            forged.Bodies.Insert(at, body);
            for (var i = 0; i < forged.Checkpoints.Count; i++)
            {
                if (forged.Checkpoints[i].Size > at || i == forged.Checkpoints.Count - 1) forged.Checkpoints[i] = forged.Checkpoints[i] with { Size = forged.Checkpoints[i].Size + 1 };
            }

            return new(forged.Write(), at);
        }

        var files = ledger.Write();
        var lines = Lines(files, "log.txt");
        lines.Insert(at, Line(body));
        SetLines(files, "log.txt", lines);
        SetSize(files, lines.Count);
        return new(files, at);
    }

    private static Forgery ChangeRoll(TestLedger ledger, Random random)
    {
        var ballot = Closed(ledger, random);
        var files = ledger.Write();
        var name = ballot.Folder + "roll.jsonl";
        var rows = Lines(files, name).ConvertAll(l => JsonNode.Parse(l)!.AsObject());
        var row = rows[random.Next(rows.Count)];
        switch (random.Next(3))
        {
            case 0: row["area"] = row["area"]!.GetValue<long>() + 100; break;
            case 1: row["persons"] = row["persons"]!.GetValue<int>() + 1; break;
            default: row["salt"] = Flipped(row["salt"]!.ToString(), random); break;
        }

        SetLines(files, name, rows.ConvertAll(r => r.ToJsonString()));
        return new(files, ledger.Bodies.FindLastIndex(b =>
            b.Contains($"\"{ballot.Id}\"", StringComparison.Ordinal) && b.Contains("\"roll\":", StringComparison.Ordinal)));
    }

    /// <summary>Another root, another size, a broken signature, or a signature by a key of the forger's own.</summary>
    private static Forgery ChangeCheckpoint(TestLedger ledger, Random random)
    {
        var forged = ledger.Copy();
        var at = random.Next(forged.Checkpoints.Count);
        var checkpoint = forged.Checkpoints[at];
        var (size, root) = (checkpoint.Size, ledger.Root(checkpoint.Size));
        string note;
        switch (random.Next(4))
        {
            case 0:
                root[random.Next(32)] ^= 1;
                note = ledger.Note(size, ledger.Root(size)).Replace(Convert.ToBase64String(ledger.Root(size)), Convert.ToBase64String(root), StringComparison.Ordinal);
                break;
            case 1:
                size = Math.Max(1, size - 1);
                note = ledger.Note(checkpoint.Size, root).Replace($"\n{checkpoint.Size}\n", $"\n{size}\n", StringComparison.Ordinal);
                break;
            case 2:
                note = TestLedger.Text(size, root) + "\n" + ledger.LogKey.Sign(TestLedger.Text(size, root) + "x");
                break;
            default:
                note = TestLedger.Text(size, root) + "\n" + new TestKey("x", "Log").Sign(TestLedger.Text(size, root), ledger.LogKey.Name);
                break;
        }

        forged.Checkpoints[at] = checkpoint with { Note = note };
        return new(forged.Write(), forged.Checkpoints.Where((c, i) => i != at && c.Size < size).Select(c => c.Size).DefaultIfEmpty(0).Max());
    }

    /// <summary>The end is cut off; the later checkpoints too, but somebody has kept one.</summary>
    private static Forgery RollBack(TestLedger ledger, Random random)
    {
        if (random.Next(2) == 0)
        {
            var size = random.Next(5, ledger.Bodies.Count);
            var files = ledger.Write();
            SetLines(files, "log.txt", Lines(files, "log.txt")[..size]);
            SetSize(files, size);
            return new(files, ledger.IntervalOf(size));
        }

        var forged = ledger.Copy();
        var last = random.Next(1, forged.Checkpoints.Count - 1);
        var cut = forged.Checkpoints[last].Size;
        if (cut == ledger.Bodies.Count) cut = forged.Checkpoints[--last].Size;
        forged.Checkpoints.RemoveRange(last + 1, forged.Checkpoints.Count - last - 1);
        forged.Bodies.RemoveRange(cut, forged.Bodies.Count - cut);
        return new(forged.Write(), cut, ledger.Note(ledger.Bodies.Count, ledger.Root(ledger.Bodies.Count)));
    }

    /// <summary>Whoever holds the log's key writes a second history: the checkpoints of both are there, or the later ones are of the second.</summary>
    private static Forgery Fork(TestLedger ledger, Random random)
    {
        var index = AVote(ledger, random);
        var forged = ledger.Copy();
        forged.Bodies[index] = OtherCommitment(ledger.Bodies[index], random);
        var from = ledger.IntervalOf(index);
        var covering = ledger.Checkpoints.Where(c => c.Size > index).ToList();
        if (random.Next(2) == 0)
        {
            // The first checkpoint over the leaf is the old one; all later ones are signed anew.
            var old = covering[0];
            forged.Checkpoints[forged.Checkpoints.FindIndex(c => c.Size == old.Size)] = old with { Note = ledger.Note(old.Size, ledger.Root(old.Size)) };
            return new(forged.Write(), from);
        }

        var twice = covering[random.Next(covering.Count)];
        var both = ledger.Copy();
        both.Checkpoints.Insert(both.Checkpoints.FindLastIndex(c => c.Size == twice.Size) + 1, twice with { Note = forged.Note(twice.Size, forged.Root(twice.Size)) });
        return new(both.Write(), both.Checkpoints.Where(c => c.Size < twice.Size).Select(c => c.Size).DefaultIfEmpty(0).Max());
    }

    /// <summary>Another figure in the file, or published through the log by whoever holds its key.</summary>
    private static Forgery ChangeTally(TestLedger ledger, Random random)
    {
        var ballot = Closed(ledger, random);
        var version = ledger.Files.ContainsKey(ballot.Folder + "tally.2.json") ? 2 : 1;
        var name = string.Create(CultureInfo.InvariantCulture, $"{ballot.Folder}tally.{version}.json");
        var index = ledger.Bodies.FindLastIndex(b => b.Contains($"tally-published\",\"ballot\":\"{ballot.Id}", StringComparison.Ordinal));
        var tally = JsonNode.Parse(ledger.Files[name])!.AsObject();
        var totals = tally["totals"]!.AsArray();
        switch (random.Next(4))
        {
            case 0: tally["outcome"] = tally["outcome"]!.ToString() == "Passed" ? "Rejected" : "Voided"; break;
            case 1: tally["spoilt"] = tally["spoilt"]!.GetValue<long>() + 1; break;
            case 2 when tally["elected"] is JsonArray elected: elected.Add("o9"); break;
            case 2 when tally["funded"] is JsonArray funded: funded.Add("o9"); break;
            default:
                var total = totals[random.Next(totals.Count)]!.AsObject();
                total["units"] = total["units"]!.GetValue<long>() + 1;
                break;
        }

        var bytes = TestBallot.Json(tally);
        var forged = ledger.Copy();
        forged.Files[name] = bytes;
        if (random.Next(2) == 0)
        {
            var right = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(ledger.Files[name]));
            forged.Bodies[index] = forged.Bodies[index].Replace(right, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)), StringComparison.Ordinal);
        }

        return new(forged.Write(), index);
    }

    /// <summary>By whoever holds the log's key: a secret vote that counts is called superseded, one is listed twice; or what a superseded paper said was kept and is told.</summary>
    private static Forgery ForgeSuperseded(TestLedger ledger, Random random)
    {
        var ballots = ledger.Ballots.Where(b => b.IsSecret && ledger.Files.ContainsKey(b.Folder + "openings.jsonl")).ToList();
        var ballot = ballots[random.Next(ballots.Count)];
        var index = ledger.Bodies.FindIndex(b => b.Contains($"ballot-closed\",\"ballot\":\"{ballot.Id}", StringComparison.Ordinal));
        var superseded = ballot.Votes.Where(v => v.Status == "Replaced").ToList();
        var name = ballot.Folder + "openings.jsonl";
        if (superseded.Count > 0 && random.Next(3) == 0)
        {
            var told = superseded[random.Next(superseded.Count)];
            var files = ledger.Write();
            SetLines(files, name, [.. Lines(files, name).Append(ballot.Opening(told).ToJsonString()).Order(StringComparer.Ordinal)]);
            return new(files, IndexOf(ledger, ballot.Opening(told)));
        }

        var forged = ledger.Copy();
        var closing = JsonNode.Parse(forged.Bodies[index])!.AsObject();
        var list = closing["replaced"]!.AsArray().Select(c => c!.ToString()).ToList();
        if (superseded.Count > 0 && random.Next(2) == 0)
        {
            list.Add(list[random.Next(list.Count)]);
        }
        else
        {
            var papers = ballot.Papers.ToList();
            var dropped = Convert.ToHexStringLower(papers[random.Next(papers.Count)].Commitment);
            list.Add(dropped);
            forged.Files[name] = Encoding.UTF8.GetBytes(string.Concat(ballot.OpeningLines.Split('\n').Where(l => l.Length > 0 && !l.Contains(dropped, StringComparison.Ordinal)).Select(l => l + "\n")));
        }

        // Where the rule makes votes final the figures are made to agree; elsewhere only the log's own count of votes shows it.
        if (ballot.IsFinal) closing["papers"] = closing["papers"]!.GetValue<int>() - 1;
        closing["replaced"] = new JsonArray([.. list.Order(StringComparer.Ordinal).Select(c => (JsonNode)c)]);
        forged.Bodies[index] = closing.ToJsonString();
        return new(forged.Write(), index);
    }

    private static TestBallot Closed(TestLedger ledger, Random random)
    {
        var closed = ledger.Ballots.Where(b => ledger.Files.ContainsKey(b.Folder + "tally.1.json")).ToList();
        return closed[random.Next(closed.Count)];
    }

    private static int OpenedAt(TestLedger ledger, TestBallot ballot) =>
        ledger.Bodies.FindIndex(b => b.Contains($"ballot-opened\",\"ballot\":\"{ballot.Id}", StringComparison.Ordinal));

    private static List<int> VotesOf(TestLedger ledger, TestBallot ballot) =>
        [.. Enumerable.Range(0, ledger.Bodies.Count).Where(i => ledger.Bodies[i].Contains($"vote\",\"ballot\":\"{ballot.Id}", StringComparison.Ordinal))];

    private static int AVote(TestLedger ledger, Random random)
    {
        var votes = VotesOf(ledger, Closed(ledger, random));
        return votes[random.Next(votes.Count)];
    }

    private static int IndexOf(TestLedger ledger, JsonObject opening) =>
        ledger.Bodies.FindIndex(b => b.Contains($"\"commitment\":\"{opening["commitment"]}\"", StringComparison.Ordinal));

    private static string OtherCommitment(string body, Random random)
    {
        var at = body.IndexOf("\"commitment\":\"", StringComparison.Ordinal) + 14;
        return body[..at] + Flipped(body[at..(at + 64)], random) + body[(at + 64)..];
    }

    private static string Flipped(string hex, Random random)
    {
        var at = random.Next(hex.Length);
        return hex[..at] + (hex[at] == '0' ? '1' : '0') + hex[(at + 1)..];
    }

    private static string Line(string body) => $"{Convert.ToHexStringLower(TestTree.Leaf(Encoding.UTF8.GetBytes(body)))} {body}";

    private static List<string> Lines(SortedDictionary<string, byte[]> files, string name) => [.. Encoding.UTF8.GetString(files[name]).TrimEnd('\n').Split('\n')];

    private static void SetLines(SortedDictionary<string, byte[]> files, string name, List<string> lines) =>
        files[name] = Encoding.UTF8.GetBytes(string.Concat(lines.Select(l => l + "\n")));

    private static void SetSize(SortedDictionary<string, byte[]> files, int size)
    {
        var index = JsonNode.Parse(files["bundle.json"])!.AsObject();
        index["size"] = size;
        files["bundle.json"] = TestBallot.Json(index);
    }
}

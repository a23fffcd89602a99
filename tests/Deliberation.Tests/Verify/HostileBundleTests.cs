using System.IO.Compression;
using System.Text;
using Deliberation.Cli.Verify;

namespace Deliberation.Tests.Verify;

/// <summary>Whatever a bundle holds, the auditor ends with a plain sentence and in little memory.</summary>
public sealed class HostileBundleTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("bundle.json", "")]
    [InlineData("bundle.json", "[]")]
    [InlineData("bundle.json", "{}")]
    [InlineData("bundle.json", """{"format":"deliberation-bundle/2"}""")]
    [InlineData("bundle.json", """{"format":"deliberation-bundle/1","format":"deliberation-bundle/1","origin":"a","size":0,"ballots":[],"keys":[]}""")]
    [InlineData("bundle.json", """{"format":"deliberation-bundle/1","origin":"a","size":1e400,"ballots":[],"keys":[]}""")]
    [InlineData("bundle.json", """{"format":"deliberation-bundle/1","origin":"\ud800","size":0,"ballots":[],"keys":[]}""")]
    [InlineData("bundle.json", """{"format":"deliberation-bundle/1","origin":"a","size":0,"ballots":[{"id":"../../etc","secrecy":"Named"}],"keys":[]}""")]
    [InlineData("bundle.json", """{"format":"deliberation-bundle/1","origin":"a","size":0,"ballots":"none","keys":[]}""")]
    [InlineData("bundle.json", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[")]
    [InlineData("log.txt", "")]
    [InlineData("log.txt", "\n\n\n")]
    [InlineData("log.txt", "zz")]
    [InlineData("log.txt", "0000000000000000000000000000000000000000000000000000000000000000 {}")]
    [InlineData("checkpoints.jsonl", "")]
    [InlineData("checkpoints.jsonl", "{}")]
    [InlineData("checkpoints.jsonl", "null")]
    [InlineData("checkpoints.jsonl", """{"at":"yesterday","note":"x"}""")]
    [InlineData("checkpoints.jsonl", """{"at":"2026-11-01T00:00:00Z","note":"deliberation/TEST\n-1\nAAAA\n\n— a AAAAAAAA\n"}""")]
    [InlineData("checkpoints.jsonl", """{"at":"2026-11-01T00:00:00Z","note":"deliberation/TEST\n99999999999999999999\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n— a AAAAAAAA\n"}""")]
    public void A_broken_file_is_told(string name, string text) => Told(name, Encoding.UTF8.GetBytes(text));

    [Theory]
    [InlineData("bundle.json")]
    [InlineData("log.txt")]
    [InlineData("checkpoints.jsonl")]
    [InlineData("roll.jsonl")]
    [InlineData("openings.jsonl")]
    [InlineData("definition.json")]
    [InlineData("tally.1.json")]
    public void Bytes_that_are_no_UTF8_a_file_that_is_missing_and_random_bytes_are_told(string name)
    {
        Told(name, [0xFF, 0xFE, 0x00, 0xC3]);
        Told(name, [0xEF, 0xBB, 0xBF, .. "{}"u8]);
        Told(name, null);
        for (var seed = 0; seed < 20; seed++)
        {
            var bytes = new byte[2_000];
            new Random(seed).NextBytes(bytes);
            Told(name, bytes);
        }
    }

    /// <summary>One byte changed anywhere but in the words that nothing fixes.</summary>
    [Theory]
    [InlineData("log.txt")]
    [InlineData("checkpoints.jsonl")]
    [InlineData("roll.jsonl")]
    [InlineData("openings.jsonl")]
    [InlineData("definition.json")]
    [InlineData("tally.1.json")]
    public void A_file_whose_byte_was_changed_never_breaks_the_auditor(string name)
    {
        var clean = VerifyTests.Ledger(6).Write();
        var file = clean.Keys.First(key => key.EndsWith(name, StringComparison.Ordinal));
        for (var seed = 0; seed < 60; seed++)
        {
            var (random, bytes) = (new Random(seed), clean[file].ToArray());
            var at = random.Next(bytes.Length);
            bytes[at] ^= (byte)(1 << random.Next(8));
            var files = new SortedDictionary<string, byte[]>(clean, StringComparer.Ordinal) { [file] = bytes };
            var result = BundleAudit.Run(_folder.Save(files, $"x{seed}"));
            var isTime = name == "checkpoints.jsonl" && result.IsOk; // the instant is not signed
            Assert.True(isTime || (!result.IsOk && IsPlain(result.Problem!)), $"{name} byte {at}: {result.Problem}");
        }
    }

    [Fact]
    public void Huge_lines_are_refused_before_they_fill_the_memory()
    {
        foreach (var (name, length) in new[] { ("log.txt", 40 << 20), ("checkpoints.jsonl", 1 << 20) })
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Told(name, Encoding.ASCII.GetBytes(new string('a', length)), "is longer than");
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 400 << 20);
        }
    }

    [Fact]
    public void A_zip_bomb_ends_at_its_first_line()
    {
        var path = Path.Combine(_folder.Path, "bomb.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            foreach (var (name, bytes) in VerifyTests.Ledger(6).Write().Where(f => f.Key is not "log.txt"))
            {
                using var stream = zip.CreateEntry(name).Open();
                stream.Write(bytes);
            }

            using var bomb = zip.CreateEntry("log.txt", CompressionLevel.Optimal).Open();
            var zeros = new byte[1 << 20];
            for (var i = 0; i < 600; i++) bomb.Write(zeros);
        }

        Assert.InRange(new FileInfo(path).Length, 0, 2 << 20);
        Assert.Contains("is longer than", BundleAudit.Run(path).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_log_of_nothing_but_faults_is_not_read_to_its_end()
    {
        var result = Told("log.txt", Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("x\n", 200_000))));
        Assert.InRange(result.Size, 1, 5_000);
    }

    [Theory]
    [InlineData("../escape.txt")]
    [InlineData("/etc/passwd")]
    [InlineData("ballots/../../x")]
    [InlineData("a\\b")]
    public void A_zip_whose_names_lead_out_is_refused(string name)
    {
        var path = Path.Combine(_folder.Path, "traversal.zip");
        var files = VerifyTests.Ledger(6).Write();
        TestLedger.SaveZip(files, path);
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Update)) zip.CreateEntry(name);
        Assert.Equal("The ZIP holds a file whose name leads out of it.", BundleAudit.Run(path).Problem);
        Assert.Equal(["traversal.zip"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void A_zip_with_a_file_twice_is_refused()
    {
        var path = Path.Combine(_folder.Path, "twice.zip");
        using (var zip = ZipFile.Open(path, ZipArchiveMode.Create))
        {
            zip.CreateEntry("bundle.json");
            zip.CreateEntry("bundle.json");
        }

        Assert.Equal("The ZIP holds bundle.json twice.", BundleAudit.Run(path).Problem);
    }

    [Fact]
    public void A_file_that_is_no_zip_and_a_cut_zip_are_told()
    {
        Assert.Equal("The file is neither a folder nor a ZIP that can be read.", BundleAudit.Run(_folder.Write("x.zip", "hello")).Problem);
        Assert.Equal("The file is neither a folder nor a ZIP that can be read.", BundleAudit.Run(_folder.Write("e.zip", "")).Problem);
        var path = Path.Combine(_folder.Path, "cut.zip");
        TestLedger.SaveZip(VerifyTests.Ledger(6).Write(), path);
        var whole = File.ReadAllBytes(path);
        for (var seed = 0; seed < 40; seed++)
        {
            var bytes = whole.ToArray();
            for (var i = 0; i < 5; i++) bytes[new Random(seed * 10 + i).Next(bytes.Length)] ^= 0x55;
            File.WriteAllBytes(path, seed % 4 == 0 ? bytes[..(bytes.Length / 2)] : bytes);
            var result = BundleAudit.Run(path);
            Assert.True(result.IsOk || IsPlain(result.Problem!), result.Problem); // a byte of a time or a comment changes nothing
        }
    }

    [Fact]
    public void A_link_out_of_the_folder_is_refused()
    {
        var bundle = _folder.Save(VerifyTests.Ledger(6).Write());
        File.Delete(Path.Combine(bundle, "log.txt"));
        File.CreateSymbolicLink(Path.Combine(bundle, "log.txt"), "/etc/passwd");
        Assert.Equal("log.txt is a link: a bundle holds files only.", BundleAudit.Run(bundle).Problem);
    }

    private AuditResult Told(string name, byte[]? bytes, string words = "")
    {
        var files = VerifyTests.Ledger(6).Write();
        var file = files.Keys.First(key => key.EndsWith(name, StringComparison.Ordinal));
        if (bytes is null) files.Remove(file);
        else files[file] = bytes;
        var folder = Path.Combine(_folder.Path, Guid.NewGuid().ToString());
        TestLedger.Save(files, folder);
        var result = BundleAudit.Run(folder);
        Assert.True(bytes is null && name == "roll.jsonl" ? result.IsOk : !result.IsOk, name); // without a roll the ballot is not audited
        if (!result.IsOk) Assert.True(IsPlain(result.Problem!), result.Problem);
        Assert.Contains(words, result.Problem ?? "", StringComparison.Ordinal);
        return result;
    }

    private static bool IsPlain(string problem) => problem.EndsWith('.') && !problem.Contains("Exception", StringComparison.Ordinal);
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Deliberation.Cli.Counting;
using Deliberation.Domain.Ledger;
using Deliberation.Tests.Verify;

namespace Deliberation.Tests.Witness;

/// <summary><c>witness</c> from the command line, against a log made with the product's own tree and notes.</summary>
[Collection("console")]
public sealed class WitnessTests : IDisposable
{
    private const string Origin = "deliberation/demo";
    private readonly TestFolder _folder = new();
    private readonly ECDsa _log = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly string _key;
    private readonly string _public;

    public WitnessTests()
    {
        _key = At("witness.pem");
        _public = Run("witness", "key", "--key", _key).Output.Trim();
    }

    private string LogKey => Convert.ToBase64String(_log.ExportSubjectPublicKeyInfo());

    private string State => At("state.json");

    public void Dispose()
    {
        _folder.Dispose();
        _log.Dispose();
    }

    [Fact]
    public void What_it_prints_is_a_signature_that_the_server_takes()
    {
        var leaves = Leaves(5);

        var (code, output, _) = First(leaves);

        var answer = JsonNode.Parse(output)!;
        Assert.Equal((0, 5), (code, answer["size"]!.GetValue<int>()));
        var key = NoteKey.TryRead("owners", Convert.FromBase64String(_public))!;
        Assert.True(key.HasSigned(new SignedNote(Text(leaves), [NoteSignature.TryParse(answer["line"]!.GetValue<string>())!])));
    }

    [Fact]
    public void A_log_that_only_grew_is_signed_from_every_size_to_every_other()
    {
        var all = Leaves(34);
        for (var older = 1; older < all.Count; older++)
        {
            for (var newer = older; newer <= all.Count; newer++)
            {
                File.Delete(State);
                Assert.Equal(0, First(all[..older]).Code);
                Assert.Equal((older, newer, 0), (older, newer, Next(all[..newer], older == newer ? null : Proof(all[..newer], older)).Code));
                Assert.Equal(newer, JsonNode.Parse(File.ReadAllText(State))!["size"]!.GetValue<int>());
            }
        }
    }

    [Fact]
    public void A_log_that_was_written_anew_is_a_fork_and_nothing_is_signed()
    {
        var old = Leaves(9);
        First(old);
        var state = File.ReadAllText(State);
        var forged = Leaves(20);
        forged[3] = MerkleHash.Leaf("another"u8);

        foreach (var proof in new List<byte[]>[] { Proof(forged, 9), Proof(Leaves(20), 9), [], [.. Proof(forged, 9).Append(new byte[32])] })
        {
            Refused(1, "FORK", Next(forged, proof));
        }

        Refused(1, "FORK", Next(forged[..9], null)); // of the same size
        Assert.Equal(state, File.ReadAllText(State));
        Assert.Equal(0, Next(Leaves(20), Proof(Leaves(20), 9)).Code); // the true one goes on
    }

    [Fact]
    public void A_proof_with_any_hash_changed_cut_or_doubled_does_not_hold()
    {
        var all = Leaves(21);
        First(all[..13]);
        var proof = Proof(all, 13);
        for (var i = 0; i < proof.Count; i++)
        {
            var changed = proof.ConvertAll(hash => (byte[])hash.Clone());
            changed[i][i] ^= 1;
            Refused(1, "FORK", Next(all, changed));
            Refused(1, "FORK", Next(all, [.. proof.Where((_, at) => at != i)]));
            Refused(1, "FORK", Next(all, [.. proof.Take(i), proof[i], .. proof.Skip(i)]));
        }
    }

    [Fact]
    public void A_shorter_log_is_refused()
    {
        var all = Leaves(9);
        First(all);

        Refused(1, "SHORTER", Next(all[..8], null));
        Assert.Equal(9, JsonNode.Parse(File.ReadAllText(State))!["size"]!.GetValue<int>());
    }

    [Fact]
    public void Another_key_another_name_and_another_log_are_refused()
    {
        var all = Leaves(4);
        First(all);
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var forged = NoteBy(other, Origin, all);

        Refused(1, "WRONG KEY", Sign(forged, null));
        Refused(1, "WRONG KEY", Sign(NoteBy(_log, Origin, all, signAs: "somebody"), null));
        Refused(1, "WRONG KEY", Sign(Note(all), null, "--log-key", Convert.ToBase64String(other.ExportSubjectPublicKeyInfo())));
        Refused(1, "OTHER LOG", Sign(NoteBy(_log, "deliberation/elsewhere", all), null));
        File.Delete(State);
        Refused(1, "WRONG KEY", Sign(forged, null, "--log-key", LogKey));
        Assert.False(File.Exists(State));
    }

    [Fact]
    public void A_log_that_was_given_a_new_key_is_followed_only_when_one_says_so_and_it_only_grew()
    {
        var all = Leaves(7);
        First(all[..4]);
        using var next = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string[] rotated = ["--rotated", "--log-key", Convert.ToBase64String(next.ExportSubjectPublicKeyInfo())];
        var forged = Leaves(7);
        forged[1] = MerkleHash.Leaf("another"u8);

        Refused(1, "WRONG KEY", Sign(NoteBy(next, Origin, all), Proof(all, 4)));
        Refused(1, "FORK", Sign(NoteBy(next, Origin, forged), Proof(forged, 4), rotated));
        Assert.Equal(0, Sign(NoteBy(next, Origin, all), Proof(all, 4), rotated).Code);
        Refused(1, "WRONG KEY", Sign(Note(all), null)); // the old key signs no more
        Assert.Equal(0, Sign(NoteBy(next, Origin, all), null).Code);
    }

    [Fact]
    public void The_first_time_the_log_s_key_must_be_said_and_later_the_proof()
    {
        var all = Leaves(6);

        Refused(2, "--log-key", Sign(Note(all[..3]), null));
        Refused(2, "no public key", Sign(Note(all[..3]), null, "--log-key", "AAAA"));
        Assert.Equal(0, First(all[..3]).Code);
        Refused(2, "from=3&to=6", Next(all, null));
        Assert.Equal(0, Next(all[..3], null).Code); // the same again
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"format":"deliberation-witness/1","origin":"deliberation/demo","logKey":"","size":0,"root":""}""")]
    public void A_damaged_state_signs_nothing(string text)
    {
        File.WriteAllText(State, text);

        Refused(1, "damaged", Sign(Note(Leaves(2)), null, "--log-key", LogKey));
        Assert.Equal(text, File.ReadAllText(State));
    }

    [Fact]
    public void A_run_that_died_half_way_leaves_a_state_that_goes_on_and_two_runs_do_not_meet()
    {
        var all = Leaves(8);
        First(all[..5]);
        File.WriteAllText(State + ".new", "{\"format\":\"delib"); // it died while it wrote

        using (new FileStream(State + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            Refused(2, "Another run", Next(all, Proof(all, 5)));
        }

        Assert.Equal(0, Next(all, Proof(all, 5)).Code);
        Assert.False(File.Exists(State + ".new"));
    }

    [Fact]
    public void A_key_is_the_owner_s_alone_and_never_written_over()
    {
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_key));
        }

        Assert.Equal(2, Run("witness", "key", "--key", _key).Code);
        Refused(2, "no private key", Run("witness", "sign", "--key", _folder.Write("x.pem", "x"), "--name", "owners", "--state", State, "--checkpoint", _folder.Write("n.txt", Note(Leaves(1))), "--log-key", LogKey));
    }

    [Theory]
    [InlineData("witness")]
    [InlineData("witness", "key")]
    [InlineData("witness", "sign")]
    [InlineData("witness", "sign", "--key", "absent.pem", "--name", "x", "--state", "s", "--checkpoint", "absent.json")]
    public void A_wrong_command_line_returns_2(params string[] args) => Assert.Equal(2, Run(args).Code);

    private (int Code, string Output, string Error) First(List<byte[]> leaves) => Sign(Note(leaves), null, "--log-key", LogKey);

    private (int Code, string Output, string Error) Next(List<byte[]> leaves, List<byte[]>? proof) => Sign(Note(leaves), proof);

    private (int Code, string Output, string Error) Sign(string note, List<byte[]>? proof, params string[] more)
    {
        var checkpoint = _folder.Write("checkpoint.json", new JsonObject { ["size"] = 1, ["note"] = note }.ToJsonString());
        string[] args = ["witness", "sign", "--key", _key, "--name", "owners", "--state", State, "--checkpoint", checkpoint, .. more];
        if (proof is null)
        {
            return Run(args);
        }

        var file = _folder.Write("consistency.json", new JsonObject { ["hashes"] = new JsonArray([.. proof.Select(hash => (JsonNode)Convert.ToBase64String(hash))]) }.ToJsonString());
        return Run([.. args, "--consistency", file]);
    }

    private static void Refused(int code, string says, (int Code, string Output, string Error) run)
    {
        Assert.Equal((code, ""), (run.Code, run.Output));
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }

    private static List<byte[]> Leaves(int count) => [.. Enumerable.Range(0, count).Select(i => MerkleHash.Leaf([(byte)i]))];

    private static List<byte[]> Proof(List<byte[]> leaves, int older) => [.. MerkleTree.Consistency(older, leaves.Count, MerkleTree.Of(leaves))];

    private static string Text(List<byte[]> leaves, string origin = Origin) => new Checkpoint(origin, leaves.Count, MerkleTree.Root(leaves.Count, MerkleTree.Of(leaves))).Text;

    private string Note(List<byte[]> leaves) => NoteBy(_log, Origin, leaves);

    private static string NoteBy(ECDsa key, string origin, List<byte[]> leaves, string? signAs = null) =>
        new SignedNote(Text(leaves, origin), [NoteKey.Sign(signAs ?? origin, key, Text(leaves, origin))]).ToString();

    private string At(string name) => Path.Combine(_folder.Path, name);

    private static (int Code, string Output, string Error) Run(params string[] args)
    {
        var (outBefore, errorBefore) = (Console.Out, Console.Error);
        using StringWriter output = new(), error = new();
        try
        {
            Console.SetOut(output);
            Console.SetError(error);
            return (Convert.ToInt32(typeof(BallotCount).Assembly.EntryPoint!.Invoke(null, [args]), null), output.ToString(), error.ToString());
        }
        finally
        {
            Console.SetOut(outBefore);
            Console.SetError(errorBefore);
        }
    }
}

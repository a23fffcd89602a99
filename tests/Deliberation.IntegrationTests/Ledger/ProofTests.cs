using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Ledger;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.IntegrationTests.Rolls;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ledger;

/// <summary>What people can hold against the log: proofs, promises, witnesses, bundles.</summary>
public sealed class ProofTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Every_receipt_has_an_inclusion_proof_in_every_signed_state_that_holds_it()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(40);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        var receipts = new List<string>();
        foreach (var batch in people.Chunk(10))
        {
            foreach (var person in batch)
            {
                receipts.Add((await hall.VoteAsync(person, ballot, "For")).Require().Receipt.Code);
            }

            await AppendAsync(hall);
            var head = (await hall.SendAsync(new GetCheckpoint(Caller.Anonymous, hall.Community))).Require();
            foreach (var receipt in receipts)
            {
                Holds((await hall.SendAsync(new GetInclusion(Caller.Anonymous, hall.Community, receipt))).Require(), head);
            }
        }
    }

    [Fact]
    public async Task Proofs_reach_over_tiles_and_any_two_signed_states_are_consistent()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(270);
        var ballots = new[] { await hall.OpenBallotAsync(), await hall.OpenBallotAsync(secrecy: "Secret") };
        var receipts = new List<string>();
        foreach (var ballot in ballots)
        {
            foreach (var batch in people.Chunk(90))
            {
                receipts.AddRange((await Task.WhenAll(batch.Select(person => hall.VoteAsync(person, ballot, "For")))).Select(answer => answer.Require().Receipt.Code));
                await AppendAsync(hall);
            }
        }

        await using var connection = await database.DataSource.OpenConnectionAsync();
        var sizes = (await Dapper.SqlMapper.QueryAsync<long>(connection, "select size from log_checkpoint where community_id = @Community", new { hall.Community })).Order().ToList();
        sizes[^1].ShouldBeGreaterThan(512);
        var states = new Dictionary<long, CheckpointView>();
        foreach (var size in sizes)
        {
            states[size] = (await hall.SendAsync(new GetCheckpoint(Caller.Anonymous, hall.Community, size))).Require();
        }

        foreach (var older in sizes)
        {
            foreach (var newer in sizes.Where(size => size >= older))
            {
                var proof = (await hall.SendAsync(new GetConsistency(Caller.Anonymous, hall.Community, older, newer))).Require();
                MerkleTree.Extends(states[older].Root, older, states[newer].Root, newer, proof.Hashes).ShouldBeTrue();
            }
        }

        foreach (var receipt in receipts.Where((_, i) => i % 37 == 0))
        {
            var inclusion = (await hall.SendAsync(new GetInclusion(Caller.Anonymous, hall.Community, receipt))).Require();
            Holds(inclusion, states[sizes[^1]]);
        }
    }

    [Fact]
    public async Task What_is_not_there_or_malformed_gets_one_and_the_same_answer() // D47
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await using var other = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(2);
        var ballot = await hall.OpenBallotAsync();
        var waiting = (await hall.VoteAsync(people[0], ballot, "For")).Require().Receipt.Code;
        string Inclusion(Result<InclusionView> answer) => BallotHall.CodeOf(answer);

        Inclusion(await hall.SendAsync(new GetInclusion(Caller.Anonymous, hall.Community, waiting))).ShouldBe("ledger.not-found"); // not yet
        await AppendAsync(hall);
        var size = await hall.ScalarAsync<long>("select max(size) from log_checkpoint where community_id = @Community", new { hall.Community });

        Inclusion(await hall.SendAsync(new GetInclusion(Caller.Anonymous, hall.Community, waiting))).ShouldBe("accepted");
        Inclusion(await hall.SendAsync(new GetInclusion(Caller.Anonymous, hall.Community, waiting, size + 1))).ShouldBe("ledger.not-found");
        Inclusion(await hall.SendAsync(new GetInclusion(Caller.Anonymous, other.Community, waiting))).ShouldBe("ledger.not-found");
        foreach (var wrong in new[] { "", "AAAA-BBBB-CCCC-DDDD", "….", new string('9', 500), waiting[..^1], "'; drop table log_leaf; --" })
        {
            Inclusion(await hall.SendAsync(new GetInclusion(Caller.Anonymous, hall.Community, wrong))).ShouldBe("ledger.not-found");
            BallotHall.CodeOf(await hall.SendAsync(new GetReceiptEvidence(Caller.Anonymous, hall.Community, wrong))).ShouldBe("ledger.not-found");
        }

        foreach (var (from, to) in new (long, long)[] { (0, size), (-1, size), (size + 1, size), (1, size + 1), (1, 0), (1, -1) })
        {
            BallotHall.CodeOf(await hall.SendAsync(new GetConsistency(Caller.Anonymous, hall.Community, from, to))).ShouldBe("ledger.not-found");
        }

        (await hall.SendAsync(new ListLeaves(Caller.Anonymous, hall.Community, long.MaxValue, int.MaxValue))).Require().ShouldBeEmpty();
        (await hall.SendAsync(new ListLeaves(Caller.Anonymous, hall.Community, -5, -5))).Require().Count.ShouldBe(1);
    }

    [Fact]
    public async Task Until_it_is_in_the_log_a_vote_has_a_signed_promise_and_afterwards_its_proof()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(1);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        await AppendAsync(hall); // the log has a key
        var receipt = (await hall.VoteAsync(people[0], ballot, "For")).Require().Receipt.Code;

        var promised = (await hall.SendAsync(new GetReceiptEvidence(Caller.Anonymous, hall.Community, receipt))).Require();
        var note = SignedNote.TryParse(promised.Promise!)!;
        var lines = note.Text.Split('\n');
        lines[0].ShouldBe($"deliberation/{hall.Code}/promise");
        (await LogKeyAsync(hall)).HasSigned(note).ShouldBeTrue();
        (promised.PromisedBy!.Value - await database.CouncilNowAsync()).ShouldBeInRange(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(61));

        await AppendAsync(hall);
        var kept = (await hall.SendAsync(new GetReceiptEvidence(Caller.Anonymous, hall.Community, receipt))).Require();
        kept.Promise.ShouldBeNull();
        Convert.ToBase64String(kept.Inclusion!.LeafHash).ShouldBe(lines[1]);
        kept.Text!.ShouldStartWith("c2sp.org/tlog-proof@v1\nindex ");
        kept.Text!.ShouldEndWith(kept.Inclusion.Checkpoint.Note);
        kept.Text!.ShouldNotContain("For");
    }

    [Fact]
    public async Task A_receipt_tells_its_place_and_a_cancelled_ballot_s_is_known_too()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(1);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        var receipt = (await hall.VoteAsync(people[0], ballot, "For")).Require().Receipt.Code;
        (await hall.SendAsync(new VerifyReceipt(Caller.Anonymous, hall.Community, receipt))).Require().IsWaiting.ShouldBeTrue();
        await AppendAsync(hall);

        var received = (await hall.SendAsync(new VerifyReceipt(Caller.Anonymous, hall.Community, receipt))).Require();
        (received.State, received.IsWaiting, received.Place!.Index).ShouldBe((ReceiptState.Received, false, 2L));
        (await hall.SendAsync(new CancelBallot(hall.AsStaff(CallerKind.Admin), hall.Community, ballot, "A wrong question"))).Require();

        (await hall.SendAsync(new VerifyReceipt(Caller.Anonymous, hall.Community, receipt))).Require().State.ShouldBe(ReceiptState.Void);
    }

    [Fact]
    public async Task A_vote_that_was_replaced_says_so_and_stays_in_the_log()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(1);
        var ballot = await hall.OpenBallotAsync();
        var first = (await hall.VoteAsync(people[0], ballot, "For")).Require().Receipt.Code;
        var second = (await hall.VoteAsync(people[0], ballot, "Against")).Require().Receipt.Code;
        await AppendAsync(hall);

        var replaced = (await hall.SendAsync(new VerifyReceipt(Caller.Anonymous, hall.Community, first))).Require();
        (replaced.State, replaced.Place is null).ShouldBe((ReceiptState.Replaced, false));
        (await hall.SendAsync(new VerifyReceipt(Caller.Anonymous, hall.Community, second))).Require().State.ShouldBe(ReceiptState.Received);
    }

    [Fact]
    public async Task A_registered_witness_signs_and_nobody_else_can()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(1);
        await hall.OpenBallotAsync();
        var admin = hall.AsStaff(CallerKind.Admin);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var pem = key.ExportSubjectPublicKeyInfoPem();
        (await hall.SendAsync(new AddWitness(admin, hall.Community, " 居委会 ", pem))).Require();
        await AppendAsync(hall);
        var head = (await hall.SendAsync(new GetCheckpoint(Caller.Anonymous, hall.Community))).Require();
        var text = SignedNote.TryParse(head.Note)!.Text;
        var line = NoteKey.Sign("居委会", key, text).ToString();
        async Task<string> CosignAsync(long size, string signature) =>
            BallotHall.CodeOf(await hall.SendAsync(new AddCosignature(Caller.Anonymous, hall.Community, size, signature)));

        (await CosignAsync(head.Size + 1, line)).ShouldBe("ledger.not-found");
        (await CosignAsync(head.Size, NoteKey.Sign("居委会", stranger, text).ToString())).ShouldBe("ledger.signature-invalid");
        (await CosignAsync(head.Size, NoteKey.Sign("业委会", key, text).ToString())).ShouldBe("ledger.signature-invalid");
        (await CosignAsync(head.Size, NoteKey.Sign("居委会", key, text + "x\n").ToString())).ShouldBe("ledger.signature-invalid");
        (await CosignAsync(head.Size, "— 居委会")).ShouldBe("ledger.signature-invalid");
        (await hall.ScalarAsync<int>("select count(*) from log_cosignature where community_id = @Community", new { hall.Community })).ShouldBe(0);
        (await CosignAsync(head.Size, line)).ShouldBe("accepted");
        (await CosignAsync(head.Size, line)).ShouldBe("accepted"); // again: nothing new
        (await hall.ScalarAsync<int>("select count(*) from log_cosignature where community_id = @Community", new { hall.Community })).ShouldBe(1);

        var signed = (await hall.SendAsync(new GetCheckpoint(Caller.Anonymous, hall.Community))).Require();
        signed.Witnesses.ShouldBe(["居委会"]);
        NoteKey.TryRead("居委会", key.ExportSubjectPublicKeyInfo())!.HasSigned(SignedNote.TryParse(signed.Note)!).ShouldBeTrue();

        (await hall.SendAsync(new RemoveWitness(admin, hall.Community, "居委会"))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new RemoveWitness(admin, hall.Community, "居委会"))).ShouldBe("ledger.witness-unknown");
        await AppendAsync(hall);
        var last = (await hall.SendAsync(new GetCheckpoint(Caller.Anonymous, hall.Community))).Require();
        (await CosignAsync(last.Size, NoteKey.Sign("居委会", key, SignedNote.TryParse(last.Note)!.Text).ToString())).ShouldBe("ledger.signature-invalid");
        (await LedgerCheck.LeavesAsync(database.DataSource, hall.Community)).Where(leaf => leaf.Kind == "key")
            .Select(leaf => JsonNode.Parse(leaf.Text)!).Select(body => $"{body["role"]} {body["state"]}").ShouldBe(["Log Added", "Witness Added", "Witness Removed"], ignoreOrder: true);
    }

    [Theory]
    [InlineData("", null, "ledger.witness-name")]
    [InlineData("a b", null, "ledger.witness-name")]
    [InlineData("a+b", null, "ledger.witness-name")]
    [InlineData("deliberation/town1", null, "ledger.witness-name")]
    [InlineData("w", "", "ledger.witness-key")]
    [InlineData("w", "AAAA", "ledger.witness-key")]
    [InlineData("w", "not base64!", "ledger.witness-key")]
    public async Task A_witness_needs_a_name_and_a_key(string name, string? key, string code)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        using var good = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var admin = hall.AsStaff(CallerKind.Admin);
        var typed = key ?? Convert.ToBase64String(good.ExportSubjectPublicKeyInfo());

        BallotHall.CodeOf(await hall.SendAsync(new AddWitness(admin, hall.Community, name, typed))).ShouldBe(code);
        BallotHall.CodeOf(await hall.SendAsync(new AddWitness(hall.AsStaff(), hall.Community, "w", typed))).ShouldBe("access.not-allowed");

        (await hall.ScalarAsync<int>("select count(*) from log_key where community_id = @Community", new { hall.Community })).ShouldBe(0);
        (await hall.ScalarAsync<int>("select count(*) from log_pending where community_id = @Community", new { hall.Community })).ShouldBe(0);
    }

    [Fact]
    public async Task A_name_or_a_key_is_registered_once()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        using var one = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var two = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        async Task<string> AddAsync(string name, ECDsa key) => BallotHall.CodeOf(await hall.SendAsync(
            new AddWitness(hall.AsStaff(CallerKind.Admin), hall.Community, name, Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()))));

        (await AddAsync("w", one)).ShouldBe("accepted");
        (await AddAsync("w", two)).ShouldBe("ledger.witness-there");
        (await AddAsync("v", one)).ShouldBe("ledger.witness-there");
        (await AddAsync("v", two)).ShouldBe("accepted");
    }

    [Fact]
    public async Task The_public_bundle_holds_the_log_and_no_voter_and_no_choice()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (named, secret) = await PlayAsync(hall);

        var files = await ReadAsync((await hall.SendAsync(new ExportPublicBundle(Caller.Anonymous, hall.Community))).Require());

        files.Keys.ShouldBe(
            [
                "bundle.json", "log.txt", "checkpoints.jsonl",
                $"ballots/{named}/definition.json", $"ballots/{named}/tally.1.json", $"ballots/{secret}/definition.json", $"ballots/{secret}/tally.1.json",
            ],
            ignoreOrder: true);
        var bundle = JsonNode.Parse(files["bundle.json"])!;
        var lines = files["log.txt"].TrimEnd('\n').Split('\n');
        bundle["format"]!.GetValue<string>().ShouldBe("deliberation-bundle/1");
        bundle["origin"]!.GetValue<string>().ShouldBe($"deliberation/{hall.Code}");
        bundle["size"]!.GetValue<int>().ShouldBe(lines.Length);
        bundle["ballots"]!.AsArray().Select(ballot => $"{ballot!["id"]} {ballot["secrecy"]}").ShouldBe([$"{named} Named", $"{secret} Secret"]);
        lines.All(line => line[..64] == Convert.ToHexStringLower(MerkleHash.Leaf(Encoding.UTF8.GetBytes(line[65..])))).ShouldBeTrue();
        var last = Checkpoint.TryParse(SignedNote.TryParse(JsonNode.Parse(files["checkpoints.jsonl"].TrimEnd('\n').Split('\n')[^1])!["note"]!.GetValue<string>())!.Text)!;
        last.Size.ShouldBe(lines.Length);
        foreach (var document in new[] { $"ballots/{secret}/tally.1.json", $"ballots/{named}/definition.json" })
        {
            files["log.txt"].ShouldContain($":\"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(files[document])))}\"");
        }

        files["log.txt"].ShouldNotContain("h:");
    }

    [Fact]
    public async Task The_auditors_bundle_opens_every_vote_of_closed_ballots_and_is_audited()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (named, secret) = await PlayAsync(hall);
        var open = await hall.OpenBallotAsync(); // an interim result is nobody's
        await AppendAsync(hall);
        var supervisor = hall.AsStaff(CallerKind.Supervisor);
        BallotHall.CodeOf(await hall.SendAsync(new ExportAuditorsBundle(supervisor, hall.Community, " "))).ShouldBe("ledger.reason-required");
        BallotHall.CodeOf(await hall.SendAsync(new ExportAuditorsBundle(hall.AsStaff(), hall.Community, "Yearly audit"))).ShouldBe("access.not-allowed");
        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'ExportAuditorsBundle'", new { hall.Community })).ShouldBe(0);

        var files = await ReadAsync((await hall.SendAsync(new ExportAuditorsBundle(supervisor, hall.Community, "Yearly audit"))).Require());

        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'ExportAuditorsBundle' and reason = 'Yearly audit'", new { hall.Community })).ShouldBe(1);
        files.ContainsKey($"ballots/{open}/openings.jsonl").ShouldBeFalse();
        files.ContainsKey($"ballots/{open}/roll.jsonl").ShouldBeTrue();
        var inLog = files["log.txt"];
        foreach (var line in Lines(files[$"ballots/{secret}/openings.jsonl"]))
        {
            var commitment = Commitments.Secret(secret, Strings(line["choices"]!), Hex(line["nonce"]!), Hex(line["salt"]!));
            Convert.ToHexStringLower(commitment).ShouldBe(line["commitment"]!.GetValue<string>());
            inLog.ShouldContain(Convert.ToHexStringLower(commitment));
        }

        var opened = Lines(files[$"ballots/{named}/openings.jsonl"]);
        opened.Select(line => line["status"]!.GetValue<string>()).Order(StringComparer.Ordinal).ShouldBe(["Counted", "Counted", "Counted", "Replaced"]);
        opened.Select(line => line["commitment"]!.GetValue<string>()).ShouldBeInOrder();
        foreach (var line in opened)
        {
            Convert.ToHexStringLower(Commitments.Named(named, line["unit"]!.GetValue<string>(), Strings(line["choices"]!), Hex(line["salt"]!))).ShouldBe(line["commitment"]!.GetValue<string>());
        }

        var tree = CompactRange.Empty();
        foreach (var line in Lines(files[$"ballots/{named}/roll.jsonl"]))
        {
            tree.Append(MerkleHash.Leaf([.. Encoding.UTF8.GetBytes($"{line["unit"]}\n{line["persons"]}\n{line["area"]}\n"), .. Hex(line["salt"]!)]));
        }

        inLog.ShouldContain($"\"roll\":\"{Convert.ToHexStringLower(tree.Root())}\"");
    }

    /// <summary>The verifier shares no code with what wrote the bundle.</summary>
    [Fact]
    public async Task The_offline_auditor_finds_nothing_wrong_with_our_bundles_and_sees_a_changed_one()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await PlayAsync(hall);
        var (household, _) = await hall.AddHouseholdAsync("9-901", 1960);
        var admin = hall.AsStaff(CallerKind.Admin);
        var open = await hall.OpenBallotAsync(secrecy: "Secret");
        var change = (await hall.SendAsync(new ProposeRollChange(hall.AsStaff(), hall.Community, open, $"h:{household}", RollChange.Remove, null, "Moved out in May"))).Require();
        (await hall.SendAsync(new ConfirmRollChange(await RollChangeTests.SecondAsync(hall), hall.Community, open, change))).Require();
        (await hall.SendAsync(new CancelBallot(admin, hall.Community, await hall.OpenBallotAsync(), "A wrong question"))).Require();
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        (await hall.SendAsync(new AddWitness(admin, hall.Community, "居委会", key.ExportSubjectPublicKeyInfoPem()))).Require();
        await AppendAsync(hall);
        var head = (await hall.SendAsync(new GetCheckpoint(Caller.Anonymous, hall.Community))).Require();
        (await hall.SendAsync(new AddCosignature(
            Caller.Anonymous, hall.Community, head.Size, NoteKey.Sign("居委会", key, SignedNote.TryParse(head.Note)!.Text).ToString()))).Require();

        (await VerifyAsync((await hall.SendAsync(new ExportPublicBundle(Caller.Anonymous, hall.Community))).Require())).ShouldBe(0);
        (await VerifyAsync((await hall.SendAsync(new ExportAuditorsBundle(admin, hall.Community, "Yearly audit"))).Require())).ShouldBe(0);
        await hall.ExecuteAsync(
            """
            alter table log_leaf disable trigger user;
            update log_leaf set commitment = sha256('another') where community_id = @Community and idx = (
                select min(idx) from log_leaf where community_id = @Community and kind = 'vote');
            alter table log_leaf enable trigger user
            """,
            new { hall.Community });
        (await VerifyAsync((await hall.SendAsync(new ExportPublicBundle(Caller.Anonymous, hall.Community))).Require())).ShouldBe(1);
    }

    private static async Task<int> VerifyAsync(LedgerBundle bundle)
    {
        var path = Path.Combine(Path.GetTempPath(), $"dlbbundle{Guid.NewGuid():N}.zip");
        try
        {
            await using (var file = File.Create(path))
            {
                await bundle.WriteAsync(file, CancellationToken.None);
            }

            string[] args = ["verify", path];
            return Convert.ToInt32(System.Reflection.Assembly.Load("Deliberation.Cli").EntryPoint!.Invoke(null, [args]), System.Globalization.CultureInfo.InvariantCulture);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>A named and a secret ballot of three households, one of which changed its mind; both closed and in the log.</summary>
    private static async Task<(BallotId Named, BallotId Secret)> PlayAsync(BallotHall hall)
    {
        var people = await hall.AddHouseholdsAsync(3);
        var (named, secret) = (await hall.OpenBallotAsync(), await hall.OpenBallotAsync(secrecy: "Secret"));
        foreach (var person in people)
        {
            (await hall.VoteAsync(person, named, "For")).Require();
            (await hall.VoteAsync(person, secret, "Against")).Require();
        }

        (await hall.VoteAsync(people[1], named, "Against")).Require();
        await hall.CloseBallotAsync(named);
        await hall.CloseBallotAsync(secret);
        await AppendAsync(hall);
        return (named, secret);
    }

    private static void Holds(InclusionView inclusion, CheckpointView head)
    {
        inclusion.Checkpoint.Size.ShouldBe(head.Size);
        inclusion.LeafHash.ShouldBe(MerkleHash.Leaf(Encoding.UTF8.GetBytes(inclusion.Body)));
        MerkleTree.Includes(head.Root, head.Size, inclusion.LeafHash, inclusion.Index, inclusion.Hashes).ShouldBeTrue();
    }

    private static async Task<NoteKey> LogKeyAsync(BallotHall hall) => NoteKey.TryRead(
        $"deliberation/{hall.Code}", await hall.ScalarAsync<byte[]>("select public_key from log_key where community_id = @Community and role = 'Log'", new { hall.Community }))!;

    private static async Task AppendAsync(BallotHall hall) =>
        (await hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: true, CancellationToken.None)).Alarm.ShouldBeNull();

    private static async Task<Dictionary<string, string>> ReadAsync(LedgerBundle bundle)
    {
        using var stream = new MemoryStream();
        await bundle.WriteAsync(stream, CancellationToken.None);
        stream.Position = 0;
        using var zip = new ZipArchive(stream, ZipArchiveMode.Read);
        var files = new Dictionary<string, string>();
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(entry.Open());
            files[entry.FullName] = await reader.ReadToEndAsync();
        }

        return files;
    }

    private static List<JsonNode> Lines(string file) => [.. file.TrimEnd('\n').Split('\n').Select(line => JsonNode.Parse(line)!)];

    private static IEnumerable<string> Strings(JsonNode list) => list.AsArray().Select(node => node!.GetValue<string>());

    private static byte[] Hex(JsonNode node) => Convert.FromHexString(node.GetValue<string>());
}

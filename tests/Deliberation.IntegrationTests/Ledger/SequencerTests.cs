using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Ledger;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.IntegrationTests.Rolls;
using Deliberation.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Deliberation.IntegrationTests.Ledger;

public sealed class SequencerTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Opening_votes_close_and_tally_stand_in_the_log_in_their_order_and_reconcile()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(12);
        var named = await hall.OpenBallotAsync();
        var secret = await hall.OpenBallotAsync(secrecy: "Secret");
        foreach (var person in people)
        {
            (await hall.VoteAsync(person, named, "For")).Require();
            (await hall.VoteAsync(person, secret, "Against")).Require();
        }

        (await hall.VoteAsync(people[0], named, "Against")).Require(); // changed their mind
        await hall.CloseBallotAsync(named);
        await hall.CloseBallotAsync(secret);
        await AppendAsync(hall);

        var leaves = await LedgerCheck.LeavesAsync(database.DataSource, hall.Community);
        leaves.CountBy(leaf => leaf.Kind).ToDictionary().ShouldBe(
            new Dictionary<string, int> { ["key"] = 1, ["ballot-opened"] = 2, ["vote"] = 25, ["ballot-closed"] = 2, ["tally-published"] = 2 }, ignoreOrder: true);
        leaves[0].Kind.ShouldBe("key");
        (await LedgerCheck.FaultsAsync(database.DataSource, hall.Community)).ShouldBeEmpty();
        (await hall.ScalarAsync<int>("select count(*) from log_pending where community_id = @Community", new { hall.Community })).ShouldBe(0);
        var closed = Body(leaves, named, "ballot-closed");
        (closed["papers"]!.GetValue<int>(), closed["participations"]!.GetValue<int>(), closed["replaced"]!.AsArray().Count).ShouldBe((12, 12, 1));
        Body(leaves, secret, "ballot-closed")["papers"]!.GetValue<int>().ShouldBe(12);
        Body(leaves, named, "ballot-opened")["units"]!.GetValue<int>().ShouldBe(12);
    }

    [Fact]
    public async Task The_published_tally_is_what_a_recount_of_the_openings_gives()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(10);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        for (var i = 0; i < people.Count; i++)
        {
            (await hall.VoteAsync(people[i], ballot, i < 6 ? "For" : i < 9 ? "Against" : "Abstain")).Require();
        }

        await hall.CloseBallotAsync(ballot);
        await AppendAsync(hall);

        var tally = JsonNode.Parse(await hall.ScalarAsync<string>("select content from log_document where ballot_id = @ballot and kind = 'tally'", new { ballot }))!;
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var openings = (await Dapper.SqlMapper.QueryAsync<Opening>(connection, "select commitment, salt, nonce, choices from opening where ballot_id = @ballot", new { ballot })).ToList();
        var inLog = (await LedgerCheck.LeavesAsync(database.DataSource, hall.Community)).Where(leaf => leaf.BallotId == ballot.Value && leaf.Kind == "vote")
            .Select(leaf => Convert.ToHexString(leaf.Commitment!)).Order(StringComparer.Ordinal);

        openings.ShouldAllBe(o => Same(Commitments.Secret(ballot, o.Choices, o.Nonce, o.Salt), o.Commitment));
        openings.Select(o => Convert.ToHexString(o.Commitment)).Order(StringComparer.Ordinal).ShouldBe(inLog);
        foreach (var total in tally["totals"]!.AsArray())
        {
            openings.Count(o => o.Choices.Contains(total!["choice"]!.GetValue<string>())).ShouldBe(total!["units"]!.GetValue<int>());
        }

        (tally["participations"]!.GetValue<int>(), tally["papers"]!.GetValue<int>(), tally["spoilt"]!.GetValue<int>()).ShouldBe((10, 10, 0));
    }

    [Fact]
    public async Task Fewer_than_eight_votes_wait_for_company_but_all_are_in_the_log_within_a_minute()
    {
        await using var own = await TestDatabase.CreateAsync(); // the loop looks at every community
        await using var hall = await BallotHall.OpenAsync(own);
        var people = await hall.AddHouseholdsAsync(20);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        var time = new StillTime();
        using var loop = Loop(hall, time);
        await loop.LookAsync(CancellationToken.None);
        (await VotesInLogAsync(hall)).ShouldBe(0);

        await VoteAsync(hall, ballot, people[..7]);
        await loop.LookAsync(CancellationToken.None);
        (await VotesInLogAsync(hall)).ShouldBe(0);
        time.Advance(TimeSpan.FromSeconds(49));
        await loop.LookAsync(CancellationToken.None);
        (await VotesInLogAsync(hall)).ShouldBe(0);
        time.Advance(TimeSpan.FromSeconds(1)); // and a second of the loop, and a second for the signature: less than sixty
        await loop.LookAsync(CancellationToken.None);
        (await VotesInLogAsync(hall)).ShouldBe(7);

        await VoteAsync(hall, ballot, people[7..14]);
        await loop.LookAsync(CancellationToken.None);
        await VoteAsync(hall, ballot, people[14..15]);
        await loop.LookAsync(CancellationToken.None); // the eighth: at once
        (await VotesInLogAsync(hall)).ShouldBe(15);
        (await LedgerCheck.FaultsAsync(own.DataSource, hall.Community)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Votes_that_pour_in_gather_for_twenty_seconds_and_are_then_appended_all_together()
    {
        await using var own = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(own);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        var time = new StillTime();
        using var loop = Loop(hall, time);
        await loop.LookAsync(CancellationToken.None);

        await PourAsync(499);
        await loop.LookAsync(CancellationToken.None);
        (await VotesInLogAsync(hall)).ShouldBe(499); // not yet many

        await PourAsync(500);
        await loop.LookAsync(CancellationToken.None);
        await PourAsync(100);
        time.Advance(TimeSpan.FromSeconds(19));
        await loop.LookAsync(CancellationToken.None);
        (await VotesInLogAsync(hall)).ShouldBe(499);
        time.Advance(TimeSpan.FromSeconds(1));
        await loop.LookAsync(CancellationToken.None);
        (await VotesInLogAsync(hall)).ShouldBe(1_099);

        await PourAsync(500);
        await loop.LookAsync(CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(19));
        await loop.LookAsync(CancellationToken.None);
        (await VotesInLogAsync(hall)).ShouldBe(1_099); // their own twenty seconds

        Task<int> PourAsync(int count) => hall.ExecuteAsync(
            "insert into log_pending (community_id, entry, ballot_id) select @Community, sha256(gen_random_uuid()::text::bytea), @ballot from generate_series(1, @count)",
            new { hall.Community, ballot, count });
    }

    [Fact]
    public async Task What_waits_when_a_node_starts_is_appended_at_once_since_nobody_knows_how_long_it_has_waited()
    {
        await using var own = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(own);
        var people = await hall.AddHouseholdsAsync(2);
        var ballot = await hall.OpenBallotAsync();
        await VoteAsync(hall, ballot, people);

        using var loop = Loop(hall, new StillTime());
        await loop.LookAsync(CancellationToken.None);

        (await VotesInLogAsync(hall)).ShouldBe(2);
    }

    [Fact]
    public async Task Closing_takes_the_last_votes_along_and_cancelling_ends_a_ballot_in_the_log()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(3);
        var closed = await hall.OpenBallotAsync(secrecy: "Secret");
        var open = await hall.OpenBallotAsync();
        var cancelled = await hall.OpenBallotAsync(secrecy: "Secret");
        foreach (var ballot in new[] { closed, open, cancelled })
        {
            await VoteAsync(hall, ballot, people);
        }

        await hall.CloseBallotAsync(closed);
        (await hall.SendAsync(new CancelBallot(hall.AsStaff(CallerKind.Admin), hall.Community, cancelled, "A wrong question"))).Require();
        await hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: false, CancellationToken.None);

        var leaves = await LedgerCheck.LeavesAsync(database.DataSource, hall.Community);
        leaves.Count(leaf => leaf.Kind == "vote").ShouldBe(9); // nine are enough company
        leaves.Last(leaf => leaf.BallotId == cancelled.Value).Kind.ShouldBe("ballot-cancelled");
        leaves.Last(leaf => leaf.BallotId == open.Value).Kind.ShouldBe("vote");
        (await LedgerCheck.FaultsAsync(database.DataSource, hall.Community)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Votes_of_a_ballot_that_is_open_go_on_waiting_while_another_closes()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(3);
        var closed = await hall.OpenBallotAsync(secrecy: "Secret");
        var open = await hall.OpenBallotAsync(secrecy: "Secret");
        await VoteAsync(hall, closed, people);
        await VoteAsync(hall, open, people);
        await hall.CloseBallotAsync(closed);

        await hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: false, CancellationToken.None);

        (await VotesInLogAsync(hall)).ShouldBe(3);
        (await hall.ScalarAsync<int>("select count(*) from log_pending where community_id = @Community", new { hall.Community })).ShouldBe(3);
    }

    [Fact]
    public async Task A_corrected_roll_gets_its_new_root_into_the_log()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, _) = await hall.AddHouseholdAsync("1-101", 1960);
        await hall.AddHouseholdAsync("1-102", 1960);
        var ballot = await hall.OpenBallotAsync();
        var second = await RollChangeTests.SecondAsync(hall);
        foreach (var (what, reason) in new[] { (RollChange.Remove, "Moved out in May"), (RollChange.Restore, "Moved back in June") })
        {
            var change = (await hall.SendAsync(new ProposeRollChange(hall.AsStaff(), hall.Community, ballot, $"h:{household}", what, null, reason))).Require();
            (await hall.SendAsync(new ConfirmRollChange(second, hall.Community, ballot, change))).Require();
        }

        await AppendAsync(hall);

        var leaves = await LedgerCheck.LeavesAsync(database.DataSource, hall.Community);
        var amended = leaves.Where(leaf => leaf.Kind == "roll-amended").Select(leaf => JsonNode.Parse(leaf.Text)!).ToList();
        amended.Select(body => (body["change"]!.GetValue<string>(), body["units"]!.GetValue<int>())).ShouldBe([("Removed", 1), ("Restored", 2)]);
        amended[1]["roll"]!.GetValue<string>().ShouldBe(Body(leaves, ballot, "ballot-opened")["roll"]!.GetValue<string>());
        amended[0]["roll"]!.GetValue<string>().ShouldNotBe(amended[1]["roll"]!.GetValue<string>());
    }

    [Fact]
    public async Task Ten_sequencers_at_once_append_everything_once()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(30);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");

        var sequencer = hall.Service<LedgerSequencer>();
        var appending = Enumerable.Range(0, 10).Select(async _ =>
        {
            for (var i = 0; i < 10; i++)
            {
                await sequencer.AppendAsync(hall.Community, everything: true, CancellationToken.None);
            }
        }).ToList();
        await Task.WhenAll([.. appending, .. people.Select(person => hall.VoteAsync(person, ballot, "For"))]);
        await hall.CloseBallotAsync(ballot);
        await AppendAsync(hall);

        (await VotesInLogAsync(hall)).ShouldBe(30);
        (await LedgerCheck.FaultsAsync(database.DataSource, hall.Community)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Six_hundred_votes_fill_tiles_whose_roots_are_those_of_the_tree()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(300);
        var (first, second) = (await hall.OpenBallotAsync(), await hall.OpenBallotAsync(secrecy: "Secret"));
        await Task.WhenAll(people.Select(person => hall.VoteAsync(person, first, "For")));
        await AppendAsync(hall);
        await Task.WhenAll(people.Select(person => hall.VoteAsync(person, second, "For")));
        await AppendAsync(hall);

        var leaves = await LedgerCheck.LeavesAsync(database.DataSource, hall.Community);
        var subtree = MerkleTree.Of([.. leaves.Select(leaf => leaf.LeafHash)]);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var tiles = (await Dapper.SqlMapper.QueryAsync<(long Idx, byte[] Root)>(
            connection, "select idx, root from log_tile where community_id = @Community order by idx", new { hall.Community })).ToList();
        tiles.Select(tile => tile.Idx).ShouldBe([0, 1]);
        tiles.ShouldAllBe(tile => Same(tile.Root, subtree(8, tile.Idx)));
        (await LedgerCheck.FaultsAsync(database.DataSource, hall.Community)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_log_that_is_shorter_than_one_that_was_signed_is_not_signed_and_nothing_is_appended()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(9);
        var ballot = await hall.OpenBallotAsync();
        await AppendAsync(hall);
        var size = await hall.ScalarAsync<long>("select max(size) from log_checkpoint where community_id = @Community", new { hall.Community });
        await hall.Service<LedgerKeys>().RememberAsync(hall.Community, new SignedState(size + 1, MerkleHash.Empty), CancellationToken.None); // as if a newer one had been lost
        await VoteAsync(hall, ballot, people);

        (await hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: true, CancellationToken.None)).ShouldBe(new SequencerRun(0, Alarm: LedgerAlarm.Shorter));

        (await VotesInLogAsync(hall)).ShouldBe(0);
        (await hall.ScalarAsync<long>("select max(size) from log_checkpoint where community_id = @Community", new { hall.Community })).ShouldBe(size);
        (await hall.ScalarAsync<int>("select count(*) from log_pending where community_id = @Community", new { hall.Community })).ShouldBe(9);
    }

    [Fact]
    public async Task Another_log_of_the_same_length_is_not_signed()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(1);
        await hall.OpenBallotAsync();
        await AppendAsync(hall);
        await hall.ExecuteAsync(
            """
            alter table log_checkpoint disable trigger user;
            update log_checkpoint set root = sha256('other') where community_id = @Community;
            alter table log_checkpoint enable trigger user
            """,
            new { hall.Community });
        await hall.OpenBallotAsync();

        (await hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: true, CancellationToken.None)).Alarm.ShouldBe(LedgerAlarm.Other);
    }

    [Fact]
    public async Task Without_its_key_a_log_is_not_signed_by_another()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(1);
        await hall.OpenBallotAsync();
        await AppendAsync(hall);
        foreach (var file in Directory.GetFiles(hall.Keys, "ledger-*.p8", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        await hall.OpenBallotAsync();

        (await hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: true, CancellationToken.None)).Alarm.ShouldBe(LedgerAlarm.KeyMissing);
    }

    [Fact]
    public async Task What_was_signed_last_is_remembered_and_never_goes_back()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var keys = hall.Service<LedgerKeys>();
        keys.Create(hall.Community).Dispose();
        (await RememberedAsync()).ShouldBeNull();

        var reading = Enumerable.Range(1, 20).Select(_ => Task.Run(RememberedAsync));
        await Task.WhenAll([.. Enumerable.Range(1, 20).Select(size => Task.Run(() =>
            keys.RememberAsync(hall.Community, new SignedState(size, MerkleHash.Leaf([(byte)size])), CancellationToken.None))), .. reading]);

        (await RememberedAsync())!.Size.ShouldBe(20);
        (await RememberedAsync())!.Root.ShouldBe(MerkleHash.Leaf([20]));
        foreach (var file in Directory.GetFiles(hall.Keys, "ledger-*", SearchOption.AllDirectories))
        {
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await File.WriteAllTextAsync(Directory.GetFiles(hall.Keys, "ledger-*.last", SearchOption.AllDirectories).Single(), "not ours");
        (await RememberedAsync())!.Size.ShouldBe(long.MaxValue); // nothing is longer: nothing is signed

        Task<SignedState?> RememberedAsync() => keys.RememberedAsync(hall.Community, CancellationToken.None);
    }

    [Fact]
    public async Task Nothing_of_the_log_can_be_changed_or_taken_out()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(1);
        await hall.OpenBallotAsync();
        await AppendAsync(hall);
        foreach (var table in new[] { "log_leaf", "log_checkpoint", "log_document" })
        {
            await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync($"delete from {table} where community_id = @Community", new { hall.Community }));
            await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync($"update {table} set community_id = 0 where community_id = @Community", new { hall.Community }));
        }
    }

    [Fact]
    public async Task A_refused_or_repeated_vote_leaves_nothing_for_the_log()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-101", 1960, 1961);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        var key = Guid.NewGuid().ToString();
        (await hall.VoteAsync(people[0], ballot, "For", key)).Require();
        (await hall.VoteAsync(people[0], ballot, "For", key)).Require();
        BallotHall.CodeOf(await hall.VoteAsync(people[1], ballot, "Against")).ShouldBe("ballot.already-voted");
        BallotHall.CodeOf(await hall.VoteAsync(people[1], ballot, "Nothing")).ShouldBe("ballot.unknown-option");

        (await hall.ScalarAsync<int>("select count(*) from log_pending where community_id = @Community and kind is null", new { hall.Community })).ShouldBe(1);
    }

    [Fact]
    public async Task A_receipt_is_the_beginning_of_the_commitment_for_named_and_paper_votes_too()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, people) = await hall.AddHouseholdAsync("1-101", 1960);
        var (other, _) = await hall.AddHouseholdAsync("1-102", 1960);
        var papers = await PaperHall.OpenAsync(hall);
        var ballot = papers.Ballot;
        await papers.IssueAsync();
        (await hall.VoteAsync(people[0], ballot, "For")).Require();
        (await papers.ReadTwiceAsync(await papers.SerialOfAsync(other), null)).ShouldBe("accepted");
        (await papers.ReadTwiceAsync(await papers.SerialOfAsync(household), "Against")).ShouldBe("accepted");
        await papers.CloseAsync();
        (await papers.CertifyAsync()).ShouldBe("accepted");
        await papers.CloseAsync();
        await AppendAsync(hall);

        await using var connection = await database.DataSource.OpenConnectionAsync();
        var votes = (await Dapper.SqlMapper.QueryAsync<NamedVote>(
            connection,
            """
            select unit_key, choices, salt, receipt from vote where ballot_id = @ballot
            union all select unit_key, choices, salt, receipt from vote_replaced where ballot_id = @ballot
            """,
            new { ballot })).ToList();
        votes.Count.ShouldBe(3);
        votes.All(vote => Same(vote.Receipt, Commitments.Named(ballot, vote.UnitKey, vote.Choices, vote.Salt)[..10])).ShouldBeTrue();
        (await LedgerCheck.FaultsAsync(database.DataSource, hall.Community)).ShouldBeEmpty();
        var tally = JsonNode.Parse(await hall.ScalarAsync<string>("select content from log_document where ballot_id = @ballot and kind = 'tally'", new { ballot }))!;
        (tally["papers"]!.GetValue<int>(), tally["spoilt"]!.GetValue<int>()).ShouldBe((2, 1));
    }

    private static LedgerLoop Loop(BallotHall hall, TimeProvider time) =>
        new(hall.Database.DataSource, hall.Service<LedgerSequencer>(), time, NullLogger<LedgerLoop>.Instance);

    private static async Task AppendAsync(BallotHall hall) =>
        (await hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: true, CancellationToken.None)).Alarm.ShouldBeNull();

    private static async Task VoteAsync(BallotHall hall, BallotId ballot, IEnumerable<ResidentId> people)
    {
        foreach (var person in people)
        {
            (await hall.VoteAsync(person, ballot, "For")).Require();
        }
    }

    private static Task<int> VotesInLogAsync(BallotHall hall) =>
        hall.ScalarAsync<int>("select count(*) from log_leaf where community_id = @Community and kind = 'vote'", new { hall.Community });

    private static JsonNode Body(List<StoredLeaf> leaves, BallotId ballot, string kind) =>
        JsonNode.Parse(leaves.Single(leaf => leaf.BallotId == ballot.Value && leaf.Kind == kind).Text)!;

    private static bool Same(byte[] one, byte[] other) => one.AsSpan().SequenceEqual(other);

    private sealed record Opening(byte[] Commitment, byte[] Salt, byte[] Nonce, string[] Choices);

    private sealed record NamedVote(string UnitKey, string[] Choices, byte[] Salt, byte[] Receipt);
}

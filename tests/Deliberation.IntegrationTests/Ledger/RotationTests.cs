extern alias cli;
using System.Text.Json.Nodes;
using cli::Deliberation.Cli.Verify;
using Dapper;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Ledger;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ledger;

/// <summary>A log that gets a new key: who comes next is signed by who goes, and what was signed stays good.</summary>
public sealed class RotationTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task The_old_key_signs_who_comes_next_and_the_new_one_everything_after()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(3);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        (await hall.VoteAsync(people[0], ballot, "For")).Require();
        await AppendAsync(hall);
        var waiting = (await hall.VoteAsync(people[1], ballot, "For")).Require().Receipt.Code;
        var promise = (await hall.SendAsync(new GetReceiptEvidence(Caller.Anonymous, hall.Community, waiting))).Require().Promise!;
        var before = await HeadAsync(hall);
        var old = await LogKeyAsync(hall);

        (await hall.SendAsync(new RotateLogKey(hall.AsStaff(CallerKind.Admin), hall.Community, "The keeper leaves"))).Require();

        var next = await LogKeyAsync(hall);
        next.Id.ShouldNotBe(old.Id);
        (await CheckpointAsync(hall, before.Size + 1)).ShouldSatisfyAllConditions(note => old.HasSigned(note).ShouldBeTrue(), note => next.HasSigned(note).ShouldBeFalse());
        (await CheckpointAsync(hall, before.Size + 2)).ShouldSatisfyAllConditions(note => old.HasSigned(note).ShouldBeFalse(), note => next.HasSigned(note).ShouldBeTrue());
        (await LedgerCheck.LeavesAsync(database.DataSource, hall.Community)).Where(leaf => leaf.Kind == "key").Select(leaf => JsonNode.Parse(leaf.Text)!)
            .Select(body => $"{(body["key"]!.GetValue<string>() == Convert.ToBase64String(old.Spki) ? "old" : "new")} {body["state"]}").ShouldBe(["old Added", "new Added", "old Removed"]);

        await hall.CloseBallotAsync(ballot);
        await AppendAsync(hall);
        next.HasSigned(SignedNote.TryParse((await HeadAsync(hall)).Note)!).ShouldBeTrue();
        old.HasSigned(SignedNote.TryParse(promise)!).ShouldBeTrue(); // and the ledger's list has both keys
        (await hall.SendAsync(new GetLedger(Caller.Anonymous, hall.Community))).Require().Keys.Count(key => key.Role == KeyRole.Log).ShouldBe(2);
        await AuditedAsync(hall);
    }

    [Fact]
    public async Task A_key_may_be_changed_again_and_a_promise_is_signed_by_the_one_that_signs_now()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(1);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        await AppendAsync(hall);
        for (var i = 0; i < 3; i++)
        {
            (await hall.SendAsync(new RotateLogKey(hall.AsStaff(CallerKind.Admin), hall.Community, "Once a year"))).Require();
        }

        var receipt = (await hall.VoteAsync(people[0], ballot, "For")).Require().Receipt.Code;
        var promise = (await hall.SendAsync(new GetReceiptEvidence(Caller.Anonymous, hall.Community, receipt))).Require().Promise!;

        (await LogKeyAsync(hall)).HasSigned(SignedNote.TryParse(promise)!).ShouldBeTrue();
        await AppendAsync(hall);
        await AuditedAsync(hall);
    }

    [Fact]
    public async Task A_change_that_is_rolled_back_leaves_the_old_key_signing()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(1);
        await hall.OpenBallotAsync();
        await AppendAsync(hall);
        var (old, before) = (await LogKeyAsync(hall), await HeadAsync(hall));

        await using (var connection = await database.DataSource.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            (await hall.Service<LedgerSequencer>().RotateAsync(connection, hall.Community, CancellationToken.None)).ShouldNotBeNull();
            await transaction.RollbackAsync(); // or the process died
        }

        (await HeadAsync(hall)).Size.ShouldBe(before.Size);
        await hall.OpenBallotAsync();
        await AppendAsync(hall);
        old.HasSigned(SignedNote.TryParse((await HeadAsync(hall)).Note)!).ShouldBeTrue();
        await AuditedAsync(hall);
    }

    [Fact]
    public async Task Votes_that_are_appended_meanwhile_lose_nothing()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(30);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        await AppendAsync(hall);

        await Task.WhenAll(
            Task.Run(async () =>
            {
                foreach (var person in people)
                {
                    (await hall.VoteAsync(person, ballot, "For")).Require();
                    await hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: true, CancellationToken.None);
                }
            }),
            Task.Run(async () =>
            {
                for (var i = 0; i < 5; i++)
                {
                    (await hall.SendAsync(new RotateLogKey(hall.AsStaff(CallerKind.Admin), hall.Community, "Again and again"))).Require();
                }
            }));

        await hall.CloseBallotAsync(ballot);
        await AppendAsync(hall);
        await AuditedAsync(hall);
    }

    [Fact]
    public async Task It_needs_an_admin_a_reason_a_log_and_its_key()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var admin = hall.AsStaff(CallerKind.Admin);
        BallotHall.CodeOf(await hall.SendAsync(new RotateLogKey(admin, hall.Community, "Too early"))).ShouldBe("ledger.not-signed");
        await hall.AddHouseholdsAsync(1);
        await hall.OpenBallotAsync();
        await AppendAsync(hall);
        var before = await HeadAsync(hall);

        foreach (var reason in new[] { null, "", "four", new string('x', 301) })
        {
            BallotHall.CodeOf(await hall.SendAsync(new RotateLogKey(admin, hall.Community, reason!))).ShouldBe("ledger.reason-required");
        }

        foreach (var kind in new[] { CallerKind.Staff, CallerKind.Official, CallerKind.Supervisor })
        {
            BallotHall.CodeOf(await hall.SendAsync(new RotateLogKey(hall.AsStaff(kind), hall.Community, "I want to"))).ShouldNotBe("accepted");
        }

        foreach (var file in Directory.GetFiles(hall.Keys, "ledger-*.p8", SearchOption.AllDirectories))
        {
            File.Delete(file);
        }

        BallotHall.CodeOf(await hall.SendAsync(new RotateLogKey(admin, hall.Community, "Key is lost"))).ShouldBe("ledger.not-signed"); // who lost it cannot name the next
        (await HeadAsync(hall)).Size.ShouldBe(before.Size);
    }

    private static async Task AuditedAsync(BallotHall hall)
    {
        var path = Path.Combine(hall.Keys, "rotated.zip");
        await using (var file = File.Create(path))
        {
            await (await hall.SendAsync(new ExportPublicBundle(Caller.Anonymous, hall.Community))).Require().WriteAsync(file, CancellationToken.None);
        }

        BundleAudit.Run(path).Problem.ShouldBeNull();
    }

    private static async Task<NoteKey> LogKeyAsync(BallotHall hall)
    {
        await using var connection = await hall.Database.DataSource.OpenConnectionAsync();
        var (name, spki) = await connection.QuerySingleAsync<(string, byte[])>(
            "select name, public_key from log_key where community_id = @Community and role = 'Log' and removed_at is null", new { hall.Community });
        return NoteKey.TryRead(name, spki)!;
    }

    private static async Task<CheckpointView> HeadAsync(BallotHall hall) => (await hall.SendAsync(new GetCheckpoint(Caller.Anonymous, hall.Community))).Require();

    private static async Task<SignedNote> CheckpointAsync(BallotHall hall, long size) =>
        SignedNote.TryParse((await hall.SendAsync(new GetCheckpoint(Caller.Anonymous, hall.Community, size))).Require().Note)!;

    private static async Task AppendAsync(BallotHall hall) =>
        (await hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: true, CancellationToken.None)).Alarm.ShouldBeNull();
}

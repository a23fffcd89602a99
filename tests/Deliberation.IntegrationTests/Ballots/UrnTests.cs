using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

public sealed class UrnTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData("participation", "urn")]
    [InlineData("participation", "opening")]
    [InlineData("cast_answer", "urn")]
    [InlineData("cast_answer", "opening")]
    public async Task After_the_close_no_transaction_id_joins_voter_and_choice(string voters, string choices)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var ballot = await VotedAsync(hall);
        var found = $"""
            select count(*) from (
                select v.ctid from {voters} v join {choices} c on c.xmin = v.xmin where v.ballot_id = @ballot and c.ballot_id = @ballot
                group by v.ctid having count(*) < 20) found
            """; // all twenty are no answer: that is everybody's vote for everybody

        // While open, the sealed paper shares its transaction with the voter: that is why the intake goes.
        (await hall.ScalarAsync<int>(
            $"select count(*) from {voters} v join ballot_intake c on c.xmin = v.xmin where v.ballot_id = @ballot and c.ballot_id = @ballot", new { ballot })).ShouldBeGreaterThan(0);
        await hall.CloseBallotAsync(ballot);

        (await hall.ScalarAsync<int>($"select count(*) from {choices} where ballot_id = @ballot", new { ballot })).ShouldBe(20);
        (await hall.ScalarAsync<int>(found, new { ballot })).ShouldBe(0);
        (await hall.ScalarAsync<int>($"select count(distinct xmin::text) from {choices} where ballot_id = @ballot", new { ballot })).ShouldBe(1);
    }

    [Fact]
    public async Task The_intake_is_gone_after_the_close_and_the_key_once_that_is_committed()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var ballot = await VotedAsync(hall);
        var keys = hall.Service<BallotKeys>();
        var housekeeping = hall.Service<IEnumerable<IHostedService>>().OfType<BallotHousekeeping>().Single();

        await housekeeping.TidyAsync(CancellationToken.None);
        keys.Kept().ShouldContain(ballot);
        await hall.CloseBallotAsync(ballot);
        await housekeeping.TidyAsync(CancellationToken.None);

        keys.Kept().ShouldNotContain(ballot);
        (await hall.ScalarAsync<bool>("select to_regclass('ballot_intake_' || replace(@ballot::uuid::text, '-', '')) is null", new { ballot })).ShouldBeTrue();
    }

    [Fact]
    public async Task Two_installations_that_share_a_keys_folder_leave_each_others_keys_alone()
    {
        await using var elsewhere = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(database);
        await using var other = await BallotHall.OpenAsync(elsewhere, hall.Keys);
        await other.ExecuteAsync("update installation set installation_id = gen_random_uuid()"); // both are copies of one template
        var ballot = await VotedAsync(hall);
        foreach (var file in Directory.GetFiles(hall.Keys, "*", SearchOption.AllDirectories))
        {
            File.SetLastWriteTimeUtc(file, new DateTime(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc)); // older than any key whose opening was rolled back
        }

        await other.Service<IEnumerable<IHostedService>>().OfType<BallotHousekeeping>().Single().TidyAsync(CancellationToken.None);

        other.Service<BallotKeys>().Kept().ShouldBeEmpty();
        hall.Service<BallotKeys>().Kept().ShouldContain(ballot);
        await hall.CloseBallotAsync(ballot);
        (await hall.ScalarAsync<int>("select count(*) from opening where ballot_id = @ballot", new { ballot })).ShouldBe(20);
    }

    [Fact]
    public async Task The_urn_of_an_open_ballot_cannot_be_dropped_and_rows_cannot_be_changed()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var ballot = await VotedAsync(hall);

        await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync("select drop_ballot_intake(@Community, @ballot)", new { hall.Community, ballot }));
        await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync("delete from participation where ballot_id = @ballot", new { ballot }));
        await hall.CloseBallotAsync(ballot);
        await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync("update urn set choices = '{Against}' where ballot_id = @ballot", new { ballot }));
        await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync("update ballot set state = 'Open' where ballot_id = @ballot", new { ballot }));
    }

    [Fact]
    public async Task Before_the_close_nobody_gets_a_result_and_the_audit_names_no_voter()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var ballot = await VotedAsync(hall);

        BallotHall.CodeOf(await hall.SendAsync(new GetBallotResult(hall.AsStaff(CallerKind.Admin), hall.Community, ballot))).ShouldBe("ballot.not-closed");
        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'CastVote' and actor_id is not null", new { hall.Community })).ShouldBe(0);
        (await hall.ScalarAsync<int>("select sum((details->>'count')::int) from audit_entry where community_id = @Community and action = 'CastVote'", new { hall.Community })).ShouldBe(20);
    }

    private static async Task<Domain.BallotId> VotedAsync(BallotHall hall)
    {
        var people = await hall.AddHouseholdsAsync(20);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        foreach (var person in people)
        {
            (await hall.VoteAsync(person, ballot, "For")).Require();
        }

        return ballot;
    }
}

using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Who may see who voted how, when, and what each look leaves behind.</summary>
public sealed class NamedVotesTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task People_of_the_roll_see_units_areas_masked_names_and_choices_once_the_result_is_declared_and_each_look_is_on_record()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var owners = await OwnersAsync(hall, 3);
        var ballot = await hall.OpenBallotAsync("Owners");
        (await hall.VoteAsync(owners[1], ballot, "Against")).Require();
        (await hall.VoteAsync(owners[0], ballot, "For")).Require();
        await hall.CloseBallotAsync(ballot);
        BallotHall.CodeOf(await ReadAsync(hall, hall.As(owners[2]), ballot)).ShouldBe("ballot.not-declared");
        await DeclareAsync(hall, ballot);

        var list = (await ReadAsync(hall, hall.As(owners[2]), ballot)).Require();

        list.Votes.Items.Select(vote => (vote.Label, vote.AreaHundredths, string.Join(' ', vote.Names), string.Join(' ', vote.Choices), vote.Status))
            .ShouldBe([("1-1", 8_000, "Z**", "For", "Counted"), ("1-2", 8_100, "Z**", "Against", "Counted")]);
        list.Votes.Total.ShouldBe(2);
        (await hall.ScalarAsync<int>(
            "select count(*) from audit_entry where community_id = @Community and action = 'ListNamedVotes' and subject = 'ballot:' || @ballot and actor_id = @reader",
            new { hall.Community, ballot, reader = owners[2] })).ShouldBe(1);
        (await ReadAsync(hall, hall.AsStaff(), ballot)).Require();
        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'ListNamedVotes'", new { hall.Community })).ShouldBe(2, "a look that is refused shows nothing");
    }

    [Fact]
    public async Task It_is_read_in_pages_and_a_spoilt_or_unsigned_paper_shows_whom_the_unit_belongs_to()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var owners = await OwnersAsync(hall, 5);
        var ballot = await hall.OpenBallotAsync("Owners");
        foreach (var owner in owners)
        {
            (await hall.VoteAsync(owner, ballot, "For")).Require();
        }

        await hall.ExecuteAsync(
            "update vote set resident_id = null, channel = 'Paper', choices = '{}', status = 'Spoilt' where community_id = @Community and ballot_id = @ballot and resident_id = @first",
            new { hall.Community, ballot, first = owners[0] });
        await hall.CloseBallotAsync(ballot);
        await DeclareAsync(hall, ballot);

        var pages = new List<NamedVotes>();
        for (var number = 1; number <= 3; number++)
        {
            pages.Add((await hall.SendAsync(new ListNamedVotes(hall.As(owners[0]), hall.Community, ballot, new PageRequest(number, 2)))).Require());
        }

        pages.Select(page => page.Votes.Items.Count).ShouldBe([2, 2, 1]);
        pages.SelectMany(page => page.Votes.Items).Select(vote => vote.Label).ShouldBe(["1-1", "1-2", "1-3", "1-4", "1-5"]);
        var spoilt = pages[0].Votes.Items[0];
        (spoilt.Status, spoilt.Channel, spoilt.Names.Single()).ShouldBe(("Spoilt", VoteChannel.Paper, "Z**"));
        spoilt.Choices.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_else_sees_it_and_a_secret_ballot_has_none()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await using var other = await BallotHall.OpenAsync(database);
        var owners = await OwnersAsync(hall, 2);
        var tenant = ResidentId.New();
        await hall.AddResidentAsync(tenant);
        var named = await hall.OpenBallotAsync("Owners");
        var householder = (await hall.AddHouseholdsAsync(1))[0];
        var secret = await hall.OpenBallotAsync("Households", "Secret");
        foreach (var (ballot, voter) in new[] { (named, owners[0]), (secret, householder) })
        {
            (await hall.VoteAsync(voter, ballot, "For")).Require();
            await hall.CloseBallotAsync(ballot);
            await DeclareAsync(hall, ballot);
        }

        BallotHall.CodeOf(await ReadAsync(hall, hall.As(tenant), named)).ShouldBe("ballot.not-on-roll");
        BallotHall.CodeOf(await ReadAsync(hall, Caller.Anonymous, named)).ShouldBe("access.not-found");
        BallotHall.CodeOf(await ReadAsync(hall, hall.AsStaff(CallerKind.Official), named)).ShouldBe("access.not-allowed");
        BallotHall.CodeOf(await ReadAsync(hall, other.AsStaff(), named)).ShouldBe("access.not-found");
        BallotHall.CodeOf(await other.SendAsync(new ListNamedVotes(other.AsStaff(), other.Community, named, new PageRequest(1)))).ShouldBe("ballot.not-found");
        BallotHall.CodeOf(await ReadAsync(hall, hall.As(householder), secret)).ShouldBe("ballot.not-found");
        BallotHall.CodeOf(await ReadAsync(hall, hall.AsStaff(CallerKind.Admin), secret)).ShouldBe("ballot.not-found");
        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'ListNamedVotes'", new { hall.Community })).ShouldBe(0);
    }

    private static Task<Result<NamedVotes>> ReadAsync(BallotHall hall, Caller caller, BallotId ballot) =>
        hall.SendAsync(new ListNamedVotes(caller, hall.Community, ballot, new PageRequest(1)));

    private static Task DeclareAsync(BallotHall hall, BallotId ballot) =>
        hall.ExecuteAsync("update ballot set state = 'Declared' where community_id = @Community and ballot_id = @ballot", new { hall.Community, ballot });

    private static async Task<List<ResidentId>> OwnersAsync(BallotHall hall, int count)
    {
        var owners = new List<ResidentId>();
        for (var i = 1; i <= count; i++)
        {
            owners.Add(ResidentId.New());
            await hall.AddResidentAsync(owners[^1]);
            await hall.AddUnitAsync($"1-{i}", 7_900 + (100 * i), "Residential", "Delivered", owners[^1]);
        }

        return owners;
    }
}

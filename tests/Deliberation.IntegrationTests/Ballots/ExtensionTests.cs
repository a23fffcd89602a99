using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>The window ends later: once, in public, before it has ended, with its timers.</summary>
public sealed class ExtensionTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task Close_and_reminders_move_in_the_same_transaction_everybody_is_told_and_votes_count_until_the_new_instant()
    {
        await using var own = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(own);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var opens = new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
        await own.SetCouncilTimeAsync(opens);
        var ballot = await hall.OpenBallotAsync(BallotHall.Question(opens));
        await hall.ExecuteAsync(
            """
            insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
            select @Community, @Instance, n, n, 'a', 't', (select visit_id from ballot where ballot_id = @ballot), n, council_now() from unnest(array['close', 'reminder']) n;
            insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
            values (@Community, @Instance, 'other', 'other', 'a', 't', 'other', 'other', council_now());
            insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up)
            select community_id, instance_id, bookmark_id, @closes, @closes, 'Once' from workflow_bookmark where instance_id = @Instance;
            """,
            new { hall.Community, hall.Instance, ballot, closes = opens.AddDays(7) });

        var until = (await hall.SendAsync(new ExtendBallot(hall.AsStaff(), hall.Community, ballot, 3, "Too few came in the rain"))).Require();

        until.ShouldBe(opens.AddDays(10));
        (await hall.ScalarAsync<string>(
            "select string_agg(bookmark_id || ' ' || extract(day from due_at - @opens)::int || ' ' || extract(day from original_due_at - @opens)::int, ', ' order by bookmark_id) from workflow_timer where instance_id = @Instance",
            new { opens, hall.Instance })).ShouldBe("close 10 10, other 7 7, reminder 10 10");
        (await hall.ScalarAsync<int>("select count(*) from outbox_message where text_key = 'ballots.message.extended' and resident_id = @id", new { id = people[0] })).ShouldBe(1);
        (await hall.ScalarAsync<string>("select values->>'reason' from project_event where text_key = 'ballots.timeline.extended'")).ShouldBe("Too few came in the rain");
        var view = (await hall.SendAsync(new GetBallot(hall.As(people[0]), hall.Community, ballot))).Require();
        view.Extension.ShouldBe(new BallotExtension(opens.AddDays(7), "Too few came in the rain"));

        await own.SetCouncilTimeAsync(opens.AddDays(10).AddMinutes(-1));
        (await hall.VoteAsync(people[0], ballot, "For")).Require();
        await own.SetCouncilTimeAsync(opens.AddDays(10));
        BallotHall.CodeOf(await hall.VoteAsync(people[0], ballot, "Against")).ShouldBe("ballot.window-closed");
    }

    [Fact]
    public async Task Only_once()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdAsync("1-1", 1960);
        var ballot = await hall.OpenBallotAsync();
        var extend = new ExtendBallot(hall.AsStaff(), hall.Community, ballot, 1, "Too few came");
        (await hall.SendAsync(extend)).Require();

        await RefusedAsync(hall, extend, "ballot.already-extended");
        await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync("update ballot set original_closes_at = null, extension_reason = null where ballot_id = @ballot", new { ballot }));
    }

    [Theory]
    [InlineData("Households", 7, 7)]
    [InlineData("Households", 1, 1)]
    [InlineData("Owners", 30, 30)]
    [InlineData("Owners", 50, 10)]
    [InlineData("Owners", 60, 0)]
    public async Task At_most_by_its_own_length_and_for_owners_within_sixty_days(string roll, int length, int most)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdAsync("1-1", 1960);
        var now = await database.CouncilNowAsync();
        var ballot = await hall.OpenBallotAsync(BallotHall.Question(now, roll) with { ClosesAt = now.AddDays(length) });
        var extend = new ExtendBallot(hall.AsStaff(), hall.Community, ballot, most + 1, "Too few came");

        await RefusedAsync(hall, extend, "ballot.extension-too-long");
        await RefusedAsync(hall, extend with { Days = 0 }, "ballot.extension-too-long");
        await RefusedAsync(hall, extend with { Days = -1 }, "ballot.extension-too-long");
        if (most > 0)
        {
            (await hall.SendAsync(extend with { Days = most })).Require().ShouldBe(now.AddDays(length + most), TimeSpan.FromMilliseconds(1));
        }
    }

    [Fact]
    public async Task Only_before_the_close_while_it_runs_with_a_reason_and_by_staff()
    {
        await using var own = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(own);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var ballot = await hall.OpenBallotAsync();
        var closesAt = (await hall.SendAsync(new GetBallot(hall.As(people[0]), hall.Community, ballot))).Require().ClosesAt;
        var extend = new ExtendBallot(hall.AsStaff(), hall.Community, ballot, 1, "Too few came");

        await RefusedAsync(hall, extend with { Reason = "rain" }, "ballot.reason-required");
        await RefusedAsync(hall, extend with { Reason = new string('x', 301) }, "ballot.reason-required");
        await RefusedAsync(hall, extend with { Caller = hall.As(people[0]) }, "access.not-allowed");
        await RefusedAsync(hall, extend with { Ballot = new BallotId(Guid.NewGuid()) }, "ballot.not-found");
        (await hall.SendAsync(new PauseBallot(hall.AsStaff(), hall.Community, ballot, "The hall is flooded"))).Require();
        await RefusedAsync(hall, extend, "ballot.paused");
        (await hall.SendAsync(new ResumeBallot(hall.AsStaff(), hall.Community, ballot))).Require();
        await own.SetCouncilTimeAsync(closesAt.AddMinutes(1));
        await RefusedAsync(hall, extend, "ballot.window-closed");
        await hall.CloseBallotAsync(ballot);
        await RefusedAsync(hall, extend, "ballot.not-running");
    }

    [Fact]
    public async Task The_questions_of_one_paper_move_together()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdAsync("1-1", 1960);
        var now = await database.CouncilNowAsync();
        var first = await hall.OpenBallotAsync(BallotHall.Question(now) with { Paper = "paper" });
        await hall.OpenBallotAsync(BallotHall.Question(now) with { Paper = "paper" });
        var alone = await hall.OpenBallotAsync(BallotHall.Question(now));

        (await hall.SendAsync(new ExtendBallot(hall.AsStaff(), hall.Community, first, 2, "Too few came"))).Require();

        (await hall.ScalarAsync<int>("select count(*) from ballot where community_id = @Community and closes_at = original_closes_at + interval '2 days'", new { hall.Community })).ShouldBe(2);
        (await hall.ScalarAsync<bool>("select original_closes_at is null from ballot where ballot_id = @alone", new { alone })).ShouldBeTrue();
        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'ExtendBallot'", new { hall.Community })).ShouldBe(2);
    }

    private static async Task RefusedAsync(BallotHall hall, ExtendBallot extend, string code)
    {
        const string Closes = "select string_agg(closes_at::text, ' ' order by ballot_id) from ballot where community_id = @Community";
        var before = await hall.ScalarAsync<string>(Closes, new { hall.Community });
        BallotHall.CodeOf(await hall.SendAsync(extend)).ShouldBe(code);
        (await hall.ScalarAsync<string>(Closes, new { hall.Community })).ShouldBe(before);
    }
}

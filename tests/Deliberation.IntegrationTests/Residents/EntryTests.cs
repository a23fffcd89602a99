using Deliberation.Domain;
using Deliberation.Features.Access;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Residents;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;

namespace Deliberation.IntegrationTests.Residents;

public sealed class EntryTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_slip_shows_whose_it_is_and_lets_its_household_in_until_it_is_revoked()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, people) = await hall.AddHouseholdAsync("3-502", 1950);
        var slip = (await hall.SendAsync(new IssueSlip(hall.AsStaff(), hall.Community, household, null, "3-502"))).Require();
        slip.Token.ShouldBe($"{hall.Code}-3-502");
        using var communities = new CommunityDirectory(hall.Database.DataSource, TimeProvider.System, NullLogger<CommunityDirectory>.Instance);
        (await communities.ByCodeAsync(slip.Token.ToUpperInvariant(), CancellationToken.None)).ShouldNotBeNull().Id.ShouldBe(hall.Community);
        (await communities.ByCodeAsync("nowhere-3-502", CancellationToken.None)).ShouldBeNull();

        var view = (await hall.SendAsync(new ReadSlip(Caller.Anonymous, hall.Community, slip.Token.ToUpperInvariant()))).Require();
        view.Door.ShouldBe("3-502");
        view.People.ShouldHaveSingleItem().MaskedName.ShouldBe("Z*n");
        var secret = (await hall.SendAsync(new EnterBySlip(Caller.Anonymous, hall.Community, slip.Token, null))).Require().Secret!;
        var session = (await hall.Service<IResidentSessions>().FindAsync(secret, CancellationToken.None))!;
        session.Resident.ShouldBe(people[0]);
        session.Household.ShouldBe(household);
        BallotHall.CodeOf(await hall.SendAsync(new EnterBySlip(Caller.Anonymous, hall.Community, slip.Token, ResidentId.New()))).ShouldBe("slip.not-yours");

        slip.MaskedName.ShouldBeNull();
        (await hall.SendAsync(new IssueSlip(hall.AsStaff(), hall.Community, household, null, For: ResidentId.New()))).Require().MaskedName.ShouldBeNull(); // not of this household

        var anew = (await hall.SendAsync(new IssueSlip(hall.AsStaff(), hall.Community, household, null, For: people[0]))).Require();
        anew.MaskedName.ShouldBe("Z*n");
        BallotHall.CodeOf(await hall.SendAsync(new ReadSlip(Caller.Anonymous, hall.Community, slip.Token))).ShouldBe("slip.revoked");
        (await hall.SendAsync(new RevokeSlip(hall.AsStaff(), hall.Community, anew.Slip, "lost"))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new EnterBySlip(Caller.Anonymous, hall.Community, anew.Token, null))).ShouldBe("slip.revoked");
        BallotHall.CodeOf(await hall.SendAsync(new ReadSlip(Caller.Anonymous, hall.Community, $"{hall.Code}-nothing"))).ShouldBe("slip.unknown");
        (await FreshAsync(hall, secret)).ShouldBeNull();
    }

    [Fact]
    public async Task Two_adults_without_a_delegate_are_asked_who_comes_in()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, people) = await hall.AddHouseholdAsync("1-1", 1950, 1952);
        var slip = (await hall.SendAsync(new IssueSlip(hall.AsStaff(), hall.Community, household, null))).Require();

        var asked = (await hall.SendAsync(new EnterBySlip(Caller.Anonymous, hall.Community, slip.Token, null))).Require();
        asked.Secret.ShouldBeNull();
        asked.People.Select(p => p.Resident).ShouldBe(people);
        (await hall.SendAsync(new EnterBySlip(Caller.Anonymous, hall.Community, slip.Token, people[1]))).Require().Secret.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_code_lets_in_once_within_ten_minutes_and_five_tries()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddResidentAsync(ResidentId.New(), phone: "100-0000-1234");
        var asked = (await hall.SendAsync(new RequestCode(Caller.Anonymous, hall.Community, "10000001234", "::1"))).Require();
        var code = await CodeAsync(hall);
        var wrong = code == "000000" ? "000001" : "000000";

        BallotHall.CodeOf(await hall.SendAsync(new EnterByCode(Caller.Anonymous, hall.Community, asked.Request, wrong, null))).ShouldBe("code.wrong");
        (await hall.SendAsync(new EnterByCode(Caller.Anonymous, hall.Community, asked.Request, code, null))).Require().Secret.ShouldNotBeNull();
        BallotHall.CodeOf(await hall.SendAsync(new EnterByCode(Caller.Anonymous, hall.Community, asked.Request, code, null))).ShouldBe("code.expired");

        var next = (await hall.SendAsync(new RequestCode(Caller.Anonymous, hall.Community, "100-0000-1234", "::1"))).Require();
        for (var i = 0; i < 5; i++)
        {
            BallotHall.CodeOf(await hall.SendAsync(new EnterByCode(Caller.Anonymous, hall.Community, next.Request, "12", null))).ShouldBe("code.wrong");
        }

        BallotHall.CodeOf(await hall.SendAsync(new EnterByCode(Caller.Anonymous, hall.Community, next.Request, await CodeAsync(hall), null))).ShouldBe("code.expired");
    }

    [Fact]
    public async Task An_expired_code_and_a_fourth_request_in_ten_minutes_are_refused()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddResidentAsync(ResidentId.New(), phone: "100-0000-1234");
        var asked = (await hall.SendAsync(new RequestCode(Caller.Anonymous, hall.Community, "100-0000-1234", "::1"))).Require();
        await hall.ExecuteAsync("update one_time_code set expires_at = clock_timestamp() where code_id = @Request", new { asked.Request });

        BallotHall.CodeOf(await hall.SendAsync(new EnterByCode(Caller.Anonymous, hall.Community, asked.Request, await CodeAsync(hall), null))).ShouldBe("code.expired");
        (await hall.SendAsync(new RequestCode(Caller.Anonymous, hall.Community, "100-0000-1234", "::1"))).Require();
        (await hall.SendAsync(new RequestCode(Caller.Anonymous, hall.Community, "100-0000-1234", "::1"))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new RequestCode(Caller.Anonymous, hall.Community, "100-0000-1234", "::1"))).ShouldBe("code.too-many");
        BallotHall.CodeOf(await hall.SendAsync(new RequestCode(Caller.Anonymous, hall.Community, "call me", "::1"))).ShouldBe("code.phone-invalid");
    }

    [Fact]
    public async Task An_unknown_number_gets_the_same_answer_and_no_message()
    {
        await using var hall = await BallotHall.OpenAsync(database);

        var asked = (await hall.SendAsync(new RequestCode(Caller.Anonymous, hall.Community, "100-0000-9999", "::1"))).Require();

        asked.Minutes.ShouldBe(10);
        (await hall.ScalarAsync<int>("select count(*) from outbox_message where community_id = @Community", new { hall.Community })).ShouldBe(0);
        BallotHall.CodeOf(await hall.SendAsync(new EnterByCode(Caller.Anonymous, hall.Community, asked.Request, "123456", null))).ShouldBe("code.wrong");
    }

    [Fact]
    public async Task A_helper_votes_with_a_person_before_a_witness_for_a_quarter_of_an_hour()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var ballot = await hall.OpenBallotAsync();
        BallotHall.CodeOf(await hall.SendAsync(new StartAssistedSession(hall.AsStaff(), hall.Community, people[0], "wang"))).ShouldBe("residents.witness-is-helper");
        var assisted = (await hall.SendAsync(new StartAssistedSession(hall.AsStaff(), hall.Community, people[0], "Li Hua"))).Require();

        var caller = (await hall.Service<IResidentSessions>().FindAsync(assisted.Secret, CancellationToken.None))!.AsCaller();
        (await hall.SendAsync(new CastVote(caller, hall.Community, ballot, ["For"], Guid.NewGuid().ToString()))).Require();

        (await hall.ScalarAsync<string>("select channel || ' ' || witness from vote where ballot_id = @ballot", new { ballot })).ShouldBe("Assisted Li Hua");
        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'CastVote' and actor_id = @Staff", new { hall.Community, hall.Staff })).ShouldBe(1);
        await hall.ExecuteAsync("update resident_session set lease_until = clock_timestamp() where community_id = @Community", new { hall.Community });
        (await FreshAsync(hall, assisted.Secret)).ShouldBeNull();
    }

    [Fact]
    public async Task A_lost_phone_an_idle_hour_and_a_move_end_sessions()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var slip = (await hall.SendAsync(new IssueSlip(hall.AsStaff(), hall.Community, household, null))).Require();
        var first = (await hall.SendAsync(new EnterBySlip(Caller.Anonymous, hall.Community, slip.Token, null))).Require().Secret!;
        (await hall.SendAsync(new RevokeSessions(hall.AsStaff(), hall.Community, people[0], "phone lost"))).Require().ShouldBe(1);
        (await FreshAsync(hall, first)).ShouldBeNull();

        var second = (await hall.SendAsync(new EnterBySlip(Caller.Anonymous, hall.Community, slip.Token, null))).Require().Secret!;
        await hall.ExecuteAsync("update resident_session set last_seen_at = clock_timestamp() - interval '20 minutes' where community_id = @Community", new { hall.Community });
        (await FreshAsync(hall, second)).ShouldBeNull();

        var third = (await hall.SendAsync(new EnterBySlip(Caller.Anonymous, hall.Community, slip.Token, null))).Require().Secret!;
        var next = (await hall.SendAsync(new MoveHousehold(hall.AsStaff(), hall.Community, household, "2", "2-9", "Bought the flat"))).Require();
        next.ShouldNotBeNull();
        (await FreshAsync(hall, third)).ShouldBeNull();
        BallotHall.CodeOf(await hall.SendAsync(new ReadSlip(Caller.Anonymous, hall.Community, slip.Token))).ShouldBe("slip.revoked");
        BallotHall.CodeOf(await hall.SendAsync(new MoveHousehold(hall.AsStaff(), hall.Community, household, null, null, "again"))).ShouldBe("residents.already-moved");
        var found = (await hall.SendAsync(new FindResident(hall.AsStaff(), hall.Community, "Lan"))).Require().ShouldHaveSingleItem();
        (found.Door, found.OpenSessions).ShouldBe(("2-9", 0));
    }

    [Fact]
    public async Task My_matters_show_what_waits_and_a_malformed_cookie_is_nobody()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var ballot = await hall.OpenBallotAsync();

        var before = (await hall.SendAsync(new ListMyMatters(hall.As(people[0]), hall.Community))).Require();
        (before.ToVote.Count, before.Voted.Count, before.UnreadMessages >= 0, before.Door).ShouldBe((1, 0, true, "1-1"));
        (await hall.VoteAsync(people[0], ballot, "For")).Require();
        var after = (await hall.SendAsync(new ListMyMatters(hall.As(people[0]), hall.Community))).Require();
        (after.ToVote.Count, after.Voted.Count).ShouldBe((0, 1));

        foreach (var cookie in new[] { "", "1.", "x", new string('9', 5000), "1." + new string('0', 64) })
        {
            (await hall.Service<IResidentSessions>().FindAsync(cookie, CancellationToken.None)).ShouldBeNull();
        }
    }

    [Fact]
    public async Task A_reminder_asks_for_nothing_once_the_vote_is_cast_or_the_ballot_has_ended()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var ballot = await hall.OpenBallotAsync();
        var other = await hall.OpenBallotAsync();
        await hall.RemindAsync(ballot, "3wd");
        async Task<(int Unread, string Settled)> SeenAsync()
        {
            var unread = (await hall.SendAsync(new ListMyMatters(hall.As(people[0]), hall.Community))).Require().UnreadMessages;
            var messages = (await hall.SendAsync(new ListMyMessages(hall.As(people[0]), hall.Community, new PageRequest(1)))).Require().Items;
            return (unread, string.Join(' ', messages.Select(m => $"{m.TextKey.Split('.')[^1]}:{m.Settled ?? "new"}").Order(StringComparer.Ordinal)));
        }

        await hall.ExecuteAsync("update outbox_message set not_before = null where community_id = @Community", new { hall.Community }); // whatever the hour
        (await SeenAsync()).ShouldBe((3, "opened:new opened:new reminder:new"));
        (await hall.VoteAsync(people[0], ballot, "For")).Require();
        (await SeenAsync()).ShouldBe((1, "opened:Done opened:new reminder:Done"));

        await hall.ExecuteAsync("update ballot set closes_at = council_now() where ballot_id = @other", new { other });
        (await SeenAsync()).ShouldBe((0, "opened:Done opened:Over reminder:Done"));
    }

    [Fact]
    public async Task Reading_marks_what_was_seen_and_leaves_what_came_later_and_other_peoples_alone()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var (_, others) = await hall.AddHouseholdAsync("1-2", 1970);
        await hall.OpenBallotAsync();
        await hall.OpenBallotAsync();
        async Task<IReadOnlyList<MessageLine>> OfAsync(ResidentId resident) => (await hall.SendAsync(new ListMyMessages(hall.As(resident), hall.Community, new PageRequest(1)))).Require().Items;
        var seen = (await OfAsync(people[0]))[^1];
        await hall.ExecuteAsync("update outbox_message set council_at = council_at - interval '1 minute' where message_id = @id", new { id = seen.Id });

        (await hall.SendAsync(new MarkMessagesRead(hall.As(people[0]), hall.Community, seen.Id))).Require();
        (await OfAsync(people[0])).Select(message => message.ReadAt is not null).ShouldBe([false, true]);
        (await hall.SendAsync(new MarkMessagesRead(hall.As(people[0]), hall.Community, (await OfAsync(others[0]))[0].Id))).Require();
        (await OfAsync(people[0])).Select(message => message.ReadAt is not null).ShouldBe([false, true]);
        (await hall.SendAsync(new MarkMessagesRead(hall.As(people[0]), hall.Community, (await OfAsync(people[0]))[0].Id))).Require();
        (await OfAsync(people[0])).ShouldAllBe(message => message.ReadAt != null);
        (await OfAsync(others[0])).ShouldAllBe(message => message.ReadAt == null);
    }

    [Fact]
    public async Task Another_household_is_offered_only_to_whom_it_is_open()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var (second, _) = await hall.AddHouseholdAsync("1-2", 1970);
        var home = await hall.ScalarAsync<Guid>("select household_id from resident where resident_id = @resident", new { resident = people[0] });
        async Task<bool> SeenAsync() => (await hall.SendAsync(new ListMyMatters(hall.As(people[0]) with { Household = new HouseholdId(home) }, hall.Community))).Require().HasOtherHouseholds;

        (await SeenAsync()).ShouldBeFalse();
        await hall.ExecuteAsync("update household set delegate_id = @resident where household_id = @second", new { resident = people[0], second });
        (await SeenAsync()).ShouldBeTrue();
    }

    private static Task<string> CodeAsync(BallotHall hall) => hall.ScalarAsync<string>(
        "select values->>'code' from outbox_message where community_id = @Community and channel = 'Sms' order by ctid desc limit 1", new { hall.Community });

    /// <summary>As another node sees it, without this node's memory of three seconds.</summary>
    private static async Task<ResidentSession?> FreshAsync(BallotHall hall, string secret)
    {
        await using var reader = new SessionReader(hall.Database.DataSource);
        return await new ResidentSessionCache(reader).FindAsync(secret, CancellationToken.None);
    }
}

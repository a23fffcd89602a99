using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Features.Residents;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>A scribe and a witness help one person for a quarter of an hour; both are on record, the choice is not.</summary>
public sealed class AssistedVoteTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [Mechanism("M4.10")]
    [InlineData("Named")]
    [InlineData("Secret")]
    public async Task The_audit_names_helper_and_witness_and_never_the_choice(string secrecy)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var ballot = await hall.OpenBallotAsync(secrecy: secrecy);
        var caller = await HelpedAsync(hall, people[0]);

        (await hall.SendAsync(new CastVote(caller, hall.Community, ballot, ["Against"], Guid.NewGuid().ToString()))).Require();

        const string Lines = "from audit_entry where community_id = @Community and action = 'CastVote' and actor_id = @Staff";
        (await hall.ScalarAsync<string>($"select details->>'channel' || ' ' || (details->>'witness') {Lines}", new { hall.Community, hall.Staff })).ShouldBe("Assisted Li Hua");
        (await hall.ScalarAsync<int>($"select count(*) {Lines} and on_behalf_of is not null", new { hall.Community, hall.Staff })).ShouldBe(secrecy == "Named" ? 1 : 0);
        (await hall.ScalarAsync<int>("select count(*) from audit_entry a where community_id = @Community and a::text ilike '%against%'", new { hall.Community })).ShouldBe(0);
        (await hall.ScalarAsync<string>("select details->>'witness' from audit_entry where community_id = @Community and action = 'StartAssistedSession'", new { hall.Community }))
            .ShouldBe("Li Hua");
    }

    [Fact]
    public async Task A_secret_vote_keeps_the_channel_nowhere_but_in_the_audit()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var ballot = await hall.OpenBallotAsync(secrecy: "Secret");
        (await hall.SendAsync(new CastVote(await HelpedAsync(hall, people[0]), hall.Community, ballot, ["For"], Guid.NewGuid().ToString()))).Require();
        await hall.CloseBallotAsync(ballot);

        foreach (var table in new[] { "participation", "urn", "opening", "cast_answer" })
        {
            (await hall.ScalarAsync<int>($"select count(*) from {table} t where ballot_id = @ballot and (t::text ilike '%assisted%' or t::text ilike '%li hua%')", new { ballot })).ShouldBe(0, table);
        }

        (await hall.ScalarAsync<int>("select count(*) from audit_entry a join urn u on u.xmin = a.xmin where u.ballot_id = @ballot and a.action = 'CastVote'", new { ballot })).ShouldBe(0);
    }

    [Fact]
    public async Task Every_act_of_the_session_is_the_helper_s_before_the_witness()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var secret = (await hall.SendAsync(new StartAssistedSession(hall.AsStaff(), hall.Community, people[0], "Li Hua"))).Require().Secret;
        var caller = (await hall.Service<IResidentSessions>().FindAsync(secret, CancellationToken.None))!.AsCaller();

        (await hall.SendAsync(new Leave(caller, hall.Community, secret))).Require();

        (await hall.ScalarAsync<string>(
            "select actor_kind || ' ' || (details->>'channel') || ' ' || (details->>'witness') from audit_entry where community_id = @Community and action = 'Leave' and actor_id = @Staff and on_behalf_of = @resident",
            new { hall.Community, hall.Staff, resident = people[0] })).ShouldBe("Staff Assisted Li Hua");
    }

    [Fact]
    public async Task The_session_ends_with_its_quarter_of_an_hour_whatever_is_done_in_it()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var assisted = (await hall.SendAsync(new StartAssistedSession(hall.AsStaff(), hall.Community, people[0], "Li Hua"))).Require();
        (await hall.ScalarAsync<double>(
            "select extract(epoch from lease_until - started_at)::float8 from resident_session where community_id = @Community", new { hall.Community })).ShouldBe(900, 1);

        await ShiftAsync("14 minutes 58 seconds");
        (await FreshAsync(hall, assisted.Secret)).ShouldNotBeNull().HelperName.ShouldBe("Wang");
        await ShiftAsync("2 seconds");
        (await FreshAsync(hall, assisted.Secret)).ShouldBeNull();

        Task<int> ShiftAsync(string by) => hall.ExecuteAsync(
            $"update resident_session set lease_until = lease_until - interval '{by}', last_seen_at = clock_timestamp() where community_id = @Community", new { hall.Community });
    }

    [Fact]
    public async Task A_helper_whose_account_is_shut_helps_no_longer()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var assisted = (await hall.SendAsync(new StartAssistedSession(hall.AsStaff(), hall.Community, people[0], "Li Hua"))).Require();
        (await FreshAsync(hall, assisted.Secret)).ShouldNotBeNull();

        await hall.ExecuteAsync("update staff set is_enabled = false where staff_id = @Staff", new { hall.Staff });

        (await FreshAsync(hall, assisted.Secret)).ShouldBeNull();
    }

    [Fact]
    public async Task Helper_witness_and_voter_are_three_people()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);

        foreach (var (witness, code) in new[] { ("Wang", "witness-is-helper"), ("zhang lan", "witness-is-voter"), (" ", "witness-required"), ("L", "witness-required"), (new string('x', 61), "witness-required") })
        {
            BallotHall.CodeOf(await hall.SendAsync(new StartAssistedSession(hall.AsStaff(), hall.Community, people[0], witness))).ShouldBe($"residents.{code}", witness);
        }

        BallotHall.CodeOf(await hall.SendAsync(new StartAssistedSession(hall.As(people[0]), hall.Community, people[0], "Li Hua"))).ShouldBe("access.not-allowed");
        (await hall.ScalarAsync<int>("select count(*) from resident_session where community_id = @Community", new { hall.Community })).ShouldBe(0);
    }

    [Fact]
    public async Task A_candidate_and_whoever_lives_with_one_neither_helps_nor_witnesses()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var (_, family) = await hall.AddHouseholdAsync("1-2", 1960, 1962);
        await hall.ExecuteAsync("update resident set full_name = 'Candidate' where resident_id = @id", new { id = family[0] });
        await hall.ExecuteAsync("update resident set full_name = 'Spouse' where resident_id = @id", new { id = family[1] });
        var early = await HelpedAsync(hall, people[0], "Spouse"); // before there is an election
        var ballot = await ElectionAsync(hall, family[0]);

        BallotHall.CodeOf(await StartAsync("Candidate")).ShouldBe("residents.close-to-candidate");
        BallotHall.CodeOf(await StartAsync("Spouse")).ShouldBe("residents.close-to-candidate");
        BallotHall.CodeOf(await hall.SendAsync(new StartAssistedSession(hall.AsStaff(), hall.Community, people[0], "Li Hua"))).ShouldBe("residents.distance-undeclared");
        BallotHall.CodeOf(await hall.SendAsync(new CastVote(early, hall.Community, ballot, [$"{family[0]}"], Guid.NewGuid().ToString()))).ShouldBe("residents.close-to-candidate");
        await hall.ExecuteAsync("update staff set display_name = 'Candidate' where staff_id = @Staff", new { hall.Staff });
        BallotHall.CodeOf(await StartAsync("Li Hua")).ShouldBe("residents.close-to-candidate");
        (await hall.ScalarAsync<int>("select count(*) from participation where ballot_id = @ballot", new { ballot })).ShouldBe(0);

        await hall.ExecuteAsync("update staff set display_name = 'Wang' where staff_id = @Staff", new { hall.Staff });
        (await StartAsync("Li Hua")).Require();
        (await hall.ScalarAsync<bool>("select (details->>'isDistant')::boolean from audit_entry where community_id = @Community and action = 'StartAssistedSession' order by entry_id desc limit 1", new { hall.Community }))
            .ShouldBeTrue();

        Task<Result<AssistedSession>> StartAsync(string witness) =>
            hall.SendAsync(new StartAssistedSession(hall.AsStaff(), hall.Community, people[0], witness, IsDistant: true));
    }

    [Fact]
    public async Task A_helper_does_not_read_the_person_s_one_time_codes()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var resident = ResidentId.New();
        await hall.AddResidentAsync(resident, phone: "100-0000-1234");
        (await hall.SendAsync(new RequestCode(Caller.Anonymous, hall.Community, "100-0000-1234", "::1"))).Require();

        (await SeenAsync(await HelpedAsync(hall, resident))).ShouldBe("••••••");
        (await SeenAsync(hall.As(resident))).ShouldMatch("^[0-9]{6}$");
        var staff = (await hall.SendAsync(new ListMessages(hall.AsStaff(), hall.Community, null, null, new PageRequest(1)))).Require();
        staff.Items.ShouldHaveSingleItem().Values["code"]!.GetValue<string>().ShouldBe("••••••");

        async Task<string> SeenAsync(Caller caller) =>
            (await hall.SendAsync(new ListMyMessages(caller, hall.Community, new PageRequest(1)))).Require().Items[0].Values["code"]!.GetValue<string>();
    }

    private static async Task<Caller> HelpedAsync(BallotHall hall, ResidentId resident, string witness = "Li Hua")
    {
        var assisted = (await hall.SendAsync(new StartAssistedSession(hall.AsStaff(), hall.Community, resident, witness))).Require();
        return (await hall.Service<IResidentSessions>().FindAsync(assisted.Secret, CancellationToken.None))!.AsCaller();
    }

    private static async Task<BallotId> ElectionAsync(BallotHall hall, params ResidentId[] candidates) =>
        await hall.OpenBallotAsync(BallotHall.Question(await hall.Database.CouncilNowAsync(), secrecy: "Secret", rule: new JsonObject { ["rule"] = "OfficeElection", ["seats"] = 1 }) with
        {
            Options = [.. candidates.Select(candidate => new Process.Ballots.BallotOption($"{candidate}", $"{candidate}"))],
        });

    /// <summary>As another node sees it, without this node's memory of three seconds.</summary>
    private static async Task<ResidentSession?> FreshAsync(BallotHall hall, string secret)
    {
        await using var reader = new SessionReader(hall.Database.DataSource);
        return await new ResidentSessionCache(reader).FindAsync(secret, CancellationToken.None);
    }
}

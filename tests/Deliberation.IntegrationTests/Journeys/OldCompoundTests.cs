using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Payments;
using Deliberation.Features.Projects;
using Deliberation.Testing;

namespace Deliberation.IntegrationTests.Journeys;

/// <summary>The whole renovation of an old compound with the numbers of domain.md 2.6 (a), from launch to archive.</summary>
public sealed class OldCompoundTests(TestApp app) : IClassFixture<TestApp>
{
    private static readonly CommunityId Demo = new(1);
    private static readonly int[] NomineeVotes = [95, 88, 80, 71, 64, 64, 40, 12];
    private readonly List<BallotLine> _elections = [];
    private BallotLine? _alteration;

    [Fact]
    [Mechanism("M3.21", Page = "/staff/tasks/{id}")]
    [Mechanism("M3.22", Page = "/ballots/{id}")]
    [Mechanism("M3.23", Page = "/staff/meetings/{id}")]
    [Mechanism("M4.6", Page = "/results/{id}")]
    [Mechanism("M4.27", Page = "/outcomes/{id}")]
    public async Task The_renovation_runs_from_launch_to_archive()
    {
        var player = new ProjectPlayer(app, Demo)
        {
            Points = _ => [.. Enumerable.Repeat(5, 36), .. Enumerable.Repeat(2, 4)],
            OpenPoints = round => round < 6 ? [$"point {round}"] : [],
        };
        player.Vote = ballot => VoteAsync(player, ballot);
        var project = (await app.SendAsync(new LaunchProject(
            await app.StaffAsync("staff"), Demo, "journey", new LaunchForm("old-compound-renovation", "Renovation", "Pipes and roads", "Court 1", "Everybody", new JsonObject(), null)))).Require();

        await player.PlayUntilAsync(async () => await CountAsync(player, "select count(*) from checkpoint where community_id = @community and checkpoint_code = (select inputs->'Checkpoints'->>1 from project where community_id = @community)") > 0);
        await CommitteeIsElectedAsync(player);
        await DecisionsArePassedAsync(player);
        await BuildWaitsForTheNoticeAsync(player);
        await RoundsCarryOpenPointsAsync(player);
        await PaymentWaitsForTheInspectorAsync(player, project);

        await player.PlayToStateAsync(project, "Closed");
        Assert.Equal(5, await CountAsync(player, "select count(*) from project_stage where community_id = @community and completed_at is not null"));
        Assert.Equal(64, (await player.OneAsync<string>("select encode(sha256, 'hex') from project_archive where community_id = @community"))!.Length);
        Assert.False(string.IsNullOrEmpty(await player.OneAsync<string>("select upkeep_owner from project where community_id = @community")));
    }

    /// <summary>160 households, 121 papers: four have more than 60.5, the two with 64 meet again, and only the five elect their chair.</summary>
    private async Task CommitteeIsElectedAsync(ProjectPlayer player)
    {
        var first = await ResultAsync(_elections[0]);
        Assert.Equal("Runoff", first.Outcome);
        Assert.Equal(160, first.Turnout.RollUnits);
        Assert.Equal(121, first.Turnout.ReturnedUnits);
        Assert.Equal(NomineeVotes, first.Totals.Select(t => t.Units).Take(NomineeVotes.Length));
        Assert.Equal(4, first.Elected.Count);
        Assert.Equal(2, first.Runoff.Count);

        var runoff = await ResultAsync(_elections[1]);
        Assert.Equal("Filled", runoff.Outcome);
        Assert.Equal(first.Runoff.Order(), runoff.Ballot.Options.Select(o => o.Id).Order());

        var chair = await ResultAsync(_elections[2]);
        Assert.Equal([.. first.Elected.Concat(runoff.Elected).Order()], chair.Ballot.Options.Select(o => o.Id).Order());
        Assert.Equal(5, chair.Turnout.RollUnits);
        Assert.All(_elections, election => Assert.True(election.IsSecret));

    }

    private async Task DecisionsArePassedAsync(ProjectPlayer player)
    {
        var result = await ResultAsync(_alteration!);
        Assert.Equal("Passed", result.Outcome);
        Assert.Equal((150, 12_600_00L), (result.Turnout.RollPersons, result.Turnout.RollAreaHundredths));
        Assert.Equal((104, 8_700_00L), (result.Turnout.ReturnedPersons, result.Turnout.ReturnedAreaHundredths));
        var inFavour = result.Totals.Single(t => t.Choice == "For");
        Assert.Equal((80, 6_600_00L), (inFavour.Persons, inFavour.AreaHundredths));
        Assert.Equal(0, await CountAsync(player, "select count(*) from urn where community_id = @community and ballot_id in (select ballot_id from ballot where secrecy = 'Named')"));
    }

    private static async Task BuildWaitsForTheNoticeAsync(ProjectPlayer player) => Assert.Equal(0, await CountAsync(
        player,
        """
        select count(*) from project_stage s join notice n using (community_id, project_id)
        where community_id = @community and s.stage = 'Build' and n.kind = 'Result' and n.opens_at < s.started_at and n.closes_at > s.started_at
        """));

    private static async Task RoundsCarryOpenPointsAsync(ProjectPlayer player)
    {
        Assert.Equal(6, await CountAsync(player, "select count(*) from meeting where community_id = @community and outcome = 'Held'"));
        var carried = await player.RowsAsync<string>(
            "select a.text from agenda_item a join meeting m using (community_id, meeting_id) where community_id = @community and a.is_carried order by m.round, a.position");
        Assert.Equal(["point 1", "point 2", "point 3", "point 4", "point 5"], carried);
    }

    /// <summary>While the second checkpoint is unsigned, the second payment is refused; once signed, it goes out.</summary>
    private async Task PaymentWaitsForTheInspectorAsync(ProjectPlayer player, ProjectId project)
    {
        var treasurer = await app.StaffAsync("staff");
        var code = await player.OneAsync<string>("select inputs->'Checkpoints'->>1 from project where community_id = @community");
        Assert.IsType<Result<Done>.Accepted>(await app.SendAsync(new PlanPayment(treasurer, Demo, project, 2, "Second payment", "Builder", 5_000_000, code)));
        var refused = Assert.IsType<Result<Done>.Refused>(await app.SendAsync(new RecordPayment(treasurer, Demo, project, 2, "V-2")));
        Assert.Equal("payment.checkpoint-unsigned", refused.Reason.Code);

        await player.PlayUntilAsync(async () => await CountAsync(player, $"select count(*) from checkpoint where community_id = @community and checkpoint_code = '{code}' and state = 'Passed'") > 0);
        Assert.IsType<Result<Done>.Accepted>(await app.SendAsync(new RecordPayment(treasurer, Demo, project, 2, "V-2")));
    }

    private async Task VoteAsync(ProjectPlayer player, BallotLine ballot)
    {
        var view = (await app.SendAsync(new GetBallot(await player.HolderAsync("Scrutineer"), Demo, ballot.Id))).Require();
        var units = await player.RowsAsync<Unit>(
            """
            select e.unit_key, min(p.resident_id::text)::uuid as resident_id, e.area_hundredths
            from roll_entry e join roll_entry_person p using (community_id, ballot_id, unit_key)
            where community_id = @community and ballot_id = @id group by 1, 3 order by 1
            """,
            new { id = ballot.Id.Value });
        if (view.RollKind == "Owners")
        {
            await VoteAsOwnersAsync(player, ballot, units);
            return;
        }

        _elections.AddRange(view.Rule["rule"]?.ToString() == "OfficeElection" ? [ballot] : []);
        var papers = view.Options.Count == NomineeVotes.Length
            ? Papers([.. view.Options.Select(o => o.Id)])
            : [.. units.Select((_, i) => new[] { view.Options[view.Options.Count == 2 && i < 70 ? 1 : 0].Id })];
        foreach (var (unit, paper) in units.Zip(papers))
        {
            await CastAsync(player, ballot, unit, paper);
        }
    }

    /// <summary>121 papers that give the nominees their votes, none with more than five names.</summary>
    private static string[][] Papers(string[] nominees)
    {
        var papers = Enumerable.Range(0, 121).Select(_ => new List<string>()).ToArray();
        var next = 0;
        foreach (var (nominee, votes) in nominees.Zip(NomineeVotes))
        {
            for (var i = 0; i < votes; i++)
            {
                papers[next++ % papers.Length].Add(nominee);
            }
        }

        return [.. papers.Select(p => p.ToArray())];
    }

    /// <summary>The first owners' ballot follows the scenario to the square centimetre; the other simply passes.</summary>
    private async Task VoteAsOwnersAsync(ProjectPlayer player, BallotLine ballot, IReadOnlyList<Unit> units)
    {
        var matter = (await app.SendAsync(new GetBallot(await player.HolderAsync("Scrutineer"), Demo, ballot.Id))).Require().Rule["matter"]!.GetValue<int>();
        if (matter != 7)
        {
            foreach (var unit in units)
            {
                await CastAsync(player, ballot, unit, ["For"]);
            }

            return;
        }

        _alteration = ballot;
        var inFavour = Choose(units, 80, 6_600_00);
        var others = Choose([.. units.Except(inFavour)], 24, 2_100_00);
        foreach (var unit in inFavour)
        {
            await CastAsync(player, ballot, unit, ["For"]);
        }

        foreach (var unit in others)
        {
            await CastAsync(player, ballot, unit, ["Against"]);
        }
    }

    /// <summary>So many units with exactly that area: random swaps until one swap closes the gap.</summary>
    private static List<Unit> Choose(IReadOnlyList<Unit> units, int count, long area)
    {
        var random = new Random(7);
        for (var attempt = 0; attempt < 100_000; attempt++)
        {
            var shuffled = units.OrderBy(_ => random.Next()).ToList();
            var (inside, outside) = (shuffled[..count], shuffled[count..]);
            var gap = area - inside.Sum(u => u.AreaHundredths);
            foreach (var leaving in inside)
            {
                if (outside.FirstOrDefault(u => u.AreaHundredths - leaving.AreaHundredths == gap) is { } coming)
                {
                    return [.. inside.Where(u => u != leaving), coming];
                }
            }
        }

        throw new InvalidOperationException("No such units: the seeds have changed.");
    }

    private async Task CastAsync(ProjectPlayer player, BallotLine ballot, Unit unit, string[] choices)
    {
        var answer = await app.SendAsync(new CastVote(player.Resident(unit.ResidentId, null), Demo, ballot.Id, choices, Guid.NewGuid().ToString("N"), unit.UnitKey));
        Assert.True(answer is Result<CastAnswer>.Accepted, answer is Result<CastAnswer>.Refused { Reason: var reason } ? reason.Code : "");
    }

    private async Task<BallotResultView> ResultAsync(BallotLine ballot) =>
        (await app.SendAsync(new GetBallotResult(await app.StaffAsync("staff"), Demo, ballot.Id))).Require();

    private static async Task<int> CountAsync(ProjectPlayer player, string sql) => (int)await player.OneAsync<long>(sql);

    private sealed record Unit(string UnitKey, Guid ResidentId, long AreaHundredths);
}

using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Deliberation.Domain;
using Deliberation.Process.Texts;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Journeys;

/// <summary>The whole renovation of an old compound with the numbers of domain.md 2.6 (a), from launch to archive: every act on a page, through HTTP.</summary>
internal sealed class OldCompoundScenario(IPlayedProduct product) : IDisposable
{
    private const string Title = "Renovation";
    private static readonly CommunityId Demo = new(1);
    private static readonly int[] NomineeVotes = [95, 88, 80, 71, 64, 64, 40, 12];
    private readonly List<OpenBallot> _elections = [];
    private OpenBallot? _alteration;

    public ProjectPlayer Player { get; } = new(product, Demo)
    {
        Points = _ => [.. Enumerable.Repeat(5, 36), .. Enumerable.Repeat(2, 4)],
        OpenPoints = round => round < 6 ? [$"point {round}"] : [],
    };

    /// <summary>Plays it to the archive and checks every number on the way.</summary>
    public async Task PlayAsync()
    {
        Player.Vote = VoteAsync;
        var project = await Player.LaunchAsync("staff", "old-compound-renovation", Title, "Pipes and roads", "Court 1", "Everybody");

        await Player.PlayUntilAsync(async () => await CountAsync("select count(*) from checkpoint where community_id = @community and checkpoint_code = (select inputs->'Checkpoints'->>1 from project where community_id = @community)") > 0);
        await CommitteeIsElectedAsync();
        await DecisionsArePassedAsync();
        await BuildWaitsForTheNoticeAsync();
        await RoundsCarryOpenPointsAsync();
        await PaymentWaitsForTheInspectorAsync(project);

        await Player.PlayToStateAsync(project, "Closed");
        Assert.Equal(5, await CountAsync("select count(*) from project_stage where community_id = @community and completed_at is not null"));
        Assert.Equal(64, (await Player.OneAsync<string>("select encode(sha256, 'hex') from project_archive where community_id = @community"))!.Length);
        Assert.False(string.IsNullOrEmpty(await Player.OneAsync<string>("select upkeep_owner from project where community_id = @community")));
        await ReceiptsAreCountedAsync();
    }

    public void Dispose() => Player.Dispose();

    /// <summary>160 households, 121 papers: four have more than 60.5, the two with 64 meet again, and only the five elect their chair.</summary>
    private async Task CommitteeIsElectedAsync()
    {
        var first = await ResultAsync(_elections[0]);
        Assert.Equal("Runoff", first.Outcome);
        Assert.Equal(160, first.Turnout.RollUnits);
        Assert.Equal(121, first.Turnout.ReturnedUnits);
        Assert.Equal(NomineeVotes, first.Totals.Select(t => t.Units).Take(NomineeVotes.Length));
        Assert.Equal(4, first.Elected.Count);
        Assert.Equal(2, first.Runoff.Count);
        var bars = first.Page.QuerySelectorAll("figure.meter p").Select(sentence => sentence.TextContent).ToList();
        Assert.All(NomineeVotes, number => Assert.Contains(bars, sentence => Regex.IsMatch(sentence, $@"(?<!\d){number}(?!\d)")));

        var runoff = await ResultAsync(_elections[1]);
        Assert.Equal("Filled", runoff.Outcome);
        Assert.Equal(first.Runoff.Order(), _elections[1].Options.Order());

        var chair = await ResultAsync(_elections[2]);
        Assert.Equal([.. first.Elected.Concat(runoff.Elected).Order()], _elections[2].Options.Order());
        Assert.Equal(5, chair.Turnout.RollUnits);
        Assert.All(_elections, election => Assert.True(election.IsSecret));
    }

    private async Task DecisionsArePassedAsync()
    {
        var result = await ResultAsync(_alteration!);
        Assert.Equal("Passed", result.Outcome);
        Assert.Equal((150, 12_600_00L), (result.Turnout.RollPersons, result.Turnout.RollAreaHundredths));
        Assert.Equal((104, 8_700_00L), (result.Turnout.ReturnedPersons, result.Turnout.ReturnedAreaHundredths));
        var inFavour = result.Totals.Single(t => t.Choice == "For");
        Assert.Equal((80, 6_600_00L), (inFavour.Persons, inFavour.AreaHundredths));
        foreach (var number in new[] { "150", "12,600.00", "104", "8,700.00", "80", "6,600.00" })
        {
            Assert.Contains(number, result.Page.QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        }

        Assert.Equal(0, await CountAsync("select count(*) from urn where community_id = @community and ballot_id in (select ballot_id from ballot where secrecy = 'Named')"));
    }

    private async Task BuildWaitsForTheNoticeAsync() => Assert.Equal(0, await CountAsync(
        """
        select count(*) from project_stage s join notice n using (community_id, project_id)
        where community_id = @community and s.stage = 'Build' and n.kind = 'Result' and n.opens_at < s.started_at and n.closes_at > s.started_at
        """));

    private async Task RoundsCarryOpenPointsAsync()
    {
        Assert.Equal(6, await CountAsync("select count(*) from meeting where community_id = @community and outcome = 'Held'"));
        var carried = await Player.RowsAsync<string>(
            "select a.text from agenda_item a join meeting m using (community_id, meeting_id) where community_id = @community and a.is_carried order by m.round, a.position");
        Assert.Equal(["point 1", "point 2", "point 3", "point 4", "point 5"], carried);
    }

    /// <summary>While the second checkpoint is unsigned, the second payment is refused; once signed, it goes out.</summary>
    private async Task PaymentWaitsForTheInspectorAsync(ProjectId project)
    {
        var code = (await Player.OneAsync<string>("select inputs->'Checkpoints'->>1 from project where community_id = @community"))!;
        await Player.PersistAsync(() => WorksAsync(project, page =>
            (page.Form("Plan").Fill("Number", "2").Fill("Title", "Second payment").Fill("Payee", "Builder").Fill("Amount", "50000").Fill("CheckpointCode", code), HttpStatusCode.OK)));
        var refused = await Player.PersistAsync(() => WorksAsync(project, page =>
            (page.Form("Pay", ("Number", "2")).Fill("Voucher", "V-2"), HttpStatusCode.Conflict)));
        var why = new TextCatalog(typeof(Program).Assembly).Get("zh-Hans", "payment.checkpoint-unsigned");
        Assert.StartsWith(why[..why.IndexOf('{', StringComparison.Ordinal)], refused.QuerySelector(".errs p, .errs a")!.TextContent, StringComparison.Ordinal);

        await Player.PlayUntilAsync(async () => await CountAsync($"select count(*) from checkpoint where community_id = @community and checkpoint_code = '{code}' and state = 'Passed'") > 0);
        await Player.PersistAsync(async () => await Player.OneAsync<string>("select state from payment where community_id = @community and payment_no = 2") == "Paid"
            ? null
            : await WorksAsync(project, page => (page.Form("Pay", ("Number", "2")).Fill("Voucher", "V-2"), HttpStatusCode.OK)));
        Assert.Equal(1, await CountAsync("select count(*) from payment where community_id = @community and state = 'Paid' and voucher = 'V-2'"));
    }

    /// <summary>The treasurer fills in a form of the works page and gets that answer.</summary>
    private async Task<IHtmlDocument> WorksAsync(ProjectId project, Func<IHtmlDocument, (IHtmlFormElement Form, HttpStatusCode Answer)> act)
    {
        var treasurer = await Player.People.HolderAsync("Treasurer");
        var (form, expected) = act(await treasurer.ReadAsync($"/staff/works/{project}"));
        var answer = await treasurer.SubmitAsync(form);
        var page = await Browser.ParseAsync(answer);
        Assert.True(answer.StatusCode == expected, $"{answer.StatusCode}: {page.QuerySelector(".errs")?.TextContent}");
        return page;
    }

    /// <summary>Anybody may ask for a receipt, and each that a voter was shown is counted.</summary>
    private async Task ReceiptsAreCountedAsync()
    {
        Assert.NotEmpty(Player.Receipts);
        Assert.Equal(Player.Receipts.Count, Player.Receipts.Select(receipt => receipt.Code).Distinct().Count());
        await Parallel.ForEachAsync(Player.Receipts, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (receipt, _) =>
        {
            var page = await Player.PersistAsync(async () =>
            {
                using var anybody = Player.People.Stranger();
                return await anybody.ReadAsync($"/verify?code={Uri.EscapeDataString(receipt.Code)}");
            });
            Assert.Equal($"/results/{receipt.Ballot}", page.QuerySelector(".note.ok a")?.GetAttribute("href"));
        });
    }

    private async Task VoteAsync(OpenBallot ballot)
    {
        var units = await Player.UnitsAsync(ballot.Id);
        if (ballot.Rule["rule"]?.ToString() == "OfficeElection")
        {
            _elections.Add(ballot);
        }

        await Player.CastAsync(ballot.Id, ballot switch
        {
            { RollKind: "Owners" } when ballot.Rule["matter"]!.GetValue<int>() == 7 => Alteration(_alteration = ballot, units),
            { Options.Count: 8 } => units.Zip(Papers(ballot.Options)),
            { Options.Count: 2 } => Enough(units).Select((unit, i) => (unit, new[] { ballot.Options[i < units.Count * 2 / 5 ? 1 : 0] })),
            { Options.Count: > 0 } => Enough(units).Select(unit => (unit, new[] { ballot.Options[0] })),
            _ => Enough(units).Select(unit => (unit, ballot.Yes)),
        });
    }

    /// <summary>Where the scenario names no number three quarters vote: enough for every quorum here.</summary>
    private static List<RollUnit> Enough(IReadOnlyList<RollUnit> units) => [.. units.Take(((units.Count * 3) + 3) / 4)];

    /// <summary>121 papers that give the nominees their votes, none with more than five names.</summary>
    private static string[][] Papers(IReadOnlyList<string> nominees)
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

    /// <summary>The first owners' ballot follows the scenario to the square centimetre.</summary>
    private static IEnumerable<(RollUnit Unit, string[] Choices)> Alteration(OpenBallot ballot, IReadOnlyList<RollUnit> units)
    {
        var inFavour = Choose(units, 80, 6_600_00);
        var others = Choose([.. units.Except(inFavour)], 24, 2_100_00);
        return [.. inFavour.Select(unit => (unit, ballot.Yes)), .. others.Select(unit => (unit, new[] { "Against" }))];
    }

    /// <summary>So many units with exactly that area: random swaps until one swap closes the gap.</summary>
    private static List<RollUnit> Choose(IReadOnlyList<RollUnit> units, int count, long area)
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

    /// <summary>The count as kept, and the page on which anybody reads it.</summary>
    private async Task<CountedResult> ResultAsync(OpenBallot ballot)
    {
        using var anybody = Player.People.Stranger();
        var page = await Player.PersistAsync(() => anybody.ReadAsync($"/results/{ballot.Id}"));
        var kept = (await Player.OneAsync<string>("select result::text from ballot where community_id = @community and ballot_id = @Id", new { ballot.Id }))!;
        return JsonSerializer.Deserialize<CountedResult>(kept, JsonSerializerOptions.Web)! with { Page = page };
    }

    private async Task<int> CountAsync(string sql) => (int)await Player.OneAsync<long>(sql);

    private sealed record CountedResult(string Outcome, Features.Ballots.BallotTurnout Turnout, IReadOnlyList<Features.Ballots.ChoiceTotal> Totals)
    {
        [JsonIgnore]
        public IHtmlDocument Page { get; init; } = null!;

        public IReadOnlyList<string> Elected { get; init; } = [];

        public IReadOnlyList<string> Runoff { get; init; } = [];
    }
}

extern alias cli;
using System.Text.Json.Nodes;
using cli::Deliberation.Cli.Verify;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.Recounts;
using Deliberation.Features.Foundation;
using Deliberation.Features.Ledger;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ledger;

/// <summary>The offline auditor, which shares no code with the product, over bundles that the product wrote.</summary>
public sealed class VerifyBundleTests(TestDatabase database) : IClassFixture<TestDatabase>, IDisposable
{
    private static readonly BallotOption[] Sites = [new("n", "North", 100_000), new("c", "Centre", 250_000), new("k", "Canal", 300_000)];

    private static readonly string[] Rules =
    [
        """{"rule":"Majority","base":"Cast","threshold":"1/2","strict":true}""",
        """{"rule":"OwnersAssembly","matter":7}""",
        """{"rule":"OwnersAssembly","matter":4,"unreturned":"FollowMajority","rulesOfProcedure":"Clause 12"}""",
        """{"rule":"OfficeElection","seats":2}""",
        """{"rule":"EqualShares","budgetFen":400000}""",
        """{"rule":"BudgetGreedy","budgetFen":400000}""",
        """{"rule":"Approval","seats":2}""",
        """{"rule":"Plurality"}""",
        """{"rule":"Score"}""",
        """{"rule":"Star"}""",
        """{"rule":"Borda"}""",
        """{"rule":"Condorcet"}""",
        """{"rule":"Schulze"}""",
        """{"rule":"InstantRunoff"}""",
        """{"rule":"StvScottish","seats":2}""",
        """{"rule":"StvMeek","seats":2}""",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("deliberation-bundle-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Ballots_of_every_rule_are_recounted_to_the_published_figures()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(6);
        foreach (var (json, secrecy) in Rules.SelectMany(json => new[] { (json, "Named"), (json, "Secret") }))
        {
            var rule = BallotRule.Read(JsonNode.Parse(json)!.AsObject());
            var question = BallotHall.Question(await hall.Database.CouncilNowAsync(), secrecy: secrecy, rule: Replaceable(json, secrecy));
            var ballot = await hall.OpenBallotAsync(rule.IsYesNo ? question : question with { Options = Sites });
            for (var i = 0; i < 5; i++)
            {
                (await hall.VoteAsync(people[i], ballot, Paper(rule, i))).Require();
            }

            if (secrecy == "Named")
            {
                (await hall.VoteAsync(people[1], ballot, Paper(rule, 4))).Require();
            }
            else
            {
                var first = (await hall.VoteAsync(people[5], ballot, Paper(rule, 0))).Require();
                (await hall.SendAsync(new ReplaceVote(hall.As(people[5]), hall.Community, ballot, Paper(rule, 4), first.ReplaceCode!, $"{Guid.NewGuid()}"))).Require();
            }

            await hall.CloseBallotAsync(ballot);
        }

        await hall.OpenBallotAsync();
        (await hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: true, CancellationToken.None)).Alarm.ShouldBeNull();

        var open = BundleAudit.Run(await SaveAsync("public.zip", (await hall.SendAsync(new ExportPublicBundle(Caller.Anonymous, hall.Community))).Require()));
        var audited = BundleAudit.Run(await SaveAsync("auditors.zip", (await hall.SendAsync(new ExportAuditorsBundle(hall.AsStaff(CallerKind.Supervisor), hall.Community, "Yearly audit"))).Require()));

        open.Problem.ShouldBeNull();
        audited.Problem.ShouldBeNull();
        audited.Size.ShouldBe(open.Size);
        audited.Ballots.Count(b => b.Checks.Any(c => c.Name == "recount")).ShouldBe(2 * Rules.Length);
    }

    [Fact]
    public async Task A_recount_stands_beside_the_first_tally_and_the_auditor_counts_the_last()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var people = await hall.AddHouseholdsAsync(3);
        var confirmer = StaffId.New();
        await hall.ExecuteAsync("insert into staff (staff_id, login, display_name, kind, password_hash) values (@confirmer, 'confirmer', 'Li', 'Staff', 'x')", new { confirmer });
        foreach (var secrecy in new[] { "Named", "Secret" })
        {
            var ballot = await hall.OpenBallotAsync(secrecy: secrecy);
            foreach (var person in people)
            {
                (await hall.VoteAsync(person, ballot, "For")).Require();
            }

            await hall.CloseBallotAsync(ballot);
            var order = (await hall.SendAsync(new OrderRecount(hall.AsStaff(), hall.Community, ballot, "A neighbour asked"))).Require();
            (await hall.SendAsync(new ConfirmRecount(hall.AsStaff() with { Staff = confirmer }, hall.Community, ballot, order))).Require();
        }

        (await hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: true, CancellationToken.None)).Alarm.ShouldBeNull();
        var audited = BundleAudit.Run(await SaveAsync("recounted.zip", (await hall.SendAsync(new ExportAuditorsBundle(hall.AsStaff(CallerKind.Supervisor), hall.Community, "Yearly audit"))).Require()));

        audited.Problem.ShouldBeNull();
        audited.Ballots.SelectMany(b => b.Checks).Count(c => c.Name == "recount").ShouldBe(2);
    }

    private static JsonObject Replaceable(string json, string secrecy)
    {
        var rule = JsonNode.Parse(json)!.AsObject();
        if (secrecy == "Secret")
        {
            rule["allowReplace"] = true;
        }

        return rule;
    }

    private async Task<string> SaveAsync(string name, LedgerBundle bundle)
    {
        var path = Path.Combine(_folder, name);
        await using var file = File.Create(path);
        await bundle.WriteAsync(file, CancellationToken.None);
        return path;
    }

    private static string[] Paper(BallotRule rule, int voter)
    {
        string[][] orders = [["n", "c", "k"], ["n", "c", "k"], ["c", "n", "k"], ["c", "k", "n"], ["k", "c", "n"]];
        var order = orders[voter];
        return rule switch
        {
            { IsYesNo: true } => [voter == 4 ? "Against" : "For"],
            { IsRanked: true } => [.. order.Select((id, i) => $"{id}={i + 1}")],
            { IsScored: true } => [.. order.Select((id, i) => $"{id}={5 - (2 * i)}")],
            { Kind: RuleKind.Plurality } => [order[0]],
            _ => [order[0], order[1]],
        };
    }
}

using System.Text;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Ballots.Files;
using Deliberation.Features.Ballots.OpenData;
using Deliberation.Features.Foundation;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>What everybody may download of a declared ballot, and what stays hidden in it.</summary>
public sealed class OpenResultTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly BallotOption[] Projects = [new("lamp", "Lamps; \"new\"", 300_000), new("bench", "=Benches", 200_000), new("tree", "Trees", 900_000)];

    [Fact]
    public async Task A_budget_comes_out_as_a_file_that_our_own_import_reads_and_decides_alike()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var ballot = await CountAsync(hall, """{"rule":"BudgetGreedy","budgetFen":1000000}""", Projects, "Secret", [.. Same(7, "lamp", "bench"), .. Same(6, "tree"), .. Same(2, "Abstain")]);

        var result = (await hall.SendAsync(new GetOpenResult(Caller.Anonymous, hall.Community, ballot))).Require();
        var text = await WrittenAsync(result.WritePabulibAsync);

        var file = BallotFiles.Read("ballot.pb", text).Single();
        file.Name.ShouldBe("Shall we?");
        file.Budget!.BudgetFen.ShouldBe(1_000_000);
        file.Budget.Projects.Select(p => (p.Id, p.CostFen)).ShouldBe([("lamp", 300_000), ("bench", 200_000), ("tree", 900_000)]);
        var decided = ParticipatoryBudget.Decide(file.Budget.BudgetFen, file.Budget.Projects, file.Budget.Papers, new BudgetOptions { Rule = BudgetRule.Greedy });
        decided.Funded.Select(f => f.Id).ShouldBe(result.Funded);
        text.ShouldContain("lamp;3000.00;7;\"Lamps; \"\"new\"\"\";1\n");
        text.ShouldContain("license;https://creativecommons.org/licenses/by/4.0/\n");
    }

    [Fact]
    public async Task Papers_that_fewer_than_five_filled_in_alike_are_not_told_and_cannot_be_worked_out()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        // {a} 10, {b} 3, {a,b} 7, {c} 8: whichever of them are shown, the totals of a, b and c give the hidden ones back.
        BallotOption[] options = [new("a", "A"), new("b", "B"), new("c", "C")];
        var ballot = await CountAsync(hall, """{"rule":"Approval"}""", options, "Named", [.. Same(10, "a"), .. Same(3, "b"), .. Same(7, "a", "b"), .. Same(8, "c")]);

        var result = (await hall.SendAsync(new GetOpenResult(Caller.Anonymous, hall.Community, ballot))).Require();

        result.Patterns!.Shown.ShouldBeEmpty();
        result.Patterns.HiddenPapers.ShouldBe(28);
        result.Totals.Select(t => (t.Choice, t.Units)).ShouldBe([("a", 17), ("b", 10), ("c", 8), ("Abstain", 0)]);
        var csv = await WrittenAsync(result.WriteCsvAsync);
        csv.ShouldStartWith("\uFEFFkind,round,choice,text,units,persons,area_hundredths\r\nversion,,,,1,,\r\nroll,,,,30,30,0\r\ntook-part,,,,28,28,0\r\n");
        csv.ShouldContain("total,,a,A,17,17,0\r\n");
        csv.ShouldContain("hidden,,,,28,,\r\n");
        csv.ShouldNotContain("a|b");
        (await WrittenAsync(result.WriteJsonAsync)).ShouldNotContain("\"a\",\"b\"]");
    }

    [Theory]
    [InlineData(4, "")]
    [InlineData(5, "a=1|b=2|c=3 c=1|a=2|b=3")]
    public async Task Five_alike_are_told_and_four_are_not(int count, string shown)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        BallotOption[] options = [new("a", "A"), new("b", "B"), new("c", "C")];
        var ballot = await CountAsync(hall, """{"rule":"Schulze"}""", options, "Secret", [.. Same(6, "a=1", "b=2", "c=3"), .. Same(count, "c=1", "a=2", "b=3")]);

        var patterns = (await hall.SendAsync(new GetOpenResult(Caller.Anonymous, hall.Community, ballot))).Require().Patterns!;

        patterns.Shown.Select(p => string.Join('|', p.Choices.OrderBy(c => c[^1]))).ShouldBe(shown.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        (patterns.Shown.Sum(p => p.Papers) + patterns.HiddenPapers).ShouldBe(6 + count);
    }

    [Fact]
    public async Task A_paper_with_one_choice_has_no_patterns_and_names_and_units_are_nowhere()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var ballot = await CountAsync(hall, """{"rule":"Majority","base":"Cast","threshold":"1/2","strict":true}""", [], "Named", [.. Same(2, "For"), .. Same(1, "Against")]);

        var result = (await hall.SendAsync(new GetOpenResult(Caller.Anonymous, hall.Community, ballot))).Require();
        var json = await WrittenAsync(result.WriteJsonAsync);

        var data = JsonNode.Parse(json)!;
        data["patterns"].ShouldBeNull();
        data["licence"]!.GetValue<string>().ShouldBe("https://creativecommons.org/licenses/by/4.0/");
        data["secrecy"]!.GetValue<string>().ShouldBe("Named");
        data["totals"]![0]!["units"]!.GetValue<int>().ShouldBe(2);
        data["explanation"]!["tests"]!.AsArray().Count.ShouldBeGreaterThan(0);
        json.ShouldNotContain("Zhang");
        json.ShouldNotContain("1-1");
        var columns = JsonNode.Parse(await WrittenAsync(result.WriteCsvDescriptionAsync))!["tableSchema"]!["columns"]!.AsArray();
        columns.Select(c => c!["name"]!.GetValue<string>()).ShouldBe((await WrittenAsync(result.WriteCsvAsync)).Split("\r\n")[0].TrimStart('\uFEFF').Split(','));
    }

    [Fact]
    public async Task Before_the_close_before_it_is_declared_and_from_elsewhere_there_is_none()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await using var other = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(1);
        var ballot = await hall.OpenBallotAsync();

        BallotHall.CodeOf(await hall.SendAsync(new GetOpenResult(Caller.Anonymous, hall.Community, ballot))).ShouldBe("ballot.not-closed");
        await hall.CloseBallotAsync(ballot);
        BallotHall.CodeOf(await hall.SendAsync(new GetOpenResult(hall.AsStaff(), hall.Community, ballot))).ShouldBe("ballot.not-declared");
        BallotHall.CodeOf(await hall.SendAsync(new GetOpenResult(Caller.Anonymous, other.Community, ballot))).ShouldBe("ballot.not-found");
    }

    private static IEnumerable<string[]> Same(int count, params string[] choices) => Enumerable.Repeat(choices, count);

    private static async Task<BallotId> CountAsync(BallotHall hall, string rule, BallotOption[] options, string secrecy, string[][] papers)
    {
        var people = await hall.AddHouseholdsAsync(papers.Length + 2);
        var ballot = await hall.OpenBallotAsync(
            BallotHall.Question(await hall.Database.CouncilNowAsync(), secrecy: secrecy, rule: JsonNode.Parse(rule)!.AsObject()) with { Options = options });
        await Task.WhenAll(papers.Select(async (paper, i) => (await hall.VoteAsync(people[i], ballot, paper)).Require()));
        await hall.CloseBallotAsync(ballot);
        await hall.ExecuteAsync("update ballot set state = 'Declared' where community_id = @Community and ballot_id = @ballot", new { hall.Community, ballot });
        return ballot;
    }

    private static async Task<string> WrittenAsync(Func<Stream, CancellationToken, Task> write)
    {
        using var stream = new MemoryStream();
        await write(stream, CancellationToken.None);
        return Encoding.UTF8.GetString(stream.ToArray());
    }
}

using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Foundation;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Any mix of paper, online, spoiled, doubled and missing votes reconciles and is counted as a plain model counts it, or cannot be certified and the serials are named.</summary>
public sealed class PaperMixTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Units = 12;
    private static readonly string?[] Answers = ["For", "Against", "Abstain", null];
    private static readonly string?[] Rankings = ["a=1|b=2|c=3", "b=1", "c=1|a=2", null];

    public static TheoryData<int> Seeds { get; } = [.. Enumerable.Range(1, 12)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_random_mix_of_named_votes(int seed)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (papers, expected) = await PlayAsync(hall, seed, Answers, now => BallotHall.Question(now));

        foreach (var choice in Answers.OfType<string>())
        {
            (await papers.TotalAsync(choice)).ShouldBe(expected.Count(v => v == choice), choice);
        }
    }

    /// <summary>Borda's points by hand, doubled: places of three are worth 4, 2, 0; what is left out shares the rest.</summary>
    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task A_random_mix_of_ranked_votes(int seed)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var points = new Dictionary<string, (int A, int B, int C)> { ["a=1|b=2|c=3"] = (4, 2, 0), ["b=1"] = (1, 4, 1), ["c=1|a=2"] = (2, 0, 4) };
        var (papers, expected) = await PlayAsync(hall, seed, Rankings, now => BallotHall.Question(now, rule: new() { ["rule"] = "Borda" }) with { Options = [new("a", "Path"), new("b", "Lamp"), new("c", "Bench")] });

        var given = expected.OfType<string>().Select(ranking => points[ranking]).ToList();
        (await papers.FigureAsync("a"), await papers.FigureAsync("b"), await papers.FigureAsync("c"))
            .ShouldBe((given.Sum(p => p.A) / 2m, given.Sum(p => p.B) / 2m, given.Sum(p => p.C) / 2m));
    }

    /// <returns>The ballot, counted, and what the model says of each unit that voted; null = spoilt.</returns>
    private async Task<(PaperHall Papers, IReadOnlyCollection<string?> Expected)> PlayAsync(BallotHall hall, int seed, string?[] marks, Func<DateTimeOffset, OpenBallotCommand> question)
    {
        var random = new Random(seed);
        var homes = new List<(Domain.HouseholdId Household, Domain.ResidentId Person)>();
        for (var i = 0; i < Units; i++)
        {
            var (household, people) = await hall.AddHouseholdAsync($"{1 + (i % 3)}-{100 + i}", 1960);
            homes.Add((household, people[0]));
        }

        var papers = await PaperHall.OpenAsync(hall, question(await database.CouncilNowAsync()));
        await papers.IssueAsync();
        var expected = new Dictionary<int, string?>(); // the vote of each unit; null = spoilt
        var open = new List<string>(); // serials that stand in the way
        var issued = Units;
        for (var i = 0; i < Units; i++)
        {
            var (household, person) = homes[i];
            var serial = await papers.SerialOfAsync(household);
            if (random.Next(4) == 0) // torn: a new one
            {
                serial = PaperSerial.TryParse((await hall.SendAsync(new SpoilPaper(papers.Li, hall.Community, papers.Ballot, serial, "It tore", GiveNew: true))).Require().NewSerial)!;
                issued++;
            }

            var online = marks[random.Next(3)]!;
            var mark = marks[random.Next(4)];
            var votesBefore = random.Next(3) == 0;
            var votesAfter = random.Next(4) == 0;
            if (votesBefore)
            {
                (await hall.VoteAsync(person, papers.Ballot, online.Split('|'))).Require();
                expected[i] = online;
            }

            if (random.Next(3) > 0) // the paper comes back
            {
                (await hall.SendAsync(new HandInPaper(papers.Li, hall.Community, papers.Ballot, serial))).Require();
                expected[i] = mark;
                if (votesAfter)
                {
                    await hall.ExecuteAsync("update paper_issue set returned_at = returned_at - interval '1 hour' where ballot_id = @Ballot and serial = @serial", new { papers.Ballot, serial });
                    (await hall.VoteAsync(person, papers.Ballot, online.Split('|'))).Require();
                    expected[i] = online;
                }

                switch (random.Next(4))
                {
                    case 0: // forgotten on the table
                        open.Add(serial);
                        break;
                    case 1: // read once, and by the same clerk again
                        (await papers.ReadAsync(papers.Li, serial, mark)).ShouldBe("accepted");
                        (await papers.ReadAsync(papers.Li, serial, mark)).ShouldBe("paper.read-by-you");
                        open.Add(serial);
                        break;
                    case 2: // read differently
                        (await papers.ReadAsync(papers.Li, serial, mark)).ShouldBe("accepted");
                        (await papers.ReadAsync(papers.Wu, serial, mark is null ? marks[0] : null)).ShouldBe("accepted");
                        open.Add(serial);
                        break;
                    default:
                        (await papers.ReadTwiceAsync(serial, mark)).ShouldBe("accepted");
                        break;
                }
            }
            else
            {
                open.Add(serial);
            }
        }

        await papers.CloseAsync();
        if (open.Count > 0)
        {
            var refused = await papers.RefusedSignatureAsync();
            refused.Code.ShouldBe("paper.unreconciled");
            refused.Values!["serials"]!.ToString()!.Split(' ').ShouldBe(open.Order(StringComparer.Ordinal).Select(PaperSerial.Format));
            (await papers.CloseAsync()).ShouldBe(["counting"]);
        }

        // Put right what stands in the way, as the fault says.
        foreach (var fault in (await papers.DeskAsync()).Papers.Faults)
        {
            var unit = homes.FindIndex(home => papers.SerialOfAsync(home.Household).Result == fault.Serial);
            var mark = await MarkOfAsync(hall, papers, fault.Serial, expected.GetValueOrDefault(unit));
            var done = fault.Kind switch
            {
                UnreconciledKind.Unread => await papers.ReadTwiceAsync(fault.Serial, mark),
                UnreconciledKind.ReadOnce => await papers.ReadAsync(papers.Wu, fault.Serial, mark),
                UnreconciledKind.Differs => await papers.DecideAsync(papers.Zhao, fault.Serial, mark),
                _ => "accepted",
            };
            done.ShouldBe("accepted", $"{fault}");
        }

        await papers.DeclareOutstandingAsync();
        (await papers.CertifyAsync()).ShouldBe("accepted");
        (await papers.CloseAsync()).ShouldBe(["decided"]);

        var result = await papers.ResultAsync();
        (result.Turnout.ReturnedUnits, result.Turnout.Spoilt).ShouldBe((expected.Count, expected.Values.Count(v => v is null)));
        var total = await papers.FiguresAsync();
        total.Issued.ShouldBe(issued);
        total.Balances.ShouldBeTrue();
        return (papers, expected.Values);
    }

    /// <summary>What stands on the paper: as first read; unread ones of units that voted later too say anything.</summary>
    private static async Task<string?> MarkOfAsync(BallotHall hall, PaperHall papers, string serial, string? expected)
    {
        var read = await hall.ScalarAsync<string[]?>("select choices from paper_entry where ballot_id = @Ballot and serial = @serial and pass = 1", new { papers.Ballot, serial });
        return read is null ? expected : read.Length == 0 ? null : string.Join('|', read);
    }
}

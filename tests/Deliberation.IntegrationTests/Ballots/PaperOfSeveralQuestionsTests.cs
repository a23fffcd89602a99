using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Several questions on one paper (一张票多件事): all votes are cast, or none.</summary>
public sealed class PaperOfSeveralQuestionsTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Theory]
    [InlineData("Named")]
    [InlineData("Secret")]
    public async Task All_questions_are_cast_at_once_with_a_receipt_each_and_sent_again_get_the_same_answer(string secrecy)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var (paper, ballots) = await OpenAsync(hall, 3, secrecy);
        var cast = Cast(hall, people[0], paper, ballots, "For", "Against", "Abstain");

        var first = (await hall.SendAsync(cast)).Require();
        var again = (await hall.SendAsync(cast)).Require();

        first.Select(answer => answer.Ballot).ShouldBe(ballots);
        first.Select(answer => answer.Receipt.Code).Distinct().Count().ShouldBe(3);
        again.ShouldBe(first.Select(answer => answer with { IsReplay = true }));
        (await VotesAsync(hall, ballots)).ShouldBe(3);
        foreach (var answer in first)
        {
            (await hall.SendAsync(new VerifyReceipt(Caller.Anonymous, hall.Community, answer.Receipt.Code))).Require().State.ShouldBe(ReceiptState.Received);
        }
    }

    [Theory]
    [InlineData("Named")]
    [InlineData("Secret")]
    public async Task One_refused_question_leaves_none_of_the_others(string secrecy)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (household, people) = await hall.AddHouseholdAsync("1-1", 1960, 1961);
        var (paper, ballots) = await OpenAsync(hall, 3, secrecy);
        (await hall.VoteAsync(people[1], ballots[2], "For")).Require(); // somebody else of the household, on one question

        BallotHall.CodeOf(await hall.SendAsync(Cast(hall, people[0], paper, ballots, "For", "For", "Against"))).ShouldBe("ballot.already-voted");
        (await VotesAsync(hall, ballots)).ShouldBe(1);
        (await hall.ScalarAsync<int>("select count(*) from cast_answer where community_id = @Community", new { hall.Community })).ShouldBe(1);

        await hall.ExecuteAsync("update ballot set state = 'Paused' where ballot_id = @id", new { id = ballots[1] });
        BallotHall.CodeOf(await hall.SendAsync(Cast(hall, people[0], paper, ballots[..2], "For", "For"))).ShouldBe("ballot.paused");
        (await VotesAsync(hall, ballots)).ShouldBe(1);

        await hall.ExecuteAsync("update ballot set state = 'Open' where ballot_id = @id", new { id = ballots[1] });
        (await hall.SendAsync(Cast(hall, people[0], paper, ballots[..2], "For", "For"))).Require().Count.ShouldBe(2); // the two that wait
        household.Value.ShouldNotBe(Guid.Empty);
    }

    [Fact]
    public async Task A_paper_takes_one_answer_to_each_of_its_own_questions()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var (paper, ballots) = await OpenAsync(hall, 2, "Secret");
        var elsewhere = await hall.OpenBallotAsync(secrecy: "Secret");

        BallotHall.CodeOf(await hall.SendAsync(Cast(hall, people[0], paper, [ballots[0], elsewhere], "For", "For"))).ShouldBe("ballot.not-on-paper");
        BallotHall.CodeOf(await hall.SendAsync(Cast(hall, people[0], paper, [ballots[0], ballots[0]], "For", "Against"))).ShouldBe("ballot.not-on-paper");
        BallotHall.CodeOf(await hall.SendAsync(Cast(hall, people[0], Guid.NewGuid(), ballots, "For", "For"))).ShouldBe("ballot.not-on-paper");
        BallotHall.CodeOf(await hall.SendAsync(Cast(hall, people[0], paper, ballots, "For", "Perhaps"))).ShouldBe("ballot.unknown-option");
        BallotHall.CodeOf(await hall.SendAsync(Cast(hall, people[0], paper, []))).ShouldBe("ballot.no-choice");
        BallotHall.CodeOf(await hall.SendAsync(Cast(hall, people[0], paper, ballots, "For", "For") with { IdempotencyKey = "short" })).ShouldBe("idempotency.key-required");
        (await VotesAsync(hall, [.. ballots, elsewhere])).ShouldBe(0);
    }

    [Fact]
    public async Task The_same_key_with_another_answer_is_refused_whole()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        var (paper, ballots) = await OpenAsync(hall, 2, "Named");
        var cast = Cast(hall, people[0], paper, ballots, "For", "For");
        (await hall.SendAsync(cast)).Require();

        BallotHall.CodeOf(await hall.SendAsync(cast with { Votes = [new(ballots[0], ["For"]), new(ballots[1], ["Against"])] })).ShouldBe("idempotency.key-reused");
        (await hall.ScalarAsync<int>("select count(*) from vote_replaced where community_id = @Community", new { hall.Community })).ShouldBe(0);
    }

    [Fact]
    public async Task Fifty_papers_of_one_household_at_once_are_one_paper()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960, 1961);
        var (paper, ballots) = await OpenAsync(hall, 2, "Secret");

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(i => hall.SendAsync(Cast(hall, people[i % 2], paper, i % 3 == 0 ? [ballots[1], ballots[0]] : ballots, "For", "Against"))));

        answers.Count(a => a is Result<IReadOnlyList<CastAnswer>>.Accepted).ShouldBe(1);
        answers.Count(a => BallotHall.CodeOf(a) == "ballot.already-voted").ShouldBe(49);
        (await VotesAsync(hall, ballots)).ShouldBe(2);
    }

    [Fact]
    public async Task Ballots_share_a_paper_when_project_name_roll_secrecy_and_window_are_the_same()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdAsync("1-1", 1960);
        var now = await database.CouncilNowAsync();
        var question = BallotHall.Question(now) with { Paper = "owners" };
        var first = await PaperOfAsync(hall, question);

        first.ShouldNotBeNull();
        (await PaperOfAsync(hall, question with { Question = "And this?" })).ShouldBe(first);
        (await PaperOfAsync(hall, question with { Paper = "others" })).ShouldNotBe(first);
        (await PaperOfAsync(hall, question with { Secrecy = "Secret" })).ShouldNotBe(first);
        (await PaperOfAsync(hall, question with { Roll = "Residents" })).ShouldNotBe(first);
        (await PaperOfAsync(hall, question with { RollScope = "1" })).ShouldNotBe(first);
        (await PaperOfAsync(hall, question with { ClosesAt = now.AddDays(8) })).ShouldNotBe(first);
        (await PaperOfAsync(hall, question with { Paper = null })).ShouldBeNull();
    }

    [Fact]
    public async Task A_helper_s_paper_has_an_audit_line_for_each_question()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1940);
        var (paper, ballots) = await OpenAsync(hall, 2, "Named");
        var assisted = (await hall.SendAsync(new StartAssistedSession(hall.AsStaff(), hall.Community, people[0], "Li Hua"))).Require();
        var caller = (await hall.Service<IResidentSessions>().FindAsync(assisted.Secret, CancellationToken.None))!.AsCaller();

        (await hall.SendAsync(Cast(hall, people[0], paper, ballots, "For", "Against") with { Caller = caller })).Require();

        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'CastVote' and details->>'channel' = 'Assisted'", new { hall.Community })).ShouldBe(2);
    }

    private static CastPaper Cast(BallotHall hall, ResidentId resident, Guid paper, BallotId[] ballots, params string[] choices) => new(
        hall.As(resident), hall.Community, paper, [.. ballots.Zip(choices, (ballot, choice) => new PaperVote(ballot, [choice]))], Guid.NewGuid().ToString());

    private static async Task<(Guid Paper, BallotId[] Ballots)> OpenAsync(BallotHall hall, int questions, string secrecy)
    {
        var now = await hall.Database.CouncilNowAsync();
        var ballots = new List<BallotId>();
        for (var i = 0; i < questions; i++)
        {
            ballots.Add(await hall.OpenBallotAsync(BallotHall.Question(now, secrecy: secrecy) with { Question = $"Question {i}?", Paper = "paper" }));
        }

        return (await hall.ScalarAsync<Guid>("select distinct paper_id from ballot where ballot_id = any(@ids)", new { ids = ballots.Select(b => b.Value).ToArray() }), [.. ballots]);
    }

    private static async Task<Guid?> PaperOfAsync(BallotHall hall, OpenBallotCommand question)
    {
        var ballot = await hall.OpenBallotAsync(question);
        return await hall.ScalarAsync<Guid?>("select paper_id from ballot where ballot_id = @ballot", new { ballot });
    }

    private static Task<int> VotesAsync(BallotHall hall, BallotId[] ballots) => hall.ScalarAsync<int>(
        "select (select count(*) from vote where ballot_id = any(@ids)) + (select count(*) from participation where ballot_id = any(@ids))",
        new { ids = ballots.Select(b => b.Value).ToArray() });
}

using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Process.Ballots;
using Deliberation.Web.Parts;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>What a clerk types of a paper of each kind: the reader says what stands there, the rule says what it is worth.</summary>
public sealed class PaperMarksTests
{
    [Theory]
    [InlineData("""{"rule":"Borda"}""", "2 1 3", "b=1 a=2 c=3")]
    [InlineData("""{"rule":"Borda"}""", "2", "b=1")]
    [InlineData("""{"rule":"Borda"}""", "２，１", "b=1 a=2")] // full width
    [InlineData("""{"rule":"Borda"}""", "2/1 3", "b=1 a=1 c=2")] // one place, and the gap closes up
    [InlineData("""{"rule":"Borda"}""", "2=1 3", "b=1 a=1 c=2")]
    [InlineData("""{"rule":"Borda"}""", "2 1 2 3", "b=1 a=2 c=3")] // a repeated option keeps its first place
    [InlineData("""{"rule":"Borda"}""", "4", "Abstain")]
    [InlineData("""{"rule":"Borda"}""", "4 1", "spoilt TooMany")]
    [InlineData("""{"rule":"Borda"}""", "1 4/2", "spoilt TooMany")]
    [InlineData("""{"rule":"Borda","strictRanking":true}""", "2/1 3", "spoilt RankTie")]
    [InlineData("""{"rule":"StvScottish","seats":1}""", "1/2", "spoilt RankTie")]
    [InlineData("""{"rule":"Borda"}""", "5", null)]
    [InlineData("""{"rule":"Borda"}""", "1/", null)]
    [InlineData("""{"rule":"Borda"}""", "", null)]
    [InlineData("""{"rule":"Score","maxScore":5}""", "5 0 3", "a=5 b=0 c=3")]
    [InlineData("""{"rule":"Score","maxScore":5}""", "5 - 3", "a=5 c=3")]
    [InlineData("""{"rule":"Score","maxScore":5}""", "5 6 3", "spoilt NotAScore")]
    [InlineData("""{"rule":"Score","maxScore":5}""", "4", "Abstain")]
    [InlineData("""{"rule":"Score","maxScore":5}""", "5", null)] // one figure of three
    [InlineData("""{"rule":"Score","maxScore":5}""", "5 3", null)]
    [InlineData("""{"rule":"Score","maxScore":5}""", "5 05 3", null)] // a slip of the keys
    [InlineData("""{"rule":"Score","maxScore":5}""", "- - -", null)]
    [InlineData("""{"rule":"Star","maxScore":5}""", "0 5 1", "a=0 b=5 c=1")]
    [InlineData("""{"rule":"OfficeElection","seats":2}""", "3 1", "c a")]
    [InlineData("""{"rule":"OfficeElection","seats":2}""", "1 2 3", "spoilt TooMany")]
    [InlineData("""{"rule":"OfficeElection","seats":2}""", "1 1", null)]
    [InlineData("""{"rule":"OfficeElection","seats":2}""", "4", "Abstain")]
    [InlineData("""{"rule":"OfficeElection","seats":2}""", "4 1", "spoilt TooMany")]
    [InlineData("""{"rule":"Approval"}""", "1 2 3", "a b c")]
    [InlineData("""{"rule":"Plurality"}""", "1 2", "spoilt TooMany")]
    [InlineData("""{"rule":"BudgetGreedy","budgetFen":100}""", "1 3", "a c")]
    [InlineData("""{"rule":"Borda"}""", "0", "spoilt")]
    [InlineData("""{"rule":"Score","maxScore":5}""", "00", "doubtful")]
    public void Keys_become_what_stands_on_the_paper(string rule, string typed, string? expected)
    {
        var mark = PaperMarks.Read(Ballot(rule, new("a", "Path", 1), new("b", "Lamp", 1), new("c", "Bench", 1)), typed);

        Said(mark).ShouldBe(expected);
    }

    [Theory]
    [InlineData("For", "For")]
    [InlineData("Spoilt", "spoilt")]
    [InlineData("Doubtful", "doubtful")]
    [InlineData("Perhaps", null)]
    [InlineData(null, null)]
    public void An_answer_is_one_of_three(string? typed, string? expected) => Said(PaperMarks.Read(Ballot("""{"rule":"Majority"}"""), typed)).ShouldBe(expected);

    private static string? Said(PaperMark? mark) => mark switch
    {
        null => null,
        { IsDoubtful: true } => "doubtful",
        { IsSpoilt: true, Fault: { } fault } => $"spoilt {fault}",
        { IsSpoilt: true } => "spoilt",
        _ => string.Join(' ', mark.Choices),
    };

    private static BallotView Ballot(string rule, params BallotOption[] options)
    {
        var json = JsonNode.Parse(rule)!.AsObject();
        var form = PaperForm.Of(BallotRule.Read(json), [.. options.Select(o => o.Id)]);
        return new BallotView(
            default, default, "", "Which?", "", json, "Households", null, false, "", 1, options, form.Most, default, default, BallotState.Counting, null, default, new BallotRoll(0, 0, 0, ""), [])
        {
            LastClosesAt = default,
        };
    }
}

using System.Text.Json.Nodes;
using Deliberation.Domain.Ballots;

namespace Deliberation.Tests.Domain;

/// <summary>A rule's JSON is read whole or refused with the setting at fault; a paper fits its rule or is refused with the reason.</summary>
public sealed class BallotRuleTests
{
    private static readonly string[] Options = ["a", "b", "c"];

    [Theory]
    [InlineData("""{}""", "rule")]
    [InlineData("""{"rule":7}""", "rule")]
    [InlineData("""{"rule":"7"}""", "rule")]
    [InlineData("""{"rule":"majority"}""", "rule")]
    [InlineData("""{"rule":"OwnersAssembly","matter":0}""", "matter")]
    [InlineData("""{"rule":"OwnersAssembly","matter":10}""", "matter")]
    [InlineData("""{"rule":"OwnersAssembly","matter":"7"}""", "matter")]
    [InlineData("""{"rule":"OwnersAssembly","matter":1.5}""", "matter")]
    [InlineData("""{"rule":"OwnersAssembly","matter":1e300}""", "matter")]
    [InlineData("""{"rule":"OwnersAssembly","spoiltTakesPart":"no"}""", "spoiltTakesPart")]
    [InlineData("""{"rule":"OwnersAssembly","coOwners":"1"}""", "coOwners")]
    [InlineData("""{"rule":"OwnersAssembly","unreturned":"Join"}""", "unreturned")]
    [InlineData("""{"rule":"OwnersAssembly","unreturned":"FollowMajority"}""", "rulesOfProcedure")]
    [InlineData("""{"rule":"OwnersAssembly","unreturned":"FollowMajority","rulesOfProcedure":"12.3"}""", "rulesOfProcedure")]
    [InlineData("""{"rule":"Majority","unreturned":"FollowMajority","rulesOfProcedure":"Clause 12"}""", "unreturned")]
    [InlineData("""{"rule":"Majority","base":"Everybody"}""", "base")]
    [InlineData("""{"rule":"Majority","threshold":"3/2"}""", "threshold")]
    [InlineData("""{"rule":"Majority","threshold":"1/0"}""", "threshold")]
    [InlineData("""{"rule":"Majority","threshold":0.5}""", "threshold")]
    [InlineData("""{"rule":"Majority","minTurnout":"-1/2"}""", "minTurnout")]
    [InlineData("""{"rule":"AllButK","k":-1}""", "k")]
    [InlineData("""{"rule":"Consent","fallback":{"rule":"Schulze"}}""", "rule")]
    [InlineData("""{"rule":"Consent","fallback":"Majority"}""", "fallback")]
    [InlineData("""{"rule":"Consent","fallback":{"rule":"Majority","base":"x"}}""", "fallback.base")]
    [InlineData("""{"rule":"OfficeElection","seats":0}""", "seats")]
    [InlineData("""{"rule":"OfficeElection","seats":2,"reservedSeats":3}""", "reservedSeats")]
    [InlineData("""{"rule":"OfficeElection","tieBreak":"All"}""", "tieBreak")]
    [InlineData("""{"rule":"OfficeElection","kin":[["a"]]}""", "kin")]
    [InlineData("""{"rule":"OfficeElection","mayFillReserved":[1]}""", "mayFillReserved")]
    [InlineData("""{"rule":"Star","seats":2}""", "seats")]
    [InlineData("""{"rule":"InstantRunoff","seats":2}""", "seats")]
    [InlineData("""{"rule":"Limited","seats":2,"marks":3}""", "marks")]
    [InlineData("""{"rule":"Score","maxScore":0}""", "maxScore")]
    [InlineData("""{"rule":"EqualShares"}""", "budgetFen")]
    [InlineData("""{"rule":"EqualShares","budgetFen":-1}""", "budgetFen")]
    [InlineData("""{"rule":"EqualShares","budgetFen":1,"shareStepFen":0}""", "shareStepFen")]
    public void A_rule_that_cannot_stand_names_the_setting(string json, string setting) =>
        Assert.Contains(BallotRule.Check(Json(json)), problem => problem.Setting.EndsWith(setting, StringComparison.Ordinal));

    [Fact]
    public void Every_rule_is_read_with_its_defaults()
    {
        foreach (var kind in Enum.GetValues<RuleKind>())
        {
            var rule = BallotRule.Read(new JsonObject { ["rule"] = kind.ToString(), ["budgetFen"] = 100 });
            Assert.Equal(kind, rule.Kind);
            Assert.Equal(1, new[] { rule.IsYesNo, rule.IsBudget, rule.IsChoice, kind is RuleKind.OfficeElection or RuleKind.OwnersCommitteeElection }.Count(group => group));
        }
    }

    [Fact]
    public void Unreturned_papers_follow_the_majority_only_where_a_rule_says_so()
    {
        Assert.False(BallotRule.Read(Json("""{"rule":"OwnersAssembly","rulesOfProcedure":"Clause 12"}""")).FollowsMajority);
        Assert.True(BallotRule.Read(Json("""{"rule":"OwnersAssembly","unreturned":"FollowMajority","rulesOfProcedure":"Art 5"}""")).FollowsMajority);
    }

    [Fact]
    public void A_whole_double_is_a_whole_number() => Assert.Equal(OwnersMatter.AlterOrRebuild, BallotRule.Read(Json("""{"rule":"OwnersAssembly","matter":7.0}""")).Matter);

    [Fact]
    public void A_slip_of_the_pen_is_found() => Assert.Equal(["treshold"], BallotRule.UnknownSettings(Json("""{"rule":"Majority","treshold":"2/3","base":"Cast"}""")));

    [Fact]
    public void Two_thirds_counts_those_who_say_yes_or_no()
    {
        var rule = BallotRule.Read(Json("""{"rule":"TwoThirds"}"""));
        Assert.Equal((MajorityBase.Expressed, Threshold.TwoThirds), (rule.Base, rule.Threshold));
    }

    [Theory] // D43
    [InlineData("Plurality", "a", null)]
    [InlineData("Plurality", "", PaperFault.Empty)]
    [InlineData("Plurality", "a b", PaperFault.TooMany)]
    [InlineData("Plurality", "d", PaperFault.Unknown)]
    [InlineData("Plurality", "For", PaperFault.Unknown)]
    [InlineData("Plurality", "a=1", PaperFault.Unknown)]
    [InlineData("Approval", "a b c", null)]
    [InlineData("Approval", "a a", PaperFault.Unknown)]
    [InlineData("Approval", "Abstain", null)]
    [InlineData("Approval", "a Abstain", PaperFault.TooMany)]
    [InlineData("Approval", "Abstain Abstain", PaperFault.Unknown)]
    [InlineData("Approval", "none a", PaperFault.Unknown)]
    [InlineData("Schulze", "a=1 b=2 c=2", null)]
    [InlineData("Schulze", "a=1", null)]
    [InlineData("Schulze", "a=1 b=3", PaperFault.RankGap)]
    [InlineData("Schulze", "a=2", PaperFault.RankGap)]
    [InlineData("Schulze", "a=1 b=1 c=3", PaperFault.RankGap)]
    [InlineData("Schulze", "a=0", PaperFault.NotARank)]
    [InlineData("Schulze", "a=-1", PaperFault.NotARank)]
    [InlineData("Schulze", "a", PaperFault.NotARank)]
    [InlineData("Schulze", "a=", PaperFault.NotARank)]
    [InlineData("Schulze", "a=1.0", PaperFault.NotARank)]
    [InlineData("Schulze", "a=01", PaperFault.NotARank)]
    [InlineData("Schulze", "a=NaN", PaperFault.NotARank)]
    [InlineData("Schulze", "a=1e309", PaperFault.NotARank)]
    [InlineData("Schulze", "a=1000000000000000000000000000000", PaperFault.NotARank)]
    [InlineData("Schulze", "a=１", PaperFault.NotARank)]
    [InlineData("Schulze", "a=1 a=2", PaperFault.Unknown)]
    [InlineData("Schulze", "x=1", PaperFault.Unknown)]
    [InlineData("StvScottish", "a=1 b=1", PaperFault.RankTie)]
    [InlineData("InstantRunoff", "a=1 b=2 c=2", PaperFault.RankTie)]
    [InlineData("StvMeek", "c=1 a=2", null)]
    [InlineData("Score", "a=0 b=5", null)]
    [InlineData("Score", "a=6", PaperFault.NotAScore)]
    [InlineData("Score", "a=-1", PaperFault.NotAScore)]
    [InlineData("Score", "a=NaN", PaperFault.NotAScore)]
    [InlineData("Score", "a=1e309", PaperFault.NotAScore)]
    [InlineData("Score", "a=1000000000000000000000000000000", PaperFault.NotAScore)]
    [InlineData("Star", "a=5 a=4", PaperFault.Unknown)]
    [InlineData("Star", "a=3 Abstain", PaperFault.TooMany)]
    [InlineData("EqualShares", "a b c", null)]
    public void A_paper_fits_its_rule_or_is_refused_with_the_reason(string rule, string choices, PaperFault? fault) =>
        Assert.Equal(fault, FormOf(rule, Options).Check(choices.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(9, 3)]
    public void An_election_takes_as_many_marks_as_seats_and_never_more_than_candidates(int seats, int most) =>
        Assert.Equal(most, PaperForm.Of(BallotRule.Read(new JsonObject { ["rule"] = "OfficeElection", ["seats"] = seats }), Options).Most);

    [Theory]
    [InlineData("For", null)]
    [InlineData("Abstain", null)]
    [InlineData("Against", PaperFault.ReasonMissing)]
    [InlineData("Against|because:too loud at night", null)]
    [InlineData("Against|because:no", PaperFault.ReasonMissing)]
    [InlineData("Against|because:line\nbreak in it", PaperFault.ReasonMissing)]
    [InlineData("For|because:I like it a lot", PaperFault.ReasonMissing)]
    [InlineData("Against|because:too loud|because:too late", PaperFault.TooMany)]
    [InlineData("because:too loud", PaperFault.Empty)]
    [InlineData("For|Against", PaperFault.TooMany)]
    public void Who_objects_says_why(string choices, PaperFault? fault) =>
        Assert.Equal(fault, FormOf("Consent", []).Check(choices.Split('|')));

    [Fact]
    public void An_id_may_hold_an_equals_sign() => Assert.Null(FormOf("Borda", ["x=1", "y"]).Check(["x=1=1", "y=2"]));

    private static PaperForm FormOf(string rule, string[] options) => PaperForm.Of(BallotRule.Read(new JsonObject { ["rule"] = rule, ["budgetFen"] = 1 }), options);

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}

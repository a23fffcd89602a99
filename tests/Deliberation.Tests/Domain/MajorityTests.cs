using Deliberation.Domain.Ballots;
using Deliberation.Domain.Laws;

namespace Deliberation.Tests.Domain;

/// <summary>Majorities, meetings and consent, at their edges.</summary>
public sealed class MajorityTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 5)]
    public void A_base_of_nobody_never_passes(int inFavour, int abstain) =>
        Assert.False(Majority.Decide(new() { Base = MajorityBase.Expressed }, new(inFavour, 0, abstain, 0, 10)).Passed);

    [Fact]
    public void Turnout_is_tested_before_the_line()
    {
        var decision = Majority.Decide(new() { MinTurnout = Threshold.AtLeastHalf }, new(49, 0, 0, 0, 100));
        Assert.Equal(BallotOutcome.Inquorate, decision.Outcome);
        Assert.Equal(("turnout", 50, 1), (decision.Explanation.FirstFailed!.Code, decision.Explanation.FirstFailed.Needed, decision.Explanation.FirstFailed.Missing));
        Assert.True(Majority.Decide(new() { MinTurnout = Threshold.AtLeastHalf }, new(50, 0, 0, 0, 100)).Passed);
    }

    [Theory]
    [InlineData(null, BallotOutcome.Tied)]
    [InlineData(Choice.For, BallotOutcome.Passed)]
    [InlineData(Choice.Against, BallotOutcome.Rejected)]
    public void A_tie_is_not_passed_unless_the_casting_vote_says_so(Choice? casting, BallotOutcome expected) =>
        Assert.Equal(expected, Majority.Decide(new() { Base = MajorityBase.Expressed, CastingVote = casting }, new(20, 20, 3, 0, 60)).Outcome);

    [Fact]
    public void As_many_for_as_against_is_plainly_rejected_where_two_thirds_are_needed() =>
        Assert.Equal(BallotOutcome.Rejected, Majority.Decide(new() { Threshold = Threshold.TwoThirds }, new(20, 20, 0, 0, 60)).Outcome);

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(1, 2, false)]
    [InlineData(0, 0, true)]
    [InlineData(0, 1, false)]
    public void Consensus_minus_k_allows_k_against(int k, int against, bool passed) =>
        Assert.Equal(passed, Majority.Decide(new() { AllButK = k }, new(5, against, 2, 0, 20)).Passed);

    [Theory]
    [InlineData(MeetingBody.VillagersAssembly, MeetingForm.Adults, 401, 200, false)]
    [InlineData(MeetingBody.VillagersAssembly, MeetingForm.Adults, 401, 201, true)]
    [InlineData(MeetingBody.VillagersAssembly, MeetingForm.Households, 120, 79, false)]
    [InlineData(MeetingBody.VillagersAssembly, MeetingForm.Households, 120, 80, true)]
    [InlineData(MeetingBody.GroupMeeting, MeetingForm.Adults, 46, 30, false)]
    [InlineData(MeetingBody.GroupMeeting, MeetingForm.Households, 46, 31, true)]
    [InlineData(MeetingBody.ResidentsAssembly, MeetingForm.Members, 60, 30, false)]
    [InlineData(MeetingBody.ResidentsRepresentativesAssembly, MeetingForm.Members, 60, 40, true)]
    [InlineData(MeetingBody.CouncilMeeting, MeetingForm.Members, 15, 8, true)]
    public void Each_body_has_its_quorum(MeetingBody body, MeetingForm form, int entitled, int present, bool hasQuorum) =>
        Assert.Equal(hasQuorum, MeetingVote.Decide(body, form, new(entitled, present, present)).Passed);

    [Fact]
    public void In_a_meeting_an_abstention_works_like_a_no() =>
        Assert.Equal(BallotOutcome.Rejected, MeetingVote.Decide(
            MeetingBody.VillagersAssembly, MeetingForm.Households, new(120, 80, 40, 0, 40)).Outcome);

    [Fact]
    public void More_votes_than_people_present_void_the_vote() =>
        Assert.Equal(BallotOutcome.Voided, MeetingVote.Decide(MeetingBody.CouncilMeeting, MeetingForm.Members, new(10, 8, 9)).Outcome);

    [Fact]
    public void A_reasoned_objection_sends_the_proposal_back_until_its_author_withdraws_it()
    {
        ConsentRound round = new(14, 2, [new("h07", "the ramp blocks the fire lane")]);
        Assert.Equal(ConsentOutcome.Revise, Consent.Decide(round, 1).Outcome);
        Assert.Equal(ConsentOutcome.Passed, Consent.Decide(
            round with { Objections = [round.Objections[0] with { Status = ObjectionStatus.Withdrawn }] }, 2).Outcome);
        Assert.Equal(ConsentOutcome.FallBack, Consent.Decide(round, 3).Outcome);
    }

    [Theory]
    [InlineData(10, 5, ConsentOutcome.Passed)] // a third exactly
    [InlineData(10, 6, ConsentOutcome.Revise)]
    [InlineData(0, 0, ConsentOutcome.Revise)]
    public void At_most_a_third_may_stand_aside(int consents, int standAsides, ConsentOutcome expected) =>
        Assert.Equal(expected, Consent.Decide(new(consents, standAsides, []), 1).Outcome);

    [Fact]
    public void Silence_counts_as_standing_aside_and_not_for_the_quorum()
    {
        Assert.Equal(ConsentOutcome.Revise, Consent.Decide(new(10, 0, [], Silent: 6), 1).Outcome);
        Assert.Equal(ConsentOutcome.Inquorate, Consent.Decide(new(10, 0, [], 2, 20), 1, new() { Quorum = Threshold.TwoThirds }).Outcome);
    }

    [Fact]
    public void Every_profile_is_found_by_its_id_and_knows_its_days()
    {
        Assert.All(LawProfiles.All, p => Assert.Same(p, LawProfiles.Find(p.Id)));
        Assert.True(LawProfiles.VillagersCommittee2018.IsInForce(new(2025, 12, 31)));
        Assert.False(LawProfiles.VillagersCommittee2018.IsInForce(new(2026, 1, 1)));
        Assert.True(LawProfiles.VillagersCommittee2026.IsInForce(new(2026, 1, 1)));
        Assert.Null(LawProfiles.Find("nobody's law"));
    }

    [Fact]
    public void A_vote_at_the_closing_instant_is_outside_the_window()
    {
        DateTimeOffset opens = new(2026, 3, 2, 0, 30, 0, TimeSpan.Zero), closes = opens.AddDays(7);
        Window window = new(opens, closes);
        Assert.True(window.Contains(opens));
        Assert.True(window.Contains(closes.AddTicks(-1)));
        Assert.False(window.Contains(closes));
        Assert.False(window.Contains(opens.AddTicks(-1)));
    }

    [Fact]
    public void A_threshold_does_not_overflow() =>
        Assert.True(Threshold.ThreeQuarters.IsMet(long.MaxValue, long.MaxValue));

    [Theory] // who may call a body together: domain.md 3.4
    [InlineData(MeetingBody.VillagersAssembly, 40, 400, 0, 0, true)]
    [InlineData(MeetingBody.VillagersAssembly, 39, 400, 9, 30, false)]
    [InlineData(MeetingBody.VillagersAssembly, 0, 400, 10, 30, true)]
    [InlineData(MeetingBody.VillagersRepresentativesAssembly, 9, 45, 0, 0, true)]
    [InlineData(MeetingBody.VillagersRepresentativesAssembly, 8, 45, 45, 45, false)]
    [InlineData(MeetingBody.ResidentsAssembly, 20, 100, 0, 0, true)]
    [InlineData(MeetingBody.ResidentsAssembly, 19, 100, 4, 12, true)]
    [InlineData(MeetingBody.ResidentsRepresentativesAssembly, 10, 51, 0, 0, false)]
    [InlineData(MeetingBody.CouncilMeeting, 5, 15, 0, 0, true)]
    [InlineData(MeetingBody.GroupMeeting, 100, 100, 100, 100, false)]
    public void A_body_meets_when_enough_ask_for_it(MeetingBody body, long asking, long entitled, long othersAsking, long others, bool isCalled) =>
        Assert.Equal(isCalled, MeetingVote.IsCalled(body, asking, entitled, othersAsking, others));

    [Theory]
    [InlineData(40, 200, 0, 0, true)]
    [InlineData(39, 200, 0, 0, false)]
    [InlineData(0, 200, 15, 45, true)]
    [InlineData(39, 200, 14, 45, false)]
    [InlineData(0, 0, 0, 0, false)]
    public void A_recall_is_put_to_the_vote_when_enough_ask_for_it(long asking, long voters, long representatives, long all, bool may) =>
        Assert.Equal(may, OfficeElection.MayRecall(asking, voters, representatives, all));

    [Theory]
    [InlineData("residents-committee-2018", "2025-12-31", "residents-committee-2018")]
    [InlineData("residents-committee-2018", "2026-01-01", "residents-committee-2026")]
    [InlineData("villagers-committee-2026", "2025-12-31", "villagers-committee-2018")]
    [InlineData("villagers-committee-2018", "2018-12-29", "villagers-committee-2018")]
    [InlineData("villagers-committee-2018", "2018-12-28", null)]
    [InlineData("civil-code-2021", "2021-01-01", "civil-code-2021")]
    [InlineData("civil-code-2021", "2020-12-31", null)]
    [InlineData("", "2026-01-01", null)]
    public void A_ballot_is_opened_under_the_text_in_force_that_day(string id, string day, string? expected) =>
        Assert.Equal(expected, Deliberation.Domain.Laws.LawProfiles.InForce(id, DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture))?.Id);

    [Theory]
    [InlineData("civil-code-2021", """{"rule":"OwnersAssembly","matter":7}""", "278(7) 280")]
    [InlineData("villagers-committee-2026", """{"rule":"OfficeElection"}""", "15")]
    [InlineData("villagers-committee-2026", """{"rule":"OfficeElection","mode":"Runoff"}""", "15")]
    [InlineData("residents-committee-2026", """{"rule":"Meeting","body":"ResidentsAssembly"}""", "9 10")]
    [InlineData("residents-committee-2026", """{"rule":"Recall"}""", "")]
    [InlineData("civil-code-2021", """{"rule":"Majority"}""", "")]
    public void A_law_names_the_articles_of_a_rule(string law, string rule, string articles) => Assert.Equal(
        articles,
        string.Join(' ', Deliberation.Domain.Laws.LawProfiles.Find(law)!.ArticlesOf(BallotRule.Read(System.Text.Json.Nodes.JsonNode.Parse(rule)!.AsObject()))));

    [Fact]
    public void Figures_of_the_revisions_of_2025_are_to_be_confirmed() =>
        Assert.All(Deliberation.Domain.Laws.LawProfiles.All, profile => Assert.Equal(profile.Id.EndsWith("2026", StringComparison.Ordinal), profile.Confirm));
}

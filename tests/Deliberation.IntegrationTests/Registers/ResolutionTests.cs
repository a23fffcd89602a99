using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Departments;
using Deliberation.Features.Foundation;
using Deliberation.Features.Resolutions;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.IntegrationTests.Duties;
using Deliberation.Process.Projects;
using Deliberation.Process.Resolutions;
using Deliberation.Testing;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Registers;

/// <summary>What was adopted gets a department, a day and a proof.</summary>
[Collection(RegisterTests.Name)]
public sealed class ResolutionTests(TestDatabase database)
{
    [Fact]
    [Mechanism("M2.6", Page = "/staff/resolutions/{id}")]
    public async Task A_resolution_without_a_department_goes_up_once_seven_days_after_its_adoption_and_ends_with_a_proof()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var _ = hall;
        await hall.StepAsync(new RecordDecisionCommand("Renew the pipes"), "v1");
        var resolution = (await ListAsync(hall)).Resolutions.Items.ShouldHaveSingleItem();
        (resolution.Title, resolution.ProjectTitle).ShouldBe(("Renew the pipes", "Renovation"));
        resolution.AdoptedAt.ShouldBe(PostHall.At("2026-11-23 10:00"), TimeSpan.FromMinutes(1)); // the clock goes on

        await hall.GoToAsync("2026-11-30 09:59");
        (await hall.ToldAsync("resolution.message.unassigned", chair)).ShouldBe(0);
        await hall.GoToAsync("2026-11-30 10:01");
        await hall.GoToAsync("2026-12-07 10:00");
        (await hall.ToldAsync("resolution.message.unassigned", chair)).ShouldBe(2); // as the community's post, and as the district's: the subdistrict is vacant
        (await ListAsync(hall)).Resolutions.Items[0].EscalatedTo.ShouldBe("District");

        var department = (await hall.SendAsync(new AddDepartment(hall.AsStaff(), hall.Community, "Works office", "GroupLeader"))).Require();
        var complete = new CompleteResolution(hall.AsStaff(), hall.Community, resolution.Id, "Pipes of six buildings renewed", null);
        BallotHall.CodeOf(await hall.SendAsync(complete)).ShouldBe("resolution.department-first");
        (await hall.SendAsync(new AssignResolution(hall.AsStaff(), hall.Community, resolution.Id, department, new DateOnly(2026, 12, 10), null))).Require();
        (await hall.ToldAsync("resolution.message.assigned", hall.Staff)).ShouldBe(1);
        BallotHall.CodeOf(await hall.SendAsync(new EndDepartment(hall.AsStaff(), hall.Community, department, "Merged"))).ShouldBe("department.has-open");

        await hall.GoToAsync("2026-12-10 23:59");
        (await StandingAsync(hall, resolution.Id)).ShouldBe(ResolutionStanding.InWork);
        await hall.GoToAsync("2026-12-11 00:00");
        (await StandingAsync(hall, resolution.Id)).ShouldBe(ResolutionStanding.Overdue);
        (await ListAsync(hall)).Overdue.ShouldBe(1);

        BallotHall.CodeOf(await hall.SendAsync(complete with { Proof = "x" })).ShouldBe("resolution.proof-length");
        BallotHall.CodeOf(await hall.SendAsync(complete with { Photo = Encoding.ASCII.GetBytes("<script>") })).ShouldBe("photo.not-a-photo");
        (await hall.SendAsync(complete)).Require();
        BallotHall.CodeOf(await hall.SendAsync(complete)).ShouldBe("resolution.already-done");
        (await StandingAsync(hall, resolution.Id)).ShouldBe(ResolutionStanding.Done);
        (await ListAsync(hall)).Resolutions.Total.ShouldBe(0);
        (await ListAsync(hall, isOver: true)).Resolutions.Items.ShouldHaveSingleItem().Proof.ShouldBe("Pipes of six buildings renewed");
    }

    [Fact]
    public async Task Assigned_in_time_nobody_above_is_told_and_a_change_needs_a_reason()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var _ = hall;
        await hall.StepAsync(new RecordDecisionCommand("Renew the pipes"), "v1");
        var resolution = (await ListAsync(hall)).Resolutions.Items[0].Id;
        var department = (await hall.SendAsync(new AddDepartment(hall.AsStaff(), hall.Community, "Works office", "Community"))).Require();
        var assign = new AssignResolution(hall.AsStaff(), hall.Community, resolution, department, new DateOnly(2026, 11, 23), null);

        BallotHall.CodeOf(await hall.SendAsync(assign with { Caller = hall.AsStaff(CallerKind.Official) })).ShouldBe("access.not-allowed");
        BallotHall.CodeOf(await hall.SendAsync(assign with { Resolution = Guid.NewGuid() })).ShouldBe("access.not-found");
        BallotHall.CodeOf(await hall.SendAsync(assign with { Department = null })).ShouldBe("department.unknown");
        BallotHall.CodeOf(await hall.SendAsync(assign with { DueOn = null })).ShouldBe("resolution.due-bounds");
        BallotHall.CodeOf(await hall.SendAsync(assign with { DueOn = new DateOnly(2026, 11, 22) })).ShouldBe("resolution.due-bounds");
        BallotHall.CodeOf(await hall.SendAsync(assign with { DueOn = new DateOnly(2029, 11, 24) })).ShouldBe("resolution.due-bounds");
        (await hall.SendAsync(assign)).Require(); // today is the earliest
        var later = assign with { DueOn = new DateOnly(2029, 11, 23) };
        BallotHall.CodeOf(await hall.SendAsync(later)).ShouldBe("task.reason-missing");
        (await hall.SendAsync(later with { Reason = "The works take longer" })).Require();

        await hall.GoToAsync("2026-12-01 10:00");
        (await hall.ToldAsync("resolution.message.unassigned", chair)).ShouldBe(0);
        BallotHall.CodeOf(await hall.SendAsync(new CompleteResolution(hall.AsStaff(), hall.Community, resolution, "Done", null))).ShouldBe("resolution.not-yours"); // the group's post stands below
        (await hall.SendAsync(new GetResolution(hall.AsStaff(CallerKind.Official), hall.Community, resolution))).Require().MayComplete.ShouldBeFalse();
    }

    [Fact]
    public async Task A_declared_ballot_that_passed_is_a_resolution_unless_the_project_recorded_it_and_lapses_with_it()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var _ = hall;
        var passed = await DecideAsync(hall, chair, "For");
        await DecideAsync(hall, chair, "Against");
        var list = await ListAsync(hall);
        list.Resolutions.Items.ShouldHaveSingleItem().Ballot.ShouldBe(passed);

        await DecideAsync(hall, chair, "For", decision: "Plan B");
        (await ListAsync(hall)).Resolutions.Items.Select(line => (line.Title, line.Ballot)).ShouldBe([("Shall we?", passed), ("Plan B", (BallotId?)null)], ignoreOrder: true);

        await hall.ExecuteAsync("update ballot set state = 'Voided', outcome = 'Voided' where ballot_id = @passed", new { passed });
        await hall.GoToAsync("2027-02-01 10:00");
        (await StandingAsync(hall, list.Resolutions.Items[0].Id)).ShouldBe(ResolutionStanding.Lapsed);
        (await hall.ToldAsync("resolution.message.unassigned", chair)).ShouldBe(2); // Plan B's, as community and as district
    }

    private static async Task<BallotId> DecideAsync(BallotHall hall, StaffId chair, string choice, string? decision = null)
    {
        var voter = (await hall.AddHouseholdAsync($"9-{Guid.NewGuid():N}"[..8], 1960)).People[0];
        var ballot = await hall.OpenBallotAsync();
        (await hall.VoteAsync(voter, ballot, choice)).Require();
        await hall.Database.SetCouncilTimeAsync((await hall.Database.CouncilNowAsync()).AddDays(7));
        await hall.CloseBallotAsync(ballot);
        if (decision is not null)
        {
            await hall.StepAsync(new RecordDecisionCommand(decision), "v9");
        }

        (await hall.SendAsync(new DeclareBallot(hall.As(chair), hall.Community, ballot))).Require();
        return ballot;
    }

    private static async Task<ResolutionList> ListAsync(BallotHall hall, bool isOver = false) =>
        (await hall.SendAsync(new ListResolutions(hall.AsStaff(CallerKind.Official), hall.Community, isOver, new PageRequest(1)))).Require();

    private static async Task<ResolutionStanding> StandingAsync(BallotHall hall, Guid resolution)
    {
        var page = (await hall.SendAsync(new GetResolution(hall.AsStaff(), hall.Community, resolution))).Require();
        return page.Resolution.Standing(page.Today);
    }
}

using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Features.Foundation;
using Deliberation.Features.Lists;
using Deliberation.Features.Routines;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.IntegrationTests.Duties;
using Deliberation.Testing;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Registers;

/// <summary>Lists under any names, and the pack that says once a month what happened on them.</summary>
[Collection(RegisterTests.Name)]
public sealed class ListTests(TestDatabase database)
{
    [Fact]
    public async Task What_is_open_comes_by_page_list_by_list_the_first_due_first()
    {
        var (hall, _) = await PostHall.OpenAsync(database, "2026-09-15 10:00");
        await using var __ = hall;
        var department = await DepartmentAsync(hall);
        var moved = await AddAsync(hall, department, "Moved", new DateOnly(2026, 9, 16));
        (await hall.SendAsync(new MoveMatter(hall.AsStaff(), hall.Community, moved, 2, "The office takes it"))).Require();
        var later = await AddAsync(hall, department, "Later", new DateOnly(2026, 9, 18));
        var sooner = await AddAsync(hall, department, "Sooner", new DateOnly(2026, 9, 17));

        (await PageAsync(1)).ShouldBe([sooner, later]);
        (await PageAsync(2)).ShouldBe([moved]);

        async Task<IEnumerable<Guid>> PageAsync(int number)
        {
            var matters = (await hall.SendAsync(new GetLists(hall.AsStaff(), hall.Community, department, new PageRequest(number, 2)))).Require().Matters;
            matters.Total.ShouldBe(3);
            return matters.Items.Select(matter => matter.Id);
        }
    }

    [Fact]
    [Mechanism("M3.6", Page = "/staff/packs/{department}/{month}")]
    public async Task On_the_first_working_day_each_departments_pack_is_made_once_with_new_moved_overdue_and_closed()
    {
        var (hall, _) = await PostHall.OpenAsync(database, "2026-09-15 10:00");
        await using var __ = hall;
        var department = await DepartmentAsync(hall);
        var other = (await hall.SendAsync(new AddDepartment(hall.AsStaff(), hall.Community, "Other office", "Community"))).Require();
        var drain = await AddAsync(hall, department, "Drain of building 3", new DateOnly(2026, 10, 7));
        var lamp = await AddAsync(hall, department, "Lamp at the gate", new DateOnly(2026, 10, 8));
        var fence = await AddAsync(hall, department, "Fence", new DateOnly(2026, 9, 20));
        (await hall.SendAsync(new MoveMatter(hall.AsStaff(), hall.Community, lamp, 2, "The office takes it"))).Require();
        (await hall.SendAsync(new MoveMatter(hall.AsStaff(), hall.Community, fence, null, "Mended"))).Require();

        await hall.GoToAsync("2026-10-07 23:59"); // National Day rests until 7 October
        (await hall.SendAsync(new GetPack(hall.AsStaff(), hall.Community, department, new DateOnly(2026, 10, 1)))).ShouldBeOfType<Result<Pack>.Refused>();
        await using var second = hall.Node();
        await database.SetCouncilTimeAsync(PostHall.At("2026-10-08 00:00").ToUniversalTime());
        await Task.WhenAll(new[] { hall.Service<RoutineLoop>(), second.Service<RoutineLoop>() }.Select(loop => Task.Run(() => loop.RunDueAsync(CancellationToken.None))));
        await hall.GoToAsync("2026-10-08 00:00"); // whatever a slower node left

        var pack = await PackAsync(hall, department, 10);
        Titles(pack, PackSection.New).ShouldBe(["Drain of building 3", "Fence", "Lamp at the gate"], ignoreOrder: true);
        pack.Lines[PackSection.Moved].ShouldHaveSingleItem().ShouldBe(new PackLine(PackSection.Moved, lamp, null, "Lamp at the gate", "Problems", "Duties", "The office takes it", null, null));
        Titles(pack, PackSection.Overdue).ShouldBe(["Drain of building 3"], "its last day was the day before; the lamp's is this day");
        pack.Lines[PackSection.Closed].ShouldHaveSingleItem().Reason.ShouldBe("Mended");
        (await PackAsync(hall, other, 10)).Lines.ShouldBeEmpty();
        (await hall.ScalarAsync<int>("select count(*)::int from audit_entry where community_id = @Community and action = 'MakePack'", new { hall.Community })).ShouldBe(2);
        (await hall.ToldAsync("pack.message.made", hall.Staff)).ShouldBe(1);

        // What happens afterwards is in the next pack, under new names; the old one stays as it was.
        (await hall.SendAsync(new MoveMatter(hall.AsStaff(), hall.Community, drain, 3, "Dug"))).Require();
        (await hall.SendAsync(new NameLists(hall.AsStaff(), hall.Community, department, ["Asked", "Taken", "Solved"]))).Require();
        await hall.GoToAsync("2026-11-02 00:00"); // 1 November is a Sunday
        var next = await PackAsync(hall, department, 11);
        next.FromAt.ShouldBe(pack.UntilAt);
        Titles(next, PackSection.New).ShouldBeEmpty();
        next.Lines[PackSection.Moved].ShouldHaveSingleItem().To.ShouldBe("Solved");
        Titles(next, PackSection.Overdue).ShouldBe(["Drain of building 3", "Lamp at the gate"]);
        (await PackAsync(hall, department, 10)).Lines[PackSection.Moved].ShouldHaveSingleItem().To.ShouldBe("Duties");
    }

    [Fact]
    public async Task After_months_without_a_server_each_month_has_its_pack_and_only_the_newest_is_told()
    {
        var (hall, _) = await PostHall.OpenAsync(database, "2026-09-15 10:00");
        await using var __ = hall;
        var department = await DepartmentAsync(hall);
        await AddAsync(hall, department, "Drain", null);

        await hall.GoToAsync("2026-12-05 10:00");

        Titles(await PackAsync(hall, department, 10), PackSection.New).ShouldBe(["Drain"]);
        (await PackAsync(hall, department, 11)).Lines.ShouldBeEmpty();
        (await PackAsync(hall, department, 12)).MadeAt.ShouldBe(PostHall.At("2026-12-05 10:00").ToUniversalTime(), TimeSpan.FromMinutes(1));
        (await hall.ToldAsync("pack.message.made", hall.Staff)).ShouldBe(1);
        (await hall.SendAsync(new GetLists(hall.AsStaff(CallerKind.Official), hall.Community, department, new PageRequest(1)))).Require().Packs.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_first_working_day_that_the_calendar_moved_is_waited_for()
    {
        var (hall, _) = await PostHall.OpenAsync(database, "2026-11-15 10:00");
        await using var __ = hall;
        var department = await DepartmentAsync(hall);
        await hall.ExecuteAsync("update department set next_pack_at = '2026-11-30T16:00Z' where department_id = @department", new { department }); // as it was reckoned before
        await hall.ExecuteAsync(
            """
            insert into community_calendar (community_id, stamp) values (@Community, gen_random_uuid());
            insert into calendar_year (community_id, year) values (@Community, 2026);
            insert into calendar_day (community_id, day, is_worked, name) values (@Community, '2026-12-01', false, 'Town day')
            """,
            new { hall.Community });

        await hall.GoToAsync("2026-12-01 12:00");
        (await hall.SendAsync(new GetPack(hall.AsStaff(), hall.Community, department, new DateOnly(2026, 12, 1)))).ShouldBeOfType<Result<Pack>.Refused>();
        await hall.GoToAsync("2026-12-02 00:00");
        (await PackAsync(hall, department, 12)).UntilAt.ShouldBe(PostHall.At("2026-12-02 00:00").ToUniversalTime());
    }

    [Fact]
    public async Task Lists_have_any_names_and_matters_move_with_a_reason_within_their_bounds()
    {
        var (hall, _) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var __ = hall;
        var department = await DepartmentAsync(hall);
        var name = new NameLists(hall.AsStaff(), hall.Community, department, ["One"]);
        BallotHall.CodeOf(await hall.SendAsync(name with { Names = [" "] })).ShouldBe("list.count");
        BallotHall.CodeOf(await hall.SendAsync(name with { Names = [.. Enumerable.Range(1, 10).Select(i => $"List {i}")] })).ShouldBe("list.count");
        BallotHall.CodeOf(await hall.SendAsync(name with { Names = [new string('x', 31)] })).ShouldBe("list.name-length");
        BallotHall.CodeOf(await hall.SendAsync(name with { Names = ["Same", "Same"] })).ShouldBe("list.name-length");
        BallotHall.CodeOf(await hall.SendAsync(name with { Department = Guid.NewGuid() })).ShouldBe("department.unknown");
        BallotHall.CodeOf(await hall.SendAsync(name with { Caller = hall.AsStaff(CallerKind.Official) })).ShouldBe("access.not-allowed");
        (await hall.SendAsync(name)).Require(); // nothing stands on the others

        var add = new AddMatter(hall.AsStaff(), hall.Community, department, 1, "Drain", "A resident", null);
        BallotHall.CodeOf(await hall.SendAsync(add with { List = 2 })).ShouldBe("list.unknown");
        BallotHall.CodeOf(await hall.SendAsync(add with { Title = "x" })).ShouldBe("matter.title-length");
        BallotHall.CodeOf(await hall.SendAsync(add with { Title = new string('x', 121) })).ShouldBe("matter.title-length");
        BallotHall.CodeOf(await hall.SendAsync(add with { Reason = " " })).ShouldBe("matter.reason-length");
        (await hall.SendAsync(name with { Names = ["One", "Two"] })).Require();
        var matter = (await hall.SendAsync(add)).Require();

        var move = new MoveMatter(hall.AsStaff(), hall.Community, matter, 2, "It goes on");
        BallotHall.CodeOf(await hall.SendAsync(move with { Matter = Guid.NewGuid() })).ShouldBe("access.not-found");
        BallotHall.CodeOf(await hall.SendAsync(move with { List = 1 })).ShouldBe("list.same");
        BallotHall.CodeOf(await hall.SendAsync(move with { List = 3 })).ShouldBe("list.unknown");
        BallotHall.CodeOf(await hall.SendAsync(move with { Reason = null })).ShouldBe("matter.reason-length");
        BallotHall.CodeOf(await hall.SendAsync(move with { Reason = new string('x', 301) })).ShouldBe("matter.reason-length");
        (await hall.SendAsync(move)).Require();
        BallotHall.CodeOf(await hall.SendAsync(name)).ShouldBe("list.not-empty");
        BallotHall.CodeOf(await hall.SendAsync(new EndDepartment(hall.AsStaff(), hall.Community, department, "Merged"))).ShouldBe("department.has-open");
        (await hall.SendAsync(move with { List = null })).Require();
        BallotHall.CodeOf(await hall.SendAsync(move)).ShouldBe("matter.closed");
        BallotHall.CodeOf(await hall.SendAsync(name)).ShouldBe("list.not-empty"); // its way stays readable
        var page = (await hall.SendAsync(new GetMatter(hall.AsStaff(), hall.Community, matter))).Require();
        page.Moves.Select(step => (step.From, step.To)).ShouldBe([(null, "One"), ("One", "Two"), ("Two", null)]);
    }

    private static async Task<Guid> DepartmentAsync(BallotHall hall)
    {
        var department = (await hall.SendAsync(new AddDepartment(hall.AsStaff(), hall.Community, "Works office", "GroupLeader"))).Require();
        (await hall.SendAsync(new NameLists(hall.AsStaff(), hall.Community, department, ["Problems", "Duties", "Results"]))).Require();
        return department;
    }

    private static async Task<Guid> AddAsync(BallotHall hall, Guid department, string title, DateOnly? dueOn) =>
        (await hall.SendAsync(new AddMatter(hall.AsStaff(), hall.Community, department, 1, title, "A resident", dueOn))).Require();

    private static async Task<Pack> PackAsync(BallotHall hall, Guid department, int month) =>
        (await hall.SendAsync(new GetPack(hall.AsStaff(CallerKind.Official), hall.Community, department, new DateOnly(2026, month, 1)))).Require();

    private static IEnumerable<string> Titles(Pack pack, PackSection section) => pack.Lines[section].Select(line => line.Title);
}

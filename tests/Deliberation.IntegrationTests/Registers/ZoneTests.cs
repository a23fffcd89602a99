using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Features.Foundation;
using Deliberation.Features.Lists;
using Deliberation.Features.Zones;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.IntegrationTests.Duties;
using Deliberation.Testing;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Registers;

/// <summary>An owner of a street who is not seen for the interval is on the monthly list.</summary>
[Collection(RegisterTests.Name)]
public sealed class ZoneTests(TestDatabase database)
{
    [Fact]
    [Mechanism("M2.19", Page = "/staff/zones")]
    public async Task An_owner_without_an_attendance_in_sixty_days_is_on_the_monthly_list_and_in_the_pack()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-08-10 10:00");
        await using var _ = hall;
        var department = (await hall.SendAsync(new AddDepartment(hall.AsStaff(), hall.Community, "Street office", "Community"))).Require();
        var seen = await AddAsync(hall, department, "Plum Street", chair);
        var missed = await AddAsync(hall, department, "Pear Street", chair);
        await AddAsync(hall, department, "New Street", hall.Staff, "2026-09-01 10:00"); // not the whole interval yet on 8 October

        // On 8 October, the first working day, 60 days before is 9 August.
        await database.SetCouncilTimeAsync(PostHall.At("2026-09-05 10:00").ToUniversalTime());
        await hall.ExecuteAsync("update zone set owner_since = '2026-01-01' where zone_id = any(@zones)", new { zones = new[] { seen, missed } });
        (await hall.SendAsync(new RecordAttendance(hall.As(chair), hall.Community, seen, new DateOnly(2026, 8, 9), "Looked at the drains"))).Require();
        (await hall.SendAsync(new RecordAttendance(hall.As(chair), hall.Community, missed, new DateOnly(2026, 8, 8), "Looked at the lamps"))).Require();

        await hall.GoToAsync("2026-10-08 09:00");
        var list = (await hall.SendAsync(new ListZones(hall.AsStaff(CallerKind.Official), hall.Community, new PageRequest(1)))).Require();
        list.ListDay.ShouldBe(new DateOnly(2026, 10, 8));
        var last = (await hall.SendAsync(new ListZones(hall.AsStaff(), hall.Community, new PageRequest(2, 2)))).Require().Zones;
        (last.Total, last.Items.Single().Street).ShouldBe((3, "Plum Street")); // by street: New, Pear, Plum
        list.Absent.ShouldHaveSingleItem().ShouldBe(new AbsentOwner(missed, "Pear Street", "Chair", new DateOnly(2026, 8, 8), 60));
        list.Zones.Items.Where(zone => zone.IsAbsent(list.Today)).Select(zone => zone.Street).ShouldBe(["Pear Street"]);
        var pack = (await hall.SendAsync(new GetPack(hall.AsStaff(), hall.Community, department, new DateOnly(2026, 10, 1)))).Require();
        pack.Lines[PackSection.Absent].ShouldHaveSingleItem().ShouldBe(new PackLine(PackSection.Absent, null, missed, "Pear Street", null, null, null, new DateOnly(2026, 8, 8), "Chair"));

        (await hall.SendAsync(new RecordAttendance(hall.As(chair), hall.Community, missed, new DateOnly(2026, 10, 8), "Back again"))).Require();
        list = (await hall.SendAsync(new ListZones(hall.AsStaff(), hall.Community, new PageRequest(1)))).Require();
        list.Absent.Count.ShouldBe(1, "the list of this month is as of its day");
        list.Zones.Items.ShouldAllBe(zone => !zone.IsAbsent(list.Today));
    }

    [Fact]
    public async Task Only_the_owner_records_within_bounds_and_an_owner_changes_with_a_reason()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var _ = hall;
        var department = (await hall.SendAsync(new AddDepartment(hall.AsStaff(), hall.Community, "Street office", "Community"))).Require();
        var add = new AddZone(hall.AsStaff(), hall.Community, "Plum Street", department, chair.Value, AddZone.UsualInterval);
        BallotHall.CodeOf(await hall.SendAsync(add with { Street = "x" })).ShouldBe("zone.street-length");
        BallotHall.CodeOf(await hall.SendAsync(add with { IntervalDays = 0 })).ShouldBe("zone.interval-bounds");
        BallotHall.CodeOf(await hall.SendAsync(add with { IntervalDays = 367 })).ShouldBe("zone.interval-bounds");
        BallotHall.CodeOf(await hall.SendAsync(add with { Department = null })).ShouldBe("department.unknown");
        BallotHall.CodeOf(await hall.SendAsync(add with { Owner = Guid.NewGuid() })).ShouldBe("zone.owner-unknown");
        BallotHall.CodeOf(await hall.SendAsync(add with { Caller = hall.AsStaff(CallerKind.Official) })).ShouldBe("access.not-allowed");
        var zone = (await hall.SendAsync(add)).Require();
        BallotHall.CodeOf(await hall.SendAsync(add)).ShouldBe("zone.there-already");
        BallotHall.CodeOf(await hall.SendAsync(new EndDepartment(hall.AsStaff(), hall.Community, department, "Merged"))).ShouldBe("department.has-open");

        var record = new RecordAttendance(hall.As(chair), hall.Community, zone, new DateOnly(2026, 11, 23), "Walked it");
        BallotHall.CodeOf(await hall.SendAsync(record with { Caller = hall.AsStaff() })).ShouldBe("zone.not-yours");
        BallotHall.CodeOf(await hall.SendAsync(record with { Zone = Guid.NewGuid() })).ShouldBe("access.not-found");
        BallotHall.CodeOf(await hall.SendAsync(record with { Day = null })).ShouldBe("zone.day-bounds");
        BallotHall.CodeOf(await hall.SendAsync(record with { Day = new DateOnly(2026, 11, 24) })).ShouldBe("zone.day-bounds"); // tomorrow
        BallotHall.CodeOf(await hall.SendAsync(record with { Day = new DateOnly(2026, 11, 22) })).ShouldBe("zone.day-bounds"); // before the owner took over
        BallotHall.CodeOf(await hall.SendAsync(record with { Note = "x" })).ShouldBe("zone.note-length");
        (await hall.SendAsync(record)).Require();
        BallotHall.CodeOf(await hall.SendAsync(record)).ShouldBe("zone.attended-already");
        await hall.ExecuteAsync("update zone set owner_since = '2026-01-01' where zone_id = @zone", new { zone });
        BallotHall.CodeOf(await hall.SendAsync(record with { Day = new DateOnly(2026, 10, 23) })).ShouldBe("zone.day-bounds"); // 31 days ago
        (await hall.SendAsync(record with { Day = new DateOnly(2026, 10, 24), Caller = hall.AsStaff(CallerKind.Admin) })).Require();

        var change = new ChangeZoneOwner(hall.AsStaff(), hall.Community, zone, hall.Staff.Value, null);
        BallotHall.CodeOf(await hall.SendAsync(change)).ShouldBe("task.reason-missing");
        BallotHall.CodeOf(await hall.SendAsync(change with { Owner = null, Reason = "Moved" })).ShouldBe("zone.owner-unknown");
        (await hall.SendAsync(change with { Reason = "Moved" })).Require();
        var page = (await hall.SendAsync(new GetZone(hall.AsStaff(), hall.Community, zone, new PageRequest(1)))).Require();
        (page.Zone.Owner, page.Zone.OwnerSince, page.Zone.LastDay, page.Attendances.Total, page.MayRecord).ShouldBe(("Wang", new DateOnly(2026, 11, 23), null, 2, true));

        var end = new EndZone(hall.AsStaff(), hall.Community, zone, "Pulled down");
        BallotHall.CodeOf(await hall.SendAsync(end with { Reason = " " })).ShouldBe("task.reason-missing");
        (await hall.SendAsync(end)).Require();
        BallotHall.CodeOf(await hall.SendAsync(end)).ShouldBe("zone.ended");
        BallotHall.CodeOf(await hall.SendAsync(record)).ShouldBe("zone.ended");
        (await hall.SendAsync(add)).Require();
    }

    private async Task<Guid> AddAsync(BallotHall hall, Guid department, string street, StaffId owner, string? at = null)
    {
        if (at is not null)
        {
            await database.SetCouncilTimeAsync(PostHall.At(at).ToUniversalTime());
        }

        return (await hall.SendAsync(new AddZone(hall.AsStaff(), hall.Community, street, department, owner.Value, AddZone.UsualInterval))).Require();
    }
}

using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Duties;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Process.Duties;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Duties;

/// <summary>Fixed duties: opened by the calendar, reminded of once, red after their grace, never when done early.</summary>
public sealed class DutyTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    [Mechanism("M4.17", Page = "/staff/duties")]
    public async Task A_missing_quarter_is_red_after_its_grace_and_told_once_below_and_above()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-07-06 10:00");
        await using var _ = hall;
        var duty = (await hall.SendAsync(Extinguishers(hall))).Require();
        (await StandingsAsync(hall, duty)).ShouldBe(["2026-07-01 Open"]);

        await hall.GoToAsync("2026-09-22 08:59");
        (await hall.ToldAsync("duty.message.remind", hall.Staff)).ShouldBe(0);
        await hall.GoToAsync("2026-09-22 09:00");
        await hall.GoToAsync("2026-09-29 09:00");
        (await hall.ToldAsync("duty.message.remind", hall.Staff)).ShouldBe(1);

        await hall.GoToAsync("2026-10-01 00:00");
        (await StandingsAsync(hall, duty)).ShouldBe(["2026-07-01 Grace", "2026-10-01 Open"]);
        await hall.GoToAsync("2026-10-08 23:59");
        (await hall.ToldAsync("duty.message.missing", hall.Staff)).ShouldBe(0);
        await hall.GoToAsync("2026-10-09 00:00");
        await hall.GoToAsync("2026-10-09 12:00");
        (await StandingsAsync(hall, duty)).ShouldBe(["2026-07-01 Missing", "2026-10-01 Open"]);
        (await hall.ToldAsync("duty.message.missing", hall.Staff)).ShouldBe(1);
        (await hall.ToldAsync("duty.message.missing", chair)).ShouldBe(1);
        (await BoardAsync(hall)).Missing.ShouldBe(1);
    }

    [Fact]
    [Mechanism("M4.17", Page = "/staff/duties/{id}")]
    public async Task Done_early_is_not_reminded()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-07-06 10:00");
        await using var _ = hall;
        var duty = (await hall.SendAsync(Extinguishers(hall))).Require();
        (await hall.SendAsync(new RecordDuty(hall.AsStaff(), hall.Community, duty, new DateOnly(2026, 7, 1), "All twelve are charged", null, null))).Require();

        foreach (var time in new[] { "2026-09-22 09:00", "2026-10-01 00:00", "2026-10-09 00:00" })
        {
            await hall.GoToAsync(time);
        }

        (await hall.ToldAsync("duty.message.remind", hall.Staff)).ShouldBe(0);
        (await hall.ToldAsync("duty.message.missing", hall.Staff)).ShouldBe(0);
        (await hall.ToldAsync("duty.message.missing", chair)).ShouldBe(0);
        (await StandingsAsync(hall, duty)).ShouldBe(["2026-07-01 Done", "2026-10-01 Open"]);
    }

    [Fact]
    public async Task Only_who_acts_for_the_post_records_and_only_with_the_proof_asked_for()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var _ = hall;
        var text = (await hall.SendAsync(Extinguishers(hall))).Require();
        var number = (await hall.SendAsync(Extinguishers(hall) with { Title = "Read the meter", Proof = DutyProof.Number, Rhythm = DutyRhythm.Month })).Require();
        var photo = (await hall.SendAsync(Extinguishers(hall) with { Title = "Patrol", Proof = DutyProof.Photo, Rhythm = DutyRhythm.Day })).Require();
        var record = new RecordDuty(hall.AsStaff(), hall.Community, text, new DateOnly(2026, 10, 1), "Checked", null, null);

        BallotHall.CodeOf(await hall.SendAsync(record with { Caller = hall.As(chair) })).ShouldBe("duty.not-yours");
        BallotHall.CodeOf(await hall.SendAsync(record with { Caller = hall.AsStaff(CallerKind.Official) })).ShouldBe("access.not-allowed");
        BallotHall.CodeOf(await hall.SendAsync(record with { Note = " " })).ShouldBe("duty.note-length");
        BallotHall.CodeOf(await hall.SendAsync(record with { FirstDay = new DateOnly(2027, 1, 1) })).ShouldBe("access.not-found");
        BallotHall.CodeOf(await hall.SendAsync(record with { Duty = Guid.NewGuid() })).ShouldBe("access.not-found");
        (await hall.SendAsync(record)).Require();
        BallotHall.CodeOf(await hall.SendAsync(record)).ShouldBe("duty.already-done");

        var reading = record with { Duty = number, FirstDay = new DateOnly(2026, 11, 1), Note = null };
        foreach (decimal? bad in new decimal?[] { null, 0.001m, 10_000_000_000m })
        {
            BallotHall.CodeOf(await hall.SendAsync(reading with { Number = bad })).ShouldBe("duty.number-missing");
        }

        (await hall.SendAsync(reading with { Number = 1203.5m })).Require();
        var shot = record with { Duty = photo, FirstDay = new DateOnly(2026, 11, 23), Note = null };
        BallotHall.CodeOf(await hall.SendAsync(shot)).ShouldBe("duty.photo-missing");
        BallotHall.CodeOf(await hall.SendAsync(shot with { Photo = Encoding.ASCII.GetBytes("<script>") })).ShouldBe("photo.not-a-photo");

        var csv = Encoding.UTF8.GetString((await hall.SendAsync(new ExportDuties(hall.AsStaff(), hall.Community, ["Duty"]))).Require());
        csv.ShouldContain("Read the meter,GroupLeader,Month,2026-11-01,2026-11-30,Done");
        csv.ShouldContain("1203.5");
    }

    [Fact]
    public async Task A_duty_is_added_once_within_its_bounds_and_ended_with_a_reason()
    {
        var (hall, _) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var __ = hall;
        var add = Extinguishers(hall);
        BallotHall.CodeOf(await hall.SendAsync(add with { Title = "x" })).ShouldBe("duty.title-length");
        BallotHall.CodeOf(await hall.SendAsync(add with { Post = "King" })).ShouldBe("duty.post-unknown");
        BallotHall.CodeOf(await hall.SendAsync(add with { GraceDays = -1 })).ShouldBe("duty.grace-bounds");
        BallotHall.CodeOf(await hall.SendAsync(add with { GraceDays = 61 })).ShouldBe("duty.grace-bounds");
        var duty = (await hall.SendAsync(add)).Require();
        BallotHall.CodeOf(await hall.SendAsync(add)).ShouldBe("duty.there-already");

        var end = new EndDuty(hall.AsStaff(), hall.Community, duty, "Contracted out");
        BallotHall.CodeOf(await hall.SendAsync(end with { Reason = "" })).ShouldBe("task.reason-missing");
        (await hall.SendAsync(end)).Require();
        BallotHall.CodeOf(await hall.SendAsync(end)).ShouldBe("duty.already-ended");
        await hall.GoToAsync("2027-01-10 10:00");
        (await BoardAsync(hall)).Duties.ShouldBeEmpty();
        (await hall.ScalarAsync<int>("select count(*)::int from duty_period where duty_id = @duty", new { duty })).ShouldBe(0);
        (await hall.SendAsync(add)).Require();
    }

    [Fact]
    public async Task Three_nodes_open_and_remind_once_and_a_vacant_post_passes_it_on()
    {
        var (hall, chair) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        await using var _ = hall;
        var duty = (await hall.SendAsync(Extinguishers(hall) with { Rhythm = DutyRhythm.Day, GraceDays = 0 })).Require();
        await hall.ExecuteAsync("delete from post_holder where community_id = @Community and post_code = 'GroupLeader'", new { hall.Community });
        await using var second = hall.Node();
        await using var third = hall.Node();
        await database.SetCouncilTimeAsync(PostHall.At("2026-11-24 16:00").ToUniversalTime());

        await Task.WhenAll(new[] { hall.Service<RoutineLoop>(), second.Service<RoutineLoop>(), third.Service<RoutineLoop>() }.Select(loop => Task.Run(() => loop.RunDueAsync(CancellationToken.None))));
        await hall.GoToAsync("2026-11-24 16:00"); // whatever a slower node left

        (await StandingsAsync(hall, duty)).ShouldBe(["2026-11-23 Missing", "2026-11-24 Open"]);
        (await hall.ToldAsync("duty.message.remind", chair)).ShouldBe(1); // yesterday's is over: only told as missing
        (await hall.ToldAsync("duty.message.missing", chair)).ShouldBe(1);
        (await hall.ScalarAsync<string>("select reason_key from outbox_message where community_id = @Community and text_key = 'duty.message.remind'", new { hall.Community })).ShouldBe("task.reason.vacant");
        (await hall.ScalarAsync<int>("select count(*)::int from audit_entry where community_id = @Community and action = 'TellOfDuty'", new { hall.Community })).ShouldBe(3);
    }

    [Fact]
    public async Task After_a_month_without_a_server_what_was_missed_is_on_the_board_and_only_the_last_is_told()
    {
        var (hall, _) = await PostHall.OpenAsync(database, "2026-10-20 10:00");
        await using var __ = hall;
        var duty = (await hall.SendAsync(Extinguishers(hall) with { Rhythm = DutyRhythm.WorkingDay, GraceDays = 0 })).Require();

        await hall.GoToAsync("2026-11-20 08:00");

        (await hall.ScalarAsync<int>("select count(*)::int from duty_period where duty_id = @duty", new { duty })).ShouldBe(24); // Tuesday 20 October to Friday 20 November
        (await BoardAsync(hall)).Missing.ShouldBe(23);
        (await hall.ToldAsync("duty.message.missing", hall.Staff)).ShouldBe(1);
        (await hall.ToldAsync("duty.message.remind", hall.Staff)).ShouldBe(0);
    }

    private static AddDuty Extinguishers(BallotHall hall) => new(hall.AsStaff(), hall.Community, "Check the extinguishers", "GroupLeader", DutyRhythm.Quarter, DutyProof.Text, 3);

    private static async Task<DutyBoard> BoardAsync(BallotHall hall) => (await hall.SendAsync(new ListDuties(hall.AsStaff(), hall.Community))).Require();

    private static async Task<IEnumerable<string>> StandingsAsync(BallotHall hall, Guid duty)
    {
        var board = await BoardAsync(hall);
        return board.Periods[duty].Select(period => $"{DutyPeriods.Key(period.FirstDay)} {period.Standing(board.Now)}");
    }
}

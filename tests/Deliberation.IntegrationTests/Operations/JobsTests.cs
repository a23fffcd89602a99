using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Operations;
using Deliberation.IntegrationTests.Projects;
using Xunit;

namespace Deliberation.IntegrationTests.Operations;

/// <summary>What the page of jobs, messages and servers says, and who may ask for a run.</summary>
public sealed class JobsTests(Neighbourhood lane) : IClassFixture<Neighbourhood>
{
    private Caller Admin => Neighbourhood.Staff(lane.Leader) with { Kind = CallerKind.Admin };

    [Fact]
    public async Task A_job_is_asked_for_by_an_admin_with_a_reason_once_and_on_record()
    {
        RunJob run = new(Admin, Neighbourhood.Community, "retention", " Disk is full ");
        Assert.Equal("job.reason-missing", await lane.RefusedAsync(run with { Reason = "  " }));
        Assert.Equal("job.reason-missing", await lane.RefusedAsync(run with { Reason = new string('x', 201) }));
        Assert.Equal("access.not-found", await lane.RefusedAsync(run with { Job = "nothing" }));
        Assert.Equal("access.not-allowed", await lane.RefusedAsync(run with { Caller = Neighbourhood.Staff(lane.Leader) }));
        (await lane.SendAsync(run with { Reason = new string('x', 200) })).Require();
        Assert.Equal("job.asked-already", await lane.RefusedAsync(run));
        (await lane.SendAsync(run with { Job = "heartbeat-sweep" })).Require();

        var jobs = (await PageAsync()).Jobs;
        Assert.All(jobs, job => Assert.NotNull(job.AskedAt));
        Assert.All(jobs, job => Assert.Null(job.NextAt)); // no node schedules here
        Assert.Equal("job:heartbeat-sweep Disk is full", await lane.QueryAsync<string>("select subject || ' ' || reason from audit_entry where action = 'RunJob' order by entry_id desc limit 1"));
    }

    [Theory]
    [InlineData("null, null", null, false)]
    [InlineData("clock_timestamp(), null", null, true)]
    [InlineData("clock_timestamp(), 'no space'", "no space", true)]
    public async Task The_last_run_says_how_it_went_and_whether_its_node_is_gone(string ended, string? error, bool hasEnded)
    {
        await lane.RunAsync(
            $"""
            delete from maintenance_run;
            insert into maintenance_run (run_id, job, node_id, started_at, ended_at, error) values
                (gen_random_uuid(), 'retention', gen_random_uuid(), clock_timestamp() - interval '1 day', clock_timestamp() - interval '1 day', 'older'),
                (gen_random_uuid(), 'retention', gen_random_uuid(), clock_timestamp(), {ended})
            """);
        var job = (await PageAsync()).Jobs.Single(job => job.Name == "retention");
        Assert.Equal((error, hasEnded, true), (job.Error, job.EndedAt is not null, job.IsNodeGone));
    }

    [Theory]
    [InlineData("interval '19 seconds'", "null", true)]
    [InlineData("interval '21 seconds'", "null", false)]
    [InlineData("interval '1 second'", "clock_timestamp()", false)]
    public async Task A_node_that_is_silent_for_20_seconds_or_has_left_is_not_alive(string silent, string left, bool isAlive)
    {
        await lane.RunAsync($"delete from node; insert into node (node_id, host, version, beat_at, left_at) values (gen_random_uuid(), 'a', '1', clock_timestamp() - {silent}, {left})");
        var node = Assert.Single((await PageAsync()).Nodes);
        Assert.Equal((isAlive, left != "null"), (node.IsAlive, node.LeftAt is not null));
    }

    [Fact]
    public async Task Messages_are_counted_by_the_way_they_leave()
    {
        Assert.Equal(new ChannelLine("InApp", 0, 0, 0, 0, null), Assert.Single((await PageAsync()).Channels));
        await lane.RunAsync(
            """
            insert into outbox_message (community_id, message_id, dedup_key, channel, resident_id, text_key, reason_key, council_at, not_before, sent_at)
            select 1, gen_random_uuid(), n::text, 'InApp', @resident, 't', 'r', council_now() - interval '10 minutes', case when n = 2 then council_now() + interval '1 hour' end,
                case n when 3 then clock_timestamp() - interval '23 hours' when 4 then clock_timestamp() - interval '25 hours' end
            from generate_series(1, 4) n;
            insert into message_delivery (community_id, delivery_id, message_ids, channel, resident_id, due_at, written_at, taken_at, parked_at)
            select 1, gen_random_uuid(), array[gen_random_uuid()], 'Sms', @resident, case when n = 2 then council_now() + interval '1 hour' end, clock_timestamp() - interval '1 hour',
                case n when 3 then clock_timestamp() - interval '23 hours' when 4 then clock_timestamp() - interval '25 hours' end, case when n = 5 then clock_timestamp() end
            from generate_series(1, 5) n;
            """,
            new { resident = lane.Homes[0].Resident.Value });
        var page = await PageAsync();
        Assert.Equal([("InApp", 1, 1, 1, 0), ("Sms", 1, 1, 1, 1)], page.Channels.Select(way => (way.Channel, way.Waiting, way.Later, way.SentLastDay, way.Failed)));
        Assert.Equal([10, 60], page.Channels.Select(way => (int)Math.Round((page.MachineNow - way.OldestSince!.Value).TotalMinutes)));
        Assert.Equal(1, page.ParkedMessages);
        await lane.RunAsync("delete from message_delivery; delete from outbox_message");
    }

    [Fact]
    public async Task Officials_look_on_and_others_do_not()
    {
        var official = Admin with { Kind = CallerKind.Official };
        (await lane.SendAsync(new GetJobs(official, Neighbourhood.Community))).Require();
        Assert.Equal("access.not-allowed", await lane.RefusedAsync(new GetJobs(lane.Resident(0), Neighbourhood.Community)));
        Assert.Equal("access.not-allowed", await lane.RefusedAsync(new RunJob(official, Neighbourhood.Community, "retention", "x")));
    }

    private async Task<JobsPage> PageAsync() => (await lane.SendAsync(new GetJobs(Admin, Neighbourhood.Community))).Require();
}

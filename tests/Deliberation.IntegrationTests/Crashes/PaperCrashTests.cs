using AngleSharp.Dom;
using Deliberation.Domain;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Crashes;

/// <summary>The product dies at the window's end and again at the count of papers, before and after each commit; the papers are counted once.</summary>
public sealed class PaperCrashTests
{
    private static readonly string[] Clerks = ["inspector", "auditor", "treasurer"];

    [CrashFact]
    public async Task Killed_at_the_close_and_at_the_count_of_papers_it_counts_them_exactly_once()
    {
        // The first death is asked for by a vote, so that those after it meet the step they are meant for.
        var faults = new ListedFaults(
            "cast-after-commit:1", "step-before-save:1", "step-before-commit:1", "step-after-commit:1", // the window's end
            "step-before-save:1", "step-before-commit:1", "step-after-commit:1", "key-before-destroy:1"); // the count
        await using var database = await TestDatabase.CreateAsync();
        await using var product = await CrashingProduct.StartAsync(database, faults);
        using var player = new ProjectPlayer(product, new CommunityId(1));
        OpenBallot? opened = null;
        player.Vote = open => Task.FromResult(opened ??= open);
        await player.LaunchAsync("staff", "old-compound-renovation", "Renovation", "Pipes and roads", "Court 1", "Everybody");
        await player.PlayUntilAsync(() => Task.FromResult(opened is not null));
        var ballot = opened!;
        var desk = $"/staff/ballots/{ballot.Id}/papers";
        var units = (await player.UnitsAsync(ballot.Id)).ToList();

        await SubmitAsync(player, Clerks[0], desk, "Issue", ballot.IsSecret ? [("Station", "Gate"), ("Number", "3")] : []);
        var serials = (await player.RowsAsync<string>("select serial from paper_issue where community_id = @community and ballot_id = @Id order by serial limit 2", new { ballot.Id })).ToList();
        if (ballot.IsSecret)
        {
            foreach (var label in await player.RowsAsync<string>("select label from roll_entry where community_id = @community and ballot_id = @Id order by unit_key limit 2", new { ballot.Id }))
            {
                await SubmitAsync(player, Clerks[0], desk, "Returned", [("Unit", label), ("Witness", "Qian")]);
            }
        }

        await product.AdvanceToAsync(ballot.ClosesAt.AddMinutes(-1));
        await player.CastAsync(ballot.Id, [(units[^1], ballot.Yes)]);
        await product.AdvanceToAsync(ballot.ClosesAt.AddMinutes(1));
        await product.UntilDiedAsync(4);
        Assert.Equal("Counting", await StateAsync());
        Assert.Equal(4, faults.Kills.Values.Sum());

        foreach (var serial in serials)
        {
            foreach (var clerk in Clerks.Take(2))
            {
                await ReadAsync(player, clerk, ballot, serial);
            }
        }

        await SubmitAsync(player, Clerks[0], desk, "Outstanding", [("OutstandingReason", "Asked at every door")]);
        foreach (var clerk in Clerks)
        {
            await SubmitAsync(player, clerk, desk, "Sign", []);
        }

        await product.SettleAsync();
        await product.UntilKeysAreDestroyedAsync();
        Assert.Equal("Closed", await StateAsync());
        Assert.Equal(ballot.IsSecret ? 8 : 7, faults.Kills.Values.Sum());
        Assert.Equal(1, await CountAsync("select count(*) from audit_entry where community_id = @community and action = 'CloseBallot' and subject = 'ballot:' || @Id"));
        Assert.Equal(3, await CountAsync($"select count(*) from {(ballot.IsSecret ? "urn" : "vote")} where community_id = @community and ballot_id = @Id::uuid"));
        Assert.Equal(1, await CountAsync("select count(*) from work_task where community_id = @community and kind = 'PaperCount' and state = 'Done'"));
        Assert.Equal(0, await CountAsync("select count(*) from workflow_incident where community_id = @community"));

        async Task<string?> StateAsync() => await player.OneAsync<string>("select state from ballot where community_id = @community and ballot_id = @Id", new { ballot.Id });
        async Task<long> CountAsync(string sql) => await player.OneAsync<long>(sql, new { Id = $"{ballot.Id}" });
    }

    private static Task ReadAsync(ProjectPlayer player, string clerk, OpenBallot ballot, string serial) => player.PersistAsync(async () =>
    {
        var browser = await player.People.StaffAsync(clerk);
        var page = await CouncilPeople.ReadAsync(await browser.GetAsync($"/staff/ballots/{ballot.Id}/paper?serial={serial}"), "find a paper");
        if (page.FindForm("Batch") is { } batch)
        {
            page = await CouncilPeople.ReadAsync(await browser.SubmitAsync(batch.Fill("Witness", "Qian")), "begin a batch");
        }

        var form = page.Form("Enter");
        await CouncilPeople.ReadAsync(await browser.SubmitAsync(form.Fill("Mark", form.Takes("Mark", "For") && ballot.Options.Count == 0 ? "For" : "1")), "read a paper");
        return true;
    });

    private static Task SubmitAsync(ProjectPlayer player, string login, string address, string handler, (string Name, string Value)[] fields) => player.PersistAsync(async () =>
    {
        var browser = await player.People.StaffAsync(login);
        var form = (await CouncilPeople.ReadAsync(await browser.GetAsync(address), address)).Form(handler);
        foreach (var (name, value) in fields)
        {
            form.Fill(name, value);
        }

        await CouncilPeople.ReadAsync(await browser.SubmitAsync(form), handler);
        return true;
    });
}

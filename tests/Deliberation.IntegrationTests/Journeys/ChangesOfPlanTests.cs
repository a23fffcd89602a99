using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Deliberation.Domain;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Journeys;

/// <summary>What goes otherwise than planned while owners vote, each on the pages that staff and residents have for it.</summary>
public sealed class ChangesOfPlanTests(TestApp app) : IClassFixture<TestApp>, IDisposable
{
    private static readonly CommunityId Demo = new(1);
    private readonly ProjectPlayer _player = new(app, Demo);
    private OpenBallot _ballot = null!;
    private IReadOnlyList<RollUnit> _units = [];

    [Fact]
    public async Task A_proxy_a_lost_phone_a_move_a_new_slip_a_question_a_pause_and_an_end()
    {
        _player.Vote = async ballot =>
        {
            if (ballot.IsSecret)
            {
                await _player.CastAsync(ballot.Id, (await _player.UnitsAsync(ballot.Id)).Select(unit => (unit, ballot.Yes)));
            }
            else
            {
                _ballot ??= ballot;
            }
        };
        var project = await _player.LaunchAsync("staff", "old-compound-renovation", "Renovation", "Pipes and roads", "Court 1", "Everybody");
        await _player.PlayUntilAsync(() => Task.FromResult(_ballot is not null));
        _units = [.. (await _player.UnitsAsync(_ballot.Id)).DistinctBy(unit => unit.ResidentId)];

        await AProxyIsGrantedAndWithdrawnAsync();
        await ALostPhoneIsShutOutAsync(_units[2]);
        await ASlipIsTakenBackAndPrintedAnewAsync(_units[3]);
        await TheRollIsExplainedAsync();
        await AMovedHouseholdIsLetInNoMoreAsync(_units[4]);
        await AProjectIsPostponedAndGoesOnByItselfAsync(project);
        await AProjectIsCancelledAsync(project);
    }

    public void Dispose() => _player.Dispose();

    private async Task AProxyIsGrantedAndWithdrawnAsync()
    {
        var (giver, holder) = (_units[0], _units[1]);
        var desk = await _player.People.HolderAsync("Community");
        var proxies = $"/staff/ballots/{_ballot.Id}/proxies";
        var page = await PageAsync(await desk.SendAsync(
            proxies, ("Unit", await LabelAsync(giver)), ("Holder", await NameAsync(holder.ResidentId)), ("Document", "P-1")));
        Assert.True(await MayVoteForAsync(holder, giver), "the holder may vote for the giver's unit");

        await PageAsync(await desk.SubmitAsync(page.Form("Withdraw", ("withdrawn", giver.UnitKey))));

        Assert.False(await MayVoteForAsync(holder, giver), "no longer");
        Assert.Null((await desk.ReadAsync(proxies)).FindForm("Withdraw", ("withdrawn", giver.UnitKey)));
    }

    private async Task ALostPhoneIsShutOutAsync(RollUnit unit)
    {
        using var phone = await _player.People.ResidentAsync(unit.ResidentId);
        Assert.Equal("/", await WhereAsync(phone, "/"));
        var found = await FindAsync(unit);
        await PageAsync(await (await _player.People.HolderAsync("Community")).SubmitAsync(found.Form("LostPhone", ("Resident", $"{unit.ResidentId}")).Fill("Reason", "Lost in the market")));
        await IsShutOutAsync(phone);
    }

    private async Task ASlipIsTakenBackAndPrintedAnewAsync(RollUnit unit)
    {
        var household = await _player.OneAsync<Guid?>("select household_id from resident where community_id = @community and resident_id = @id", new { id = unit.ResidentId });
        Assert.NotNull(household);
        var old = await _player.People.PrintSlipAsync(unit.ResidentId);
        using var stranger = _player.People.Stranger();
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync($"/q/{old}")).StatusCode);

        var desk = await _player.People.HolderAsync("Community");
        var slips = await PageAsync(await desk.SubmitAsync((await FindAsync(unit)).Form("Slips", ("Household", $"{household}"))));
        await PageAsync(await desk.SubmitAsync(slips.Form("RevokeSlip").Fill("Reason", "Found in the street")));
        var refused = await stranger.GetAsync($"/q/{old}");
        Assert.False(refused.IsSuccessStatusCode);
        Assert.NotEmpty((await Browser.ParseAsync(refused)).QuerySelector("main .note")!.TextContent.Trim());

        var fresh = await _player.People.PrintSlipAsync(unit.ResidentId);
        Assert.NotEqual(old, fresh);
        Assert.Equal(HttpStatusCode.OK, (await stranger.GetAsync($"/q/{fresh}")).StatusCode);
    }

    /// <summary>A tenant asks why he has no vote: told by staff and on his own page, with the reason and not only with "no".</summary>
    private async Task TheRollIsExplainedAsync()
    {
        var tenant = await _player.OneAsync<Guid>(
            """
            select r.resident_id from resident r where r.community_id = @community and r.household_id is not null and r.birth_year < 2000
              and not exists (select from unit_owner o where o.community_id = r.community_id and o.resident_id = r.resident_id)
            order by r.resident_id limit 1
            """);
        var desk = await _player.People.HolderAsync("Community");
        var found = await PageAsync(await desk.SendAsync("/staff/residents", ("Find", await NameAsync(tenant))));
        var answer = await PageAsync(await desk.SubmitAsync(found.Form("Why", ("Resident", $"{tenant}")).Fill("Ballot", $"{_ballot.Id}")));
        var words = answer.QuerySelectorAll("section.sheet [role=status]").Select(note => note.TextContent.Trim()).First(text => text.Length > 0);

        var (phone, page) = await _player.People.OpenAsync(tenant, $"/ballots/{_ballot.Id}");
        using (phone)
        {
            Assert.Null(page.QuerySelector("input[name=Choices]"));
            var why = page.QuerySelectorAll("main a").OfType<IHtmlAnchorElement>().First(link => link.Href.Contains("why", StringComparison.Ordinal));
            Assert.Contains(words, (await phone.ReadAsync(why.PathName + why.Search)).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
        }
    }

    private async Task AMovedHouseholdIsLetInNoMoreAsync(RollUnit unit)
    {
        using var phone = await _player.People.ResidentAsync(unit.ResidentId);
        Assert.Equal("/", await WhereAsync(phone, "/"));
        var desk = await _player.People.HolderAsync("Community");
        await PageAsync(await desk.SubmitAsync((await FindAsync(unit)).Form("Move", ("Resident", $"{unit.ResidentId}")).Fill("Reason", "Sold the flat")));
        await IsShutOutAsync(phone);
    }

    private async Task AProjectIsPostponedAndGoesOnByItselfAsync(ProjectId project)
    {
        var voter = _units[5];
        await _player.CastAsync(_ballot.Id, [(voter, ["For"])]);
        var was = await _player.OneAsync<DateTimeOffset>("select closes_at from ballot where community_id = @community and ballot_id = @id", new { id = _ballot.Id });
        var now = await app.Database.CouncilNowAsync();
        var day = DateOnly.FromDateTime(now.ToOffset(TimeSpan.FromHours(8)).Date).AddDays(5);
        var desk = await _player.People.HolderAsync("Community");

        var empty = await desk.SubmitAsync((await desk.ReadAsync($"/staff/projects/{project}")).Form("Suspend"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, empty.StatusCode);
        await PageAsync(await desk.SubmitAsync((await desk.ReadAsync($"/staff/projects/{project}")).Form("Suspend").Fill("SuspendDay", $"{day:yyyy-MM-dd}").Fill("SuspendReason", "Flood in the yard")));

        await ToldAsync("project.message.suspended");
        var (phone, page) = await _player.People.OpenAsync(_units[6].ResidentId, $"/ballots/{_ballot.Id}");
        using (phone)
        {
            Assert.Null(page.QuerySelector("main form input[name=Choices]"));
        }

        await app.AdvanceToAsync(new DateTimeOffset(day.ToDateTime(new TimeOnly(0, 1)), TimeSpan.FromHours(8)));

        await ToldAsync("project.message.resumed");
        var (state, closesAt) = await _player.OneAsync<(string, DateTime)>("select state, closes_at from ballot where community_id = @community and ballot_id = @id", new { id = _ballot.Id });
        Assert.Equal("Open", state);
        Assert.InRange((new DateTimeOffset(closesAt, TimeSpan.Zero) - was).TotalDays, 4, 6);
        await _player.CastAsync(_ballot.Id, [(_units[6], ["Against"])]);
    }

    private async Task AProjectIsCancelledAsync(ProjectId project)
    {
        var desk = await _player.People.HolderAsync("Community");
        await PageAsync(await desk.SubmitAsync((await desk.ReadAsync($"/staff/projects/{project}")).Form("Cancel").Fill("CancelReason", "The city takes the yard over")));

        await ToldAsync("project.message.cancelled");
        Assert.Equal("Cancelled", await _player.OneAsync<string>("select state from ballot where community_id = @community and ballot_id = @id", new { id = _ballot.Id }));
        Assert.Equal(0, await _player.OneAsync<long>("select count(*) from workflow_instance where community_id = @community and status = 'Running'"));
        Assert.Equal(0, await _player.OneAsync<long>("select count(*) from workflow_timer where community_id = @community"));
        using var anybody = _player.People.Stranger();
        Assert.Contains("The city takes the yard over", (await anybody.ReadAsync($"/projects/{project}")).QuerySelector("main")!.TextContent, StringComparison.Ordinal);
    }

    /// <summary>Everybody who voted or is on the roll has the message, once.</summary>
    private async Task ToldAsync(string textKey)
    {
        Assert.Equal(0, await _player.OneAsync<long>(
            """
            select count(*) from (select distinct resident_id from roll_entry_person where community_id = @community and ballot_id = @id) p
            join resident r on r.community_id = @community and r.resident_id = p.resident_id
            where (select count(*) from outbox_message m where m.community_id = @community and m.resident_id = p.resident_id and m.text_key = @textKey) <> 1
            """,
            new { id = _ballot.Id, textKey }));
    }

    private async Task<bool> MayVoteForAsync(RollUnit holder, RollUnit giver)
    {
        var (phone, page) = await _player.People.OpenAsync(holder.ResidentId, $"/ballots/{_ballot.Id}");
        using (phone)
        {
            return page.QuerySelectorAll("main a, main input").Any(element =>
                (element.GetAttribute("href") ?? element.GetAttribute("value") ?? "").Contains(Uri.EscapeDataString(giver.UnitKey), StringComparison.Ordinal)
                || element.GetAttribute("value") == giver.UnitKey);
        }
    }

    private async Task<IHtmlDocument> FindAsync(RollUnit unit) =>
        await PageAsync(await (await _player.People.HolderAsync("Community")).SendAsync("/staff/residents", ("Find", await NameAsync(unit.ResidentId))));

    private async Task<string> NameAsync(Guid resident) =>
        (await _player.OneAsync<string>("select full_name from resident where community_id = @community and resident_id = @resident", new { resident }))!;

    private async Task<string> LabelAsync(RollUnit unit) =>
        (await _player.OneAsync<string>("select label from roll_entry where community_id = @community and ballot_id = @id and unit_key = @UnitKey", new { id = _ballot.Id, unit.UnitKey }))!;

    /// <summary>Within the five seconds that a node may remember a session.</summary>
    private static Task IsShutOutAsync(Browser phone) =>
        Eventually.HoldsAsync(async () => await WhereAsync(phone, "/messages") == "/enter", TimeSpan.FromSeconds(6));

    private static async Task<string> WhereAsync(Browser browser, string path) => (await browser.GetAsync(path)).RequestMessage!.RequestUri!.AbsolutePath;

    private static Task<IHtmlDocument> PageAsync(HttpResponseMessage answer) => CouncilPeople.ReadAsync(answer, "a page");
}

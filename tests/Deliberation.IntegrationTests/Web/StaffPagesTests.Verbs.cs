using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Dapper;
using Deliberation.Domain;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

/// <summary>What is done with a task besides doing it, by the forms of its page: once refused, with all that was typed and chosen, then granted.</summary>
public sealed partial class StaffPagesTests
{
    private const string Steps =
        """{"id":"first","type":"Deliberation.AssignTask","post":"GroupLeader","title":"Lamp"}""";

    private static readonly string TooLong = new('x', 301);

    [Theory]
    [InlineData("Urge", "UrgeReason", "task-urged", "Urged")]
    [InlineData("Copy", "CopyReason", "task-copied", "Copied", "CopyTo")]
    [InlineData("Signer", "SignerReason", "task-signer-asked", "SignerAsked", "SignerWho", "SignerPlace")]
    [InlineData("Transfer", "TransferReason", "task-transferred", "Transferred", "ToPost", "ToStaff")]
    public async Task A_verb_without_a_fit_reason_keeps_what_was_chosen_and_then_is_done_once(string verb, string reason, string said, string happened, params string[] chosen)
    {
        using var browser = await SignInAsync("admin");
        var task = await OpenTaskAsync(await app.StartAsync(await app.ProjectAsync(), $"verb-{verb}", Steps));
        var form = (await browser.ReadAsync($"/staff/tasks/{task}")).Form(verb);
        var last = chosen.Select(name => (Name: name, Value: LastOf(form, name))).ToList();
        last.ForEach(choice => form.Fill(choice.Name, choice.Value));

        Assert.Equal(HttpStatusCode.BadRequest, (await browser.PostAsync($"/staff/tasks/{task}?handler={verb}", [.. last, (reason, "No form of this page")])).StatusCode);
        var refused = await browser.SubmitAsync(form.Fill(reason, TooLong));
        var again = await AssertKeptAsync(refused, reason);
        Assert.All(last, choice => Assert.Equal(choice.Value, ((IHtmlSelectElement)again.Form(verb).Controls(choice.Name).Single()).Value));
        Assert.True(again.Form(verb).Closest("details")!.HasAttribute("open"));
        Assert.Equal("", await HappenedAsync(task));

        var done = await browser.SubmitAsync(again.Form(verb).Fill(reason, "The lane is dark"));
        Assert.Equal((HttpStatusCode.OK, true), (done.StatusCode, done.RequestMessage!.RequestUri!.Query.Contains($"said={said}", StringComparison.Ordinal)));
        Assert.Equal($"{happened}: The lane is dark", await HappenedAsync(task));
    }

    [Fact]
    public async Task What_one_has_just_done_is_taken_back_and_the_next_step_sends_it_back()
    {
        using var browser = await SignInAsync("admin");
        const string next = """,{"id":"second","type":"Deliberation.AssignTask","post":"GroupLeader","title":"Light"}""";
        var instance = await app.StartRootAsync(await app.ProjectAsync(), "verb-back", StoredWorkflows.Flowchart(Steps + next, "first:Done-second")); // only a flowchart knows ways back
        var first = await OpenTaskAsync(instance);
        await CompleteAsync(browser, first);

        var recall = await AssertKeptAsync(await browser.SubmitAsync((await browser.ReadAsync($"/staff/tasks/{first}")).Form("Recall").Fill("RecallReason", TooLong)), "RecallReason");
        var recalled = await browser.SubmitAsync(recall.Form("Recall").Fill("RecallReason", "One lamp more"));
        Assert.Equal("/staff?said=task-recalled", recalled.RequestMessage!.RequestUri!.PathAndQuery);
        await app.DrainAsync();

        await CompleteAsync(browser, await OpenTaskAsync(instance));
        var second = await OpenTaskAsync(instance, "Light");
        var address = $"/staff/tasks/{second}/send-back";
        var unsaid = await browser.SubmitAsync((await browser.ReadAsync(address)).Form().Fill("Reason", "It blinks"));
        var page = await Browser.ParseAsync(unsaid);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, unsaid.StatusCode);
        Assert.NotNull(page.QuerySelector(".errs a[href='#Activity']"));
        Assert.Equal("It blinks", page.QuerySelector("[name=Reason]")!.TextContent);
        page = await AssertKeptAsync(await browser.SubmitAsync(page.Form().Fill("Activity", "first").Fill("Reason", TooLong)), "Reason");

        var sent = await browser.SubmitAsync(page.Form().Fill("Activity", "first").Fill("Reason", "It blinks"));
        Assert.Equal("/staff?said=task-sent-back", sent.RequestMessage!.RequestUri!.PathAndQuery);
        await app.DrainAsync();
        Assert.NotEqual(Guid.Empty, await OpenTaskAsync(instance));
    }

    [Fact]
    public async Task A_post_is_handed_over_after_a_reason_that_fits()
    {
        using var browser = await SignInAsync("admin");
        await using var connection = await app.DataSource.OpenConnectionAsync();
        var post = await connection.QuerySingleAsync<string>("select min(post_code) from acting_holder(1, council_now()) where post_code not in ('Community', 'GroupLeader')");
        var form = (await browser.ReadAsync("/admin/posts")).Form("HandOver", ("Post", post));
        var to = LastOf(form, "To");

        var page = await AssertKeptAsync(await browser.SubmitAsync(form.Fill("To", to).Fill("Reason", TooLong)), "Reason", isInput: true);
        Assert.Equal(to, ((IHtmlSelectElement)page.Form("HandOver", ("Post", post)).Controls("To").Single()).Value);
        var done = await browser.SubmitAsync(page.Form("HandOver", ("Post", post)).Fill("Reason", "Moved away"));
        Assert.Contains("said=post-handed-over", done.RequestMessage!.RequestUri!.Query);
    }

    /// <remarks>Each with a token of a page of one's own, so that nothing but the right is missing.</remarks>
    [Fact]
    public async Task No_verb_reaches_another_communitys_task_or_people()
    {
        using var admin = await SignInAsync("admin");
        using var other = await SignInAsync("courtyard");
        var task = await OpenTaskAsync(await app.StartAsync(await app.ProjectAsync(), "verb-foreign", Steps));
        var token = ("__RequestVerificationToken", ((IHtmlInputElement)(await other.ReadAsync("/staff")).QuerySelector("[name=__RequestVerificationToken]")!).Value);
        foreach (var verb in new[] { "Sign", "Recall", "Transfer", "Signer", "Copy", "Urge", "Extend", "Return", "Complete" })
        {
            var answer = await other.PostAsync(
                $"/staff/tasks/{task}?handler={verb}", token, ("answer", "agree"), ("ToPost", "Community"), ("ExtendDay", "2099-01-01"), ($"{verb}Reason", "Ours"));
            Assert.Equal((verb, HttpStatusCode.NotFound), (verb, answer.StatusCode));
        }

        Assert.Equal(HttpStatusCode.NotFound, (await other.PostAsync($"/staff/tasks/{task}/send-back", token, ("Activity", "first"), ("Reason", "Ours"))).StatusCode);
        await other.PostAsync("/staff?handler=Urge&view=community", token, ("UrgeReason", "Ours"));
        Assert.Equal("", await HappenedAsync(task));

        await using var connection = await app.DataSource.OpenConnectionAsync();
        var stranger = await connection.QuerySingleAsync<Guid>("select staff_id from staff where login = 'courtyard'");
        var absence = (await admin.ReadAsync("/admin/posts")).Form("Away");
        Assert.False(absence.Takes("Staff", $"{stranger}"));
        var own = ("__RequestVerificationToken", ((IHtmlInputElement)absence.Controls("__RequestVerificationToken").Single()).Value);
        var away = await admin.PostAsync("/admin/posts?handler=Away", own, ("Staff", $"{stranger}"), ("AwayFrom", "2099-01-01"), ("Until", "2099-01-02"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, away.StatusCode);
        Assert.Equal(0, await connection.ExecuteScalarAsync<long>("select count(*) from staff_absence where staff_id = @stranger", new { stranger }));
    }

    private static async Task<IHtmlDocument> AssertKeptAsync(HttpResponseMessage refused, string field, bool isInput = false)
    {
        var page = await Browser.ParseAsync(refused);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.NotNull(page.QuerySelector($".errs a[href='#{field}']"));
        var typed = page.QuerySelector($".field.bad [name={field}]")!;
        Assert.Equal(TooLong, isInput ? typed.GetAttribute("value") : typed.TextContent);
        return page;
    }

    /// <summary>The last choice that a field offers.</summary>
    private static string LastOf(IHtmlFormElement form, string field)
    {
        var offered = ((IHtmlSelectElement)form.Controls(field).Single()).Options;
        return offered[offered.Length - 1].Value;
    }

    private async Task CompleteAsync(Browser browser, Guid task)
    {
        var form = (await browser.ReadAsync($"/staff/tasks/{task}")).Form("Complete");
        Assert.Contains("said=task-done", (await browser.SubmitAsync(form, form.Button("Done"))).RequestMessage!.RequestUri!.Query);
        await app.DrainAsync();
    }

    private async Task<Guid> OpenTaskAsync(Guid instance, string title = "Lamp")
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return await connection.QuerySingleAsync<Guid>("select task_id from work_task where instance_id = @instance and title = @title and state = 'Open'", new { instance, title });
    }

    /// <summary>What people did with it, with their reasons.</summary>
    private async Task<string> HappenedAsync(Guid task)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        return await connection.QuerySingleAsync<string>(
            "select coalesce(string_agg(kind || ': ' || reason, '; ' order by at), '') from work_task_event where task_id = @task and actor_id is not null and reason is not null", new { task });
    }
}

using Deliberation.BrowserTests.Pages;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests;

/// <summary>Every page of the product, with something on it, in every mode and language. The list comes from the running app.</summary>
public sealed class EveryPageTests(Walk walk) : IClassFixture<Walk>
{
    [BrowserFact]
    public void Every_page_of_the_app_is_looked_at() =>
        Assert.Empty(walk.Routes.Except(Scenes.All.Select(s => s.Route)).Except(Scenes.Redirects));

    [BrowserFact]
    public void No_scene_is_of_a_page_that_is_gone() =>
        Assert.Empty(Scenes.All.Select(s => s.Route).Concat(Scenes.Redirects).Except(walk.Routes));

    [BrowserFact]
    public void Every_page_answers_as_expected() => Nothing(walk.Of(Fault.Answer));

    [BrowserFact]
    public void No_page_has_an_accessibility_violation() => Nothing(walk.Of(Fault.Accessibility));

    [BrowserFact]
    public async Task A_field_without_a_name_a_picture_without_words_and_a_row_that_is_too_wide_are_found()
    {
        var page = await walk.World.OpenAsync(Who.Stranger);
        await page.SetContentAsync("<html lang=zh><title>x</title><main><h1>x</h1><input><img src='data:,'><p style='width:50rem'>x</p></main></html>");
        var violations = await Inspection.ViolationsAsync(page);
        Assert.Contains(violations, violation => violation.StartsWith("label ", StringComparison.Ordinal));
        Assert.Contains(violations, violation => violation.StartsWith("image-alt ", StringComparison.Ordinal));
        Assert.Equal(3, (await Inspection.TooWideAsync(page)).Count());
    }

    [BrowserFact]
    public void No_page_scrolls_sideways_on_a_phone_up_to_twice_the_text_size() => Nothing(walk.Of(Fault.Width));

    [BrowserFact]
    public void Every_control_is_as_large_as_a_finger() => Nothing(walk.Of(Fault.Target));

    [BrowserFact]
    public void Elder_mode_has_no_small_text() => Nothing(walk.Of(Fault.SmallText));

    [BrowserFact]
    public void No_page_shows_words_of_programs() => Nothing(walk.Of(Fault.Words));

    [BrowserFact]
    public void A_wrong_submit_is_said_in_the_title_the_summary_and_at_the_field() => Nothing(walk.Of(Fault.Form));

    [BrowserFact]
    public void No_link_leads_nowhere() => Nothing(walk.Of(Fault.Link));

    [BrowserFact]
    public void Residents_pages_are_light_and_ask_no_other_host() => Nothing(walk.Of(Fault.Weight));

    [BrowserFact]
    public void Residents_vote_pledge_object_sign_and_evaluate_without_script() => Nothing(walk.Of(Fault.Script));

    [BrowserFact]
    public async Task The_door_to_large_text_is_on_the_home_page_stays_chosen_and_leads_back_as_large()
    {
        var page = await walk.World.OpenAsync(Who.Resident, hasScript: false);
        await page.GotoAsync("/");
        var door = page.Locator("header button[name=elder]");
        var there = await door.BoundingBoxAsync();
        await door.ClickAsync();
        Assert.Equal("elder", await page.Locator("html").GetAttributeAsync("class"));

        await page.GotoAsync("/projects");
        Assert.Equal("elder", await page.Locator("html").GetAttributeAsync("class"));
        var back = await door.BoundingBoxAsync();
        Assert.True(back!.Height >= there!.Height && back.Width >= there.Width, "the way back is smaller");
        await door.ClickAsync();
        Assert.NotEqual("elder", await page.Locator("html").GetAttributeAsync("class"));
    }

    [BrowserFact]
    public async Task A_printed_result_is_one_page()
    {
        var page = await walk.World.OpenAsync(Who.Stranger);
        await page.GotoAsync((await Scenes.All.Single(s => s.Name == "result-passed").Find(walk.World))!);
        var pdf = System.Text.Encoding.Latin1.GetString(await page.PdfAsync(new PagePdfOptions { Format = "A4" }));
        Assert.Single(System.Text.RegularExpressions.Regex.Matches(pdf, @"/Type\s*/Page\b"));
    }

    private static void Nothing(string found) => Assert.True(found.Length == 0, found);
}

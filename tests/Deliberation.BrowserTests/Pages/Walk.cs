using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Deliberation.Testing;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>
/// Walks once through every page of the demo, as time in it goes on, and writes down what is wrong.
/// <c>DELIBERATION_SCREENSHOTS=folder</c> keeps pictures and texts; <c>DELIBERATION_PAGES=regex</c> looks at those scenes only;
/// Pages are looked at in each mode and each language once, as the demo's story leaves them; <c>DELIBERATION_MATRIX=full</c> looks in every mode and language
/// and lets the demo's time go on for the scenes that come later, <c>plain</c> looks in one mode and language and goes on too.
/// </summary>
public sealed class Walk : IAsyncLifetime
{
    private const int Walkers = 3;

    private static readonly string? Folder = Environment.GetEnvironmentVariable("DELIBERATION_SCREENSHOTS") is { Length: > 0 } folder ? folder : null;
    private static readonly string? Only = Environment.GetEnvironmentVariable("DELIBERATION_PAGES") is { Length: > 0 } only ? only : null;
    private static readonly string? Matrix = Environment.GetEnvironmentVariable("DELIBERATION_MATRIX");

    private readonly ConcurrentBag<Finding> _findings = [];
    private readonly Browser _browser = new();

    public TestApp App { get; } = new() { HasStory = true };

    public World World { get; private set; } = null!;

    /// <summary>Scenes that were looked at.</summary>
    public ConcurrentBag<Scene> Seen { get; } = [];

    /// <summary>Pages with a GET, as the running app knows them: <c>/ballots/{id:guid}</c>.</summary>
    public IReadOnlyList<string> Routes => [.. App.Services.GetRequiredService<EndpointDataSource>().Endpoints
        .OfType<RouteEndpoint>()
        .Where(endpoint => endpoint.Metadata.GetMetadata<PageActionDescriptor>() is not null)
        .Select(endpoint => "/" + endpoint.RoutePattern.RawText!.TrimStart('/'))
        .Distinct()];

    /// <summary>One a line; empty when all is well.</summary>
    public string Of(Fault fault) => string.Join('\n', _findings.Where(f => f.Fault == fault).Select(f => f.ToString()).Distinct().Order());

    public async Task InitializeAsync()
    {
        if (Browser.Path is null)
        {
            return;
        }

        await _browser.InitializeAsync();
        await App.InitializeAsync();
        World = new World(App, _browser);
        await World.PrepareAsync();
        var waiting = Scenes.All.Where(scene => Only is null || Regex.IsMatch(scene.Name, Only)).ToList();
        var journeys = Journeys.All.Where(journey => Only is null || Regex.IsMatch(journey.Name, Only)).ToList();
        var isFirst = true;
        while (waiting.Count + journeys.Count > 0)
        {
            var ready = await ReadyAsync(waiting);
            waiting.RemoveAll(scene => ready.Any(r => r.Scene == scene));
            await LookAtAllAsync(ready);
            if (isFirst && Only is null)
            {
                isFirst = false;
                await CrawlAsync();
            }

            await GoAsync(journeys);
            if (Matrix is null || (waiting.Count + journeys.Count > 0 && !await ComeToAsync(waiting, journeys)))
            {
                break;
            }
        }

        if (Folder is not null)
        {
            await File.WriteAllLinesAsync(Path.Combine(Folder, "findings.txt"), _findings.Select(f => $"{f.Fault} {f}").Order());
        }
    }

    public async Task DisposeAsync()
    {
        World?.Dispose();
        await _browser.DisposeAsync();
        await App.DisposeAsync();
    }

    private async Task<List<(Scene Scene, string Address)>> ReadyAsync(List<Scene> waiting)
    {
        var ready = new List<(Scene, string)>();
        foreach (var scene in waiting)
        {
            if (await scene.Find(World) is { } address)
            {
                ready.Add((scene, address));
            }
        }

        return ready;
    }

    /// <returns>False when the demo has come to its end without them.</returns>
    private async Task<bool> ComeToAsync(List<Scene> waiting, List<Journey> journeys)
    {
        try
        {
            await World.GoOnAsync(async () => (await ReadyAsync(waiting)).Count > 0 || await NextAsync(journeys) is not null);
            return true;
        }
        catch (InvalidOperationException stuck)
        {
            waiting.ForEach(scene => Note(Fault.Answer, scene.Name, [$"never has anything to show: {stuck.Message}"]));
            journeys.ForEach(journey => Note(Fault.Script, journey.Name, [$"never has anything to do: {stuck.Message}"]));
            return false;
        }
    }

    /// <summary>Every link from the first page of each audience.</summary>
    private async Task CrawlAsync()
    {
        var crawl = new Crawl(World);
        (Who Who, string Start)[] starts = [(Who.Stranger, "/enter"), (Who.Resident, "/"), (Who.Staff, "/staff"), (Who.Admin, "/admin/templates"), (Who.Official, "/board")];
        foreach (var (who, start) in starts)
        {
            Note(Fault.Link, $"{who}", await crawl.DeadLinksAsync(who, start));
        }
    }

    private async Task<(Journey Journey, string Id)?> NextAsync(List<Journey> journeys)
    {
        foreach (var journey in journeys)
        {
            if (await World.OneAsync(journey.Sql) is { } id)
            {
                return (journey, id);
            }
        }

        return null;
    }

    /// <summary>Residents' journeys in a browser without script.</summary>
    private async Task GoAsync(List<Journey> journeys)
    {
        while (await NextAsync(journeys) is var (journey, id))
        {
            journeys.Remove(journey);
            var page = await World.OpenAsync(Who.Resident, hasScript: false);
            try
            {
                await journey.Go(World, page, id);
            }
            catch (Exception failure) when (failure is PlaywrightException or TimeoutException or Xunit.Sdk.XunitException)
            {
                Note(Fault.Script, journey.Name, [$"{page.Url}: {failure.Message.Split('\n')[0]}"]);
            }

            await page.Context.CloseAsync();
        }
    }

    private async Task LookAtAllAsync(List<(Scene Scene, string Address)> scenes)
    {
        var queue = new ConcurrentQueue<(Scene Scene, string Address)>(scenes);
        await Task.WhenAll(Enumerable.Range(0, Walkers).Select(async _ =>
        {
            var pages = new Dictionary<Who, IPage>();
            while (queue.TryDequeue(out var next))
            {
                if (!pages.TryGetValue(next.Scene.Who, out var page))
                {
                    pages.Add(next.Scene.Who, page = await World.OpenAsync(next.Scene.Who));
                    await Inspection.PrepareAsync(page.Context);
                }

                await LookAtAsync(page, next.Scene, next.Address);
            }

            await Task.WhenAll(pages.Values.Select(page => page.Context.CloseAsync()));
        }));
    }

    private async Task LookAtAsync(IPage page, Scene scene, string address)
    {
        Seen.Add(scene);
        IReadOnlyList<Taste> tastes = scene.IsOnce || Matrix == "plain" ? [Taste.Plain] : Matrix == "full" ? Taste.All : Taste.Few;
        foreach (var taste in tastes)
        {
            try
            {
                await ReachAsync(page, scene, address, taste);
                await InspectAsync(page, scene, taste);
            }
            catch (Exception failure) when (failure is PlaywrightException or TimeoutException)
            {
                Note(Fault.Answer, scene, taste, [$"{address}: {failure.Message.Split('\n')[0]}"]);
                return;
            }
        }
    }

    private async Task ReachAsync(IPage page, Scene scene, string address, Taste taste)
    {
        await taste.SetAsync(page.Context, App.Address);
        var weight = new Weight(page, App.Address);
        var answer = await page.GotoAsync(address);
        if (!scene.IsDesk)
        {
            Note(Fault.Weight, scene, taste, await weight.FaultsAsync());
        }

        if (answer!.Status != scene.Status)
        {
            Note(Fault.Answer, scene, taste, [$"{address} answers {answer.Status}"]);
        }

        if (scene.Act is { } act)
        {
            await act(page);
        }
    }

    private async Task InspectAsync(IPage page, Scene scene, Taste taste)
    {
        if (scene.IsError)
        {
            Note(Fault.Form, scene, taste, await Inspection.FormFaultsAsync(page));
        }

        Note(Fault.Accessibility, scene, taste, await Inspection.ViolationsAsync(page, taste.IsElder || taste.HasContrast || taste.Language == Taste.Plain.Language));
        Note(Fault.Words, scene, taste, Inspection.WordsOfPrograms(await page.Locator("body").InnerTextAsync()));
        if (Folder is not null)
        {
            await KeepAsync(page, scene, taste);
        }

        if (!taste.HasContrast)
        {
            Note(Fault.Width, scene, taste, await Inspection.TooWideAsync(page));
            Note(Fault.Target, scene, taste, await Inspection.TooSmallAsync(page, taste.IsElder && !scene.IsDesk ? 60 : 44));
        }

        if (taste.IsElder && !scene.IsDesk)
        {
            Note(Fault.SmallText, scene, taste, await Inspection.SmallTextsAsync(page));
        }
    }

    private void Note(Fault fault, Scene scene, Taste taste, IEnumerable<string> what) => Note(fault, $"{scene} ({taste})", what);

    private void Note(Fault fault, string where, IEnumerable<string> what)
    {
        foreach (var one in what)
        {
            _findings.Add(new Finding(fault, where, one));
        }
    }

    /// <summary>Pictures for people to look at: phone, desk and elder in Chinese, the phone in English; and what stands there, as text.</summary>
    private static async Task KeepAsync(IPage page, Scene scene, Taste taste)
    {
        var name = (taste.Language, taste.IsElder, taste.HasContrast) switch
        {
            ("zh-Hans", false, false) => "phone",
            ("zh-Hans", true, false) => "elder",
            ("en", false, _) when scene.IsDesk || !taste.HasContrast => "en",
            ("zh-Hant", false, false) => "hant",
            _ => null,
        };
        if (name is null)
        {
            return;
        }

        await File.WriteAllTextAsync(Path.Combine(Folder!, $"{scene.Name}.{name}.txt"), await page.Locator("body").InnerTextAsync());
        await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder!, $"{scene.Name}.{name}.png"), FullPage = true });
        if (name == "phone")
        {
            await page.SetViewportSizeAsync(1280, 900);
            await page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(Folder!, $"{scene.Name}.wide.png"), FullPage = true });
            await page.SetViewportSizeAsync(390, 844);
        }
    }
}

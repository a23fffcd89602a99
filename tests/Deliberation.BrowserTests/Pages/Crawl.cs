using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>Follows every link from a page on, as one person. Queries are left out where the page has been read: filters and pagers have no end.</summary>
public sealed partial class Crawl(World world)
{
    private const int MostPages = 400;

    /// <summary>Links that answer an error, with the page they stand on.</summary>
    public async Task<IReadOnlyList<string>> DeadLinksAsync(Who who, string start)
    {
        var page = await world.OpenAsync(who);
        var dead = new List<string>();
        var known = new HashSet<string> { start };
        var shapes = new ConcurrentDictionary<string, int>();
        var waiting = new Queue<(string From, string Address)>([("", start)]);
        for (var read = 0; read < MostPages && waiting.TryDequeue(out var next); read++)
        {
            var answer = await page.APIRequest.GetAsync(new Uri(world.App.Address, next.Address).ToString());
            if (answer.Status >= 400)
            {
                dead.Add($"{who}: {next.Address} on {next.From} answers {answer.Status}");
                continue;
            }

            if (!(answer.Headers.GetValueOrDefault("content-type") ?? "").StartsWith("text/html", StringComparison.Ordinal))
            {
                continue;
            }

            var html = await answer.TextAsync();
            foreach (var address in Links().Matches(html).Select(m => System.Net.WebUtility.HtmlDecode(m.Groups[1].Value)).Where(a => a.StartsWith('/')))
            {
                var plain = address.Split('#')[0];
                var shape = Ids().Replace(plain.Split('?')[0], "*");
                if (known.Add(plain) && shapes.AddOrUpdate(shape, 1, (_, seen) => seen + 1) <= 6) // six of a kind stand for all
                {
                    waiting.Enqueue((next.Address, plain));
                }
            }
        }

        await page.Context.CloseAsync();
        return dead;
    }

    [GeneratedRegex("(?:href|src)=\"([^\"]+)\"")]
    private static partial Regex Links();

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}")]
    private static partial Regex Ids();
}

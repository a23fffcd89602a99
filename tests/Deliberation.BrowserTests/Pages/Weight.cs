using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>What one page makes a phone fetch, from now on.</summary>
public sealed class Weight
{
    private const long MostBytes = 60 << 10;

    private readonly ConcurrentBag<IRequest> _done = [];
    private readonly IPage _page;
    private readonly Uri _home;

    public Weight(IPage page, Uri home)
    {
        (_page, _home) = (page, home);
        page.RequestFinished += Keep;
    }

    /// <summary>More than 60 KB as sent, or anything from another host.</summary>
    public async Task<IReadOnlyList<string>> FaultsAsync()
    {
        _page.RequestFinished -= Keep;
        var faults = _done.Where(request => new Uri(request.Url) is { Scheme: "http" or "https" } address && address.Authority != _home.Authority)
            .Select(request => $"asks {request.Url}").ToList();
        var bytes = 0L;
        foreach (var request in _done)
        {
            bytes += (await request.SizesAsync()).ResponseBodySize;
        }

        if (bytes > MostBytes)
        {
            faults.Add($"weighs {bytes} bytes");
        }

        return faults;
    }

    private void Keep(object? sender, IRequest request) => _done.Add(request);
}

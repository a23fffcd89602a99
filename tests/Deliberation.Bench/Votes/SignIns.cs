using System.Net;
using System.Net.Http;
using System.Text.RegularExpressions;

namespace Deliberation.Bench.Votes;

/// <summary>Signs every voter in as people do: the slip's page, its button, a cookie.</summary>
internal sealed partial class SignIns(Uri address) : IDisposable
{
    private const int AtOnce = 8;

    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <returns>One Cookie header a voter.</returns>
    public async Task<string[]> AllAsync(CancellationToken cancellationToken)
    {
        var cookies = new string[Council.Voters];
        var (form, token) = await FormAsync(cancellationToken);
        await Parallel.ForAsync(0, cookies.Length, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken }, async (voter, cancelled) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"q/{Council.Slip(voter)}");
            request.Headers.Add("Cookie", form);
            request.Content = new FormUrlEncodedContent([new("__RequestVerificationToken", token)]);
            using var answer = await _client.SendAsync(request, cancelled);
            cookies[voter] = answer.StatusCode == HttpStatusCode.Redirect
                ? CookieOf(answer)
                : throw new BenchException($"Signing in with a slip was answered {(int)answer.StatusCode}.");
        });
        return cookies;
    }

    /// <summary>A page as a signed-in resident gets it, with the style sheets and scripts it names.</summary>
    /// <returns>Bytes after gzip.</returns>
    public async Task<long> GzippedAsync(string path, string cookie, CancellationToken cancellationToken)
    {
        var page = await ReadAsync(path, cookie, cancellationToken);
        var bytes = Gzipped(page);
        foreach (var file in Files().Matches(System.Text.Encoding.UTF8.GetString(page)).Select(match => match.Groups[1].Value).Distinct())
        {
            bytes += Gzipped(await ReadAsync(file, cookie, cancellationToken));
        }

        return bytes;
    }

    public void Dispose() => _client.Dispose();

    private async Task<byte[]> ReadAsync(string path, string cookie, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Cookie", cookie);
        using var answer = await _client.SendAsync(request, cancellationToken);
        return answer.IsSuccessStatusCode
            ? await answer.Content.ReadAsByteArrayAsync(cancellationToken)
            : throw new BenchException($"{path} was answered {(int)answer.StatusCode}.");
    }

    private static long Gzipped(byte[] content)
    {
        using var memory = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(memory, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return memory.Length;
    }

    /// <summary>The form of a stranger: its token fits every slip.</summary>
    private async Task<(string Cookie, string Token)> FormAsync(CancellationToken cancellationToken)
    {
        using var page = await _client.GetAsync(new Uri($"q/{Council.Slip(0)}", UriKind.Relative), cancellationToken);
        var token = Token().Match(await page.Content.ReadAsStringAsync(cancellationToken));
        return token.Success ? (CookieOf(page), token.Groups[1].Value) : throw new BenchException($"The page of a slip has no form ({(int)page.StatusCode}).");
    }

    private static string CookieOf(HttpResponseMessage answer) =>
        string.Join("; ", answer.Headers.GetValues("Set-Cookie").Select(cookie => cookie.Split(';')[0]));

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();

    [GeneratedRegex("(?:href|src)=\"([^\"]+\\.(?:css|js)[^\"]*)\"")]
    private static partial Regex Files();
}

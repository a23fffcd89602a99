using System.Collections.Concurrent;
using System.Net;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Dapper;

namespace Deliberation.Testing;

/// <summary>The people of a community, each at a browser of their own: staff sign in with their password, residents come in with a slip that the help desk prints.</summary>
public sealed class CouncilPeople(IPlayedProduct product, int community) : IDisposable
{
    private readonly ConcurrentDictionary<string, Browser> _staff = new();
    private readonly ConcurrentDictionary<Guid, CookieContainer> _phones = new();
    private readonly SemaphoreSlim _desk = new(1);

    // A new slip of a household takes its older ones back: two of one household come in one after the other.
    private readonly SemaphoreSlim[] _doors = [.. Enumerable.Range(0, 16).Select(_ => new SemaphoreSlim(1))];

    /// <summary>A member of staff, signed in.</summary>
    public async Task<Browser> StaffAsync(string login)
    {
        await _desk.WaitAsync();
        try
        {
            if (_staff.TryGetValue(login, out var known))
            {
                return known;
            }

            var browser = Open(new CookieContainer());
            await ReadAsync(await browser.SendAsync("/staff/sign-in", ("Login", login), ("Password", product.Password(login))), "sign in");
            return _staff[login] = browser;
        }
        finally
        {
            _desk.Release();
        }
    }

    /// <summary>The login of who acts for a post now.</summary>
    public async Task<string> HolderOfAsync(string post)
    {
        await using var connection = await product.DataSource.OpenConnectionAsync();
        return await connection.QueryFirstOrDefaultAsync<string>(
            "select s.login from acting_holder(@community, council_now()) a join staff s using (staff_id) where a.post_code = @post order by s.login limit 1",
            new { community, post }) ?? throw new InvalidOperationException($"Post {post} is vacant.");
    }

    /// <summary>Who acts for a post now, signed in.</summary>
    public async Task<Browser> HolderAsync(string post) => await StaffAsync(await HolderOfAsync(post));

    /// <summary>A resident who has come in. Dispose it: the phone keeps its cookies.</summary>
    /// <param name="anew">True when the session has ended and a new slip is needed.</param>
    public async Task<Browser> ResidentAsync(Guid resident, bool anew = false)
    {
        if (!anew && _phones.TryGetValue(resident, out var known))
        {
            return Open(known);
        }

        var (_, household, _) = await WhoIsAsync(resident);
        var turn = _doors[(uint)(household ?? resident).GetHashCode() % _doors.Length];
        await turn.WaitAsync();
        try
        {
            var phone = new CookieContainer();
            var browser = Open(phone);
            var slip = await ReadAsync(await browser.GetAsync($"/q/{await PrintSlipAsync(resident)}"), "slip");
            var form = slip.Form();
            if (form.Controls("Person").Any())
            {
                form.Fill("Person", $"{resident}");
            }

            await ReadAsync(await browser.SubmitAsync(form), "come in");
            _phones[resident] = phone;
            return browser;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>Opens a page as a resident; one whose session has ended comes in again.</summary>
    public async Task<(Browser Browser, IHtmlDocument Page)> OpenAsync(Guid resident, string path)
    {
        var browser = await ResidentAsync(resident);
        var answer = await browser.GetAsync(path);
        if (answer.RequestMessage!.RequestUri!.AbsolutePath == "/enter")
        {
            browser.Dispose();
            browser = await ResidentAsync(resident, anew: true);
            answer = await browser.GetAsync(path);
        }

        return (browser, await ReadAsync(answer, path));
    }

    /// <summary>A browser that nobody has signed in with.</summary>
    public Browser Stranger() => Open(new CookieContainer());

    /// <summary>The page of an answer.</summary>
    /// <exception cref="InvalidOperationException">It was refused; says with which words.</exception>
    public static async Task<IHtmlDocument> ReadAsync(HttpResponseMessage answer, string what)
    {
        var page = await Browser.ParseAsync(answer);
        return answer.IsSuccessStatusCode
            ? page
            : throw new InvalidOperationException(
                $"{what}: {(int)answer.StatusCode} {answer.RequestMessage!.RequestUri!.PathAndQuery} {page.QuerySelector(".errs")?.TextContent.Trim() ?? page.QuerySelector("main")?.TextContent.Trim()}");
    }

    public void Dispose()
    {
        foreach (var browser in _staff.Values)
        {
            browser.Dispose();
        }

        _desk.Dispose();
        Array.ForEach(_doors, door => door.Dispose());
    }

    /// <summary>The help desk finds the person and prints a slip; those printed before for the household are void.</summary>
    /// <returns>What the slip says: <c>/q/…</c> is its address.</returns>
    public async Task<string> PrintSlipAsync(Guid resident)
    {
        var (name, _, door) = await WhoIsAsync(resident);
        var desk = await HolderAsync("Community");
        var found = await ReadAsync(await desk.SendAsync("/staff/residents", ("Find", door ?? name)), "find a resident");
        var slip = await ReadAsync(await desk.SubmitAsync(found.Form("Slip", ("Resident", $"{resident}"))), "print a slip");
        return slip.QuerySelector(".calc")!.TextContent.Trim().Split('/')[^1]; // the address is what a camera and a patient typist read
    }

    private async Task<(string Name, Guid? Household, string? Door)> WhoIsAsync(Guid resident)
    {
        await using var connection = await product.DataSource.OpenConnectionAsync();
        return await connection.QuerySingleAsync<(string, Guid?, string?)>(
            "select r.full_name, r.household_id, h.door from resident r left join household h using (community_id, household_id) where community_id = @community and resident_id = @resident",
            new { community, resident });
    }

    private Browser Open(CookieContainer cookies) => new(new HttpClient(new SocketsHttpHandler { CookieContainer = cookies }) { BaseAddress = product.Address });
}

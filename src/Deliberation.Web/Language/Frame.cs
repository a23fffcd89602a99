using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Access;
using Deliberation.Process.Texts;
using Deliberation.Web.Access;

namespace Deliberation.Web.Language;

/// <summary>What every page of one request shares: whose page it is, in which language and how large.</summary>
/// <param name="Community">Null only when the database has never answered.</param>
/// <param name="Here">Path and query of this page, where a switch of language or size leads back to.</param>
/// <param name="ThisYear">Council year now; null only when the database has never answered.</param>
public sealed record Frame(CommunityCard? Community, string Language, bool IsElder, bool HasContrast, string Here, int? ThisYear)
{
    /// <summary>The community of this request; 0, which no row has, when none is known.</summary>
    public CommunityId CommunityId => Community?.Id ?? new CommunityId(0);

    /// <summary>Classes of the html element.</summary>
    public string Classes(bool isDesk) => string.Join(' ', new[] { isDesk ? "desk" : null, IsElder && !isDesk ? "elder" : null, HasContrast ? "contrast" : null }.OfType<string>());
}

/// <summary>Cookies of taste, not of identity: kept for a year, set by the settings form only.</summary>
public static class Tastes
{
    public const string Language = "lang";
    public const string Elder = "elder";
    public const string Contrast = "contrast";

    /// <summary>The community whose desk a member of staff has open.</summary>
    public const string Desk = "desk";

    public static CookieOptions Keep(HttpRequest request) => new()
    {
        MaxAge = TimeSpan.FromDays(365),
        HttpOnly = true,
        IsEssential = true,
        SameSite = SameSiteMode.Lax,
        Secure = request.IsHttps,
    };
}

/// <summary>Works out the frame once a request, after sign-in is known.</summary>
internal sealed class FrameMiddleware(RequestDelegate next, CommunityDirectory communities)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var known = await communities.AllAsync(context.RequestAborted);
        var chosen = context.Request.Cookies[Tastes.Language] ?? context.User.FindFirst(AccessClaims.Locale)?.Value;
        var language = TextCatalog.Languages.Contains(chosen) ? chosen! : TextCatalog.Languages[0];
        context.Features.Set(new Frame(
            CommunityOf(context, known),
            language,
            context.Request.Cookies[Tastes.Elder] == "1",
            context.Request.Cookies[Tastes.Contrast] == "1",
            HttpMethods.IsGet(context.Request.Method) ? context.Request.Path + context.Request.QueryString : context.Request.Path,
            communities.CouncilYear));
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        CultureInfo.CurrentCulture = CultureInfo.InvariantCulture; // forms carry numbers as programs write them
        await next(context);
    }

    /// <summary>A resident's own; the desk that staff have open; for strangers the one of their slip or named by <c>?c=</c>, else the first.</summary>
    private static CommunityCard? CommunityOf(HttpContext context, IReadOnlyList<CommunityCard> known)
    {
        var mine = context.User.Caller().Communities;
        var wanted = mine.Count > 1 ? context.Request.Cookies[Tastes.Desk] : mine.Count == 0 ? Named(context.Request) : null;
        var open = known.Where(c => mine.Count == 0 || mine.Contains(c.Id));
        return open.FirstOrDefault(c => c.Code == wanted) ?? open.FirstOrDefault();
    }

    /// <summary>Slips and receipts begin with the community's code: <c>/q/demo-3-502</c>.</summary>
    private static string Named(HttpRequest request) =>
        request.Path.StartsWithSegments("/q", out var slip) ? slip.Value!.TrimStart('/').Split('-')[0].ToLowerInvariant() : request.Query["c"].ToString();
}

/// <summary>The frame of the request at hand.</summary>
public static class Frames
{
    /// <exception cref="InvalidOperationException">Asked for before the frame was worked out.</exception>
    public static Frame Frame(this HttpContext context) =>
        context.Features.Get<Frame>() ?? throw new InvalidOperationException("The frame is worked out after sign-in.");
}

using System.Globalization;
using System.Security.Claims;
using Deliberation.Domain;
using Deliberation.Features.Foundation;

namespace Deliberation.Web.Access;

/// <summary>Names of the claims that our cookies carry.</summary>
public static class AccessClaims
{
    public const string Kind = "kind";
    public const string Resident = "resident";
    public const string Household = "household";
    public const string Staff = "staff";
    public const string Stamp = "stamp";
    public const string Session = "session";
    public const string Community = "community";
    public const string DisplayName = "name";
    public const string Locale = "locale";
    public const string Helper = "helper";
    public const string Witness = "witness";
    public const string HelperName = "helper-name";
    public const string Lease = "lease";
}

/// <summary>The caller of a request, from its session and never from its form.</summary>
public static class Callers
{
    public static Caller Caller(this ClaimsPrincipal user)
    {
        if (user is ResidentPrincipal resident)
        {
            return resident.Caller;
        }

        if (user.Identity?.IsAuthenticated != true || user.FindFirstValue(AccessClaims.Kind) is not { } kind)
        {
            return Features.Foundation.Caller.Anonymous;
        }

        var communities = user.FindAll(AccessClaims.Community)
            .Select(c => new CommunityId(int.Parse(c.Value, CultureInfo.InvariantCulture)))
            .ToHashSet();
        return new Caller(
            Enum.Parse<CallerKind>(kind),
            null,
            null,
            user.Id(AccessClaims.Staff) is { } staff ? new StaffId(staff) : null,
            communities);
    }

    internal static Guid? Id(this ClaimsPrincipal user, string claim) =>
        user.FindFirstValue(claim) is { } text && Guid.TryParse(text, out var id) ? id : null;
}

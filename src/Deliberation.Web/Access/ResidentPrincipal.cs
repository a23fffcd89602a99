using System.Globalization;
using System.Security.Claims;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;

namespace Deliberation.Web.Access;

/// <summary>A resident who is signed in: the claims that pages read, and the caller that use cases hear. Never changed once made; requests share it.</summary>
internal sealed class ResidentPrincipal(ResidentSession session, string secret) : ClaimsPrincipal(new ClaimsIdentity(ClaimsOf(session, secret), Schemes.Resident))
{
    public Caller Caller { get; } = session.AsCaller();

    private static List<Claim> ClaimsOf(ResidentSession session, string secret)
    {
        List<Claim> claims =
        [
            new(AccessClaims.Kind, nameof(CallerKind.Resident)),
            new(AccessClaims.Session, secret),
            new(AccessClaims.Community, session.Community.ToString()),
            new(AccessClaims.Resident, session.Resident.ToString()),
            new(AccessClaims.DisplayName, session.MaskedName),
            new(AccessClaims.Locale, session.Locale),
        ];
        if (session.Household is { } household)
        {
            claims.Add(new Claim(AccessClaims.Household, household.ToString()));
        }

        if (session.AssistedBy is { } assistance)
        {
            claims.Add(new Claim(AccessClaims.Helper, assistance.Helper.ToString()));
            claims.Add(new Claim(AccessClaims.Witness, assistance.Witness));
            claims.Add(new Claim(AccessClaims.HelperName, session.HelperName ?? ""));
            claims.Add(new Claim(AccessClaims.Lease, session.LeaseUntil!.Value.ToString("O", CultureInfo.InvariantCulture)));
        }

        return claims;
    }
}

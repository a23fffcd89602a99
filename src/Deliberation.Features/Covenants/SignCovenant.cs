using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Covenants;

/// <summary>Signs the adopted version by typing one's name.</summary>
/// <param name="TypedName">Must be the registered name, spaces aside: <c>covenant.name-differs</c>.</param>
public sealed record SignCovenant(Caller Caller, CommunityId Community, Guid Covenant, string TypedName) : ICommand<Done>
{
    public Audience Audience => Audience.Resident;
}

internal sealed class SignCovenantHandler(CouncilSession session) : IRequestHandler<SignCovenant, Result<Done>>
{
    public async Task<Result<Done>> Handle(SignCovenant request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockCovenantAsync(request.Community, request.Covenant, cancellationToken) is not { } covenant)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (covenant.AdoptedVersion is not { } version)
        {
            return Refusal.Conflict("covenant.not-adopted");
        }

        var resident = request.Caller.Resident!.Value;
        var registered = await connection.ScalarAsync<string?>(
            "select full_name from resident where community_id = @community and resident_id = @resident", new { request.Community, resident }, cancellationToken);
        if (registered is null || WithoutSpaces(registered) != WithoutSpaces(request.TypedName))
        {
            return Refusal.Invalid("covenant.name-differs", "TypedName");
        }

        var signed = await connection.RunAsync(
            """
            insert into covenant_signature (community_id, covenant_id, version, resident_id, typed_name, signed_at)
            values (@community, @covenant, @version, @resident, @typedName, @now)
            on conflict do nothing
            """,
            new { request.Community, request.Covenant, version, resident, request.TypedName, now },
            cancellationToken);
        if (signed == 1)
        {
            await connection.AuditAsync(request.Caller, request.Community, nameof(SignCovenant), $"covenant:{request.Covenant}", now, cancellationToken);
        }

        return Done.Value; // signing twice is signing once
    }

    private static string WithoutSpaces(string name) => string.Concat(name.Normalize().Where(character => !char.IsWhiteSpace(character)));
}

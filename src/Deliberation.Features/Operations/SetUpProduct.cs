using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Access;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Operations;

/// <summary>The first run of an empty product: writes its community, its first admin and the posts of the default ladder, all held by that admin until others are named.</summary>
/// <remarks>
/// Opened by the one-time code on the console (<see cref="SetUpCodes"/>). Five wrong codes from one address within 15 minutes shut it out for the rest of them;
/// they must stay when the answer is no, so that answer is granted and says inside how it went. Absent once there is a staff account.
/// </remarks>
/// <param name="Address">Where the request came from, for the limit.</param>
public sealed record SetUpProduct(string Code, string Address, SetUpForm Form) : ICommand<SetUpAnswer>
{
    public const int MostFailures = 5;

    public Caller Caller => Caller.Anonymous;

    public CommunityId Community => new(0);

    public Audience Audience => Audience.Anonymous;
}

/// <summary>How the set-up went.</summary>
public abstract record SetUpAnswer
{
    private SetUpAnswer() { }

    public sealed record Welcome(CommunityId Community, StaffId Admin, Guid SecurityStamp) : SetUpAnswer;

    public sealed record Refused(Refusal Reason) : SetUpAnswer;
}

internal sealed class SetUpProductHandler(CouncilSession session) : IRequestHandler<SetUpProduct, Result<SetUpAnswer>>
{
    public async Task<Result<SetUpAnswer>> Handle(SetUpProduct request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        await connection.ExecuteAsync(new CommandDefinition("select pg_advisory_xact_lock(hashtextextended('set-up', 0))", cancellationToken: cancellationToken));
        if (await connection.ScalarAsync<bool>("select exists (select from staff)", new { }, cancellationToken))
        {
            return Refusal.NotFound("set-up.done");
        }

        if (request.Form.Problems() is [var problem, ..])
        {
            return problem;
        }

        if (await GuessProblemAsync(connection, request, cancellationToken) is { } wrong)
        {
            return new SetUpAnswer.Refused(wrong);
        }

        return await WriteAsync(connection, request.Form, cancellationToken);
    }

    /// <returns>Null when the code is right.</returns>
    private static async Task<Refusal?> GuessProblemAsync(NpgsqlConnection connection, SetUpProduct request, CancellationToken cancellationToken)
    {
        var guesser = SHA256.HashData(Encoding.UTF8.GetBytes($"set-up|{request.Address}"));
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from sign_in_failure where failed_at < clock_timestamp() - interval '15 minutes'", cancellationToken: cancellationToken));
        if (await connection.ScalarAsync<long>("select count(*) from sign_in_failure where login_hash = @guesser", new { guesser }, cancellationToken) >= SetUpProduct.MostFailures)
        {
            return Refusal.TooMany("set-up.too-many-tries", ("minutes", 15));
        }

        if (await SetUpCodes.IsRightAsync(connection, request.Code, cancellationToken))
        {
            return null;
        }

        await connection.RunAsync(
            "insert into sign_in_failure (login_hash, failure_id) values (@guesser, @id)", new { guesser, id = Guid.CreateVersion7() }, cancellationToken);
        return Refusal.Invalid("set-up.code-wrong", nameof(SetUpProduct.Code));
    }

    private static async Task<Result<SetUpAnswer>> WriteAsync(NpgsqlConnection connection, SetUpForm form, CancellationToken cancellationToken)
    {
        var now = await connection.CouncilNowAsync(cancellationToken);
        var id = await connection.ScalarAsync<int?>(
            """
            insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours, time_zone)
            select coalesce(max(community_id), 0) + 1, @ShortCode, @Name, @Kind, @Subdistrict, @District, @Phone, @OfficeHours, @TimeZone from community
            on conflict (code) do nothing
            returning community_id
            """,
            form,
            cancellationToken);
        if (id is not { } number)
        {
            return Refusal.Conflict("set-up.code-taken");
        }

        var community = new CommunityId(number);
        var (admin, stamp) = (await connection.AddStaffAsync(form.Login, form.DisplayName, nameof(CallerKind.Admin), form.Password, cancellationToken))!.Value;
        await connection.AddScopeAsync(community, admin, cancellationToken);
        foreach (var (rung, post) in new LadderSettings().Posts.Index())
        {
            await connection.AddPostAsync(community, post, rung, admin, now, cancellationToken);
        }

        await SetUpCodes.ForgetAsync(connection, cancellationToken);
        await connection.AddAuditAsync(
            new AuditEntry(
                community, "Staff", admin.Value, nameof(SetUpProduct), $"community:{community}", now,
                Details: new JsonObject { ["staff"] = admin.ToString(), ["code"] = form.ShortCode }),
            cancellationToken);
        return new SetUpAnswer.Welcome(community, admin, stamp);
    }
}

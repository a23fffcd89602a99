using System.Security.Cryptography;
using System.Text;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Access;

/// <summary>Staff, admins and officials sign in by name and password.</summary>
/// <remarks>
/// Ten wrong passwords for one name within 15 minutes shut that name for the rest of them, whether or not there is such a person:
/// the answer and the time it takes do not tell. Failures are kept by the name's hash and must stay when the sign-in is refused,
/// so the answer is always granted and says inside how it went.
/// </remarks>
public sealed record SignInStaff(string Login, string Password) : ICommand<StaffSignIn>
{
    public const int MostFailures = 10;

    public Caller Caller => Caller.Anonymous;

    public CommunityId Community => new(0);

    public Audience Audience => Audience.Everyone;
}

/// <summary>How a sign-in went.</summary>
public abstract record StaffSignIn
{
    private StaffSignIn() { }

    public sealed record Welcome(StaffId Staff, CallerKind Kind, Guid SecurityStamp) : StaffSignIn;

    /// <summary>No such name, wrong password or shut out by an admin: never told apart.</summary>
    public sealed record Refused(Refusal Reason) : StaffSignIn;
}

internal sealed class SignInStaffHandler(CouncilSession session) : IRequestHandler<SignInStaff, Result<StaffSignIn>>
{
    private static readonly Refusal WrongPassword = Refusal.Invalid("access.wrong-password", "Password");
    private static readonly Refusal TooManyTries = Refusal.TooMany("access.too-many-tries", ("minutes", 15));

    public async Task<Result<StaffSignIn>> Handle(SignInStaff request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var login = request.Login.Trim().ToLowerInvariant();
        var loginHash = SHA256.HashData(Encoding.UTF8.GetBytes(login));

        // One name, one try at a time: parallel guesses are counted one after the other.
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(hashtextextended(encode(@loginHash, 'hex'), 7))", new { loginHash }, cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(
            "delete from sign_in_failure where failed_at < clock_timestamp() - interval '15 minutes'", cancellationToken: cancellationToken));
        var failures = await connection.ExecuteScalarAsync<long>(new CommandDefinition(
            "select count(*) from sign_in_failure where login_hash = @loginHash", new { loginHash }, cancellationToken: cancellationToken));

        var person = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            "select staff_id, kind, password_hash, security_stamp, is_enabled from staff where login = @login", new { login }, cancellationToken: cancellationToken));
        var isRight = StaffPasswords.Verify(person?.PasswordHash, request.Password) && person!.IsEnabled;
        if (failures >= SignInStaff.MostFailures)
        {
            return new StaffSignIn.Refused(TooManyTries);
        }

        if (!isRight)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "insert into sign_in_failure (login_hash, failure_id) values (@loginHash, @id)",
                new { loginHash, id = Guid.CreateVersion7() }, cancellationToken: cancellationToken));
            return new StaffSignIn.Refused(WrongPassword);
        }

        await connection.ExecuteAsync(new CommandDefinition(
            "delete from sign_in_failure where login_hash = @loginHash", new { loginHash }, cancellationToken: cancellationToken));
        await AuditAsync(connection, person!, cancellationToken);
        return new StaffSignIn.Welcome(new StaffId(person!.StaffId), Enum.Parse<CallerKind>(person.Kind), person.SecurityStamp);
    }

    private static async Task AuditAsync(NpgsqlConnection connection, Row person, CancellationToken cancellationToken) =>
        await connection.AddAuditAsync(
            new AuditEntry(new CommunityId(0), "Staff", person.StaffId, nameof(SignInStaff), $"staff:{person.StaffId}", await connection.CouncilNowAsync(cancellationToken)),
            cancellationToken);

    private sealed record Row
    {
        public Guid StaffId { get; init; }
        public string Kind { get; init; } = "";
        public string PasswordHash { get; init; } = "";
        public Guid SecurityStamp { get; init; }
        public bool IsEnabled { get; init; }
    }
}

using System.Security.Cryptography;
using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Access;

/// <summary>Gives an account another password, opens it again when it was shut, and ends its sign-ins everywhere. The operator does it on the machine.</summary>
public sealed record ResetStaffPassword(string Login, string Password) : ICommand<StaffId>
{
    public Caller Caller => Caller.System;

    public CommunityId Community => new(0);

    public Audience Audience => Audience.None; // only the product itself
}

internal sealed class ResetStaffPasswordHandler(CouncilSession session) : IRequestHandler<ResetStaffPassword, Result<StaffId>>
{
    public async Task<Result<StaffId>> Handle(ResetStaffPassword request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var login = request.Login.Trim().ToLowerInvariant();
        if (StaffRules.PasswordProblem(request.Password, login, nameof(ResetStaffPassword.Password)) is { } problem)
        {
            return problem;
        }

        var staff = await connection.ScalarAsync<Guid?>(
            "update staff set password_hash = @hash, security_stamp = gen_random_uuid(), is_enabled = true where login = @login returning staff_id",
            new { login, hash = StaffPasswords.Hash(request.Password) },
            cancellationToken);
        if (staff is not { } id)
        {
            return Refusal.NotFound("staff.unknown-login");
        }

        await connection.RunAsync(
            "delete from sign_in_failure where login_hash = @loginHash", new { loginHash = SHA256.HashData(Encoding.UTF8.GetBytes(login)) }, cancellationToken);
        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.AddAuditAsync(
            new AuditEntry(request.Community, Caller.System.ActorKind, null, nameof(ResetStaffPassword), $"staff:{id}", now), cancellationToken);
        return new StaffId(id);
    }
}

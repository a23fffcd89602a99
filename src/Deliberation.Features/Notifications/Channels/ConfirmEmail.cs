using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using Deliberation.Postgres;
using Deliberation.Postgres.Outbox;
using MediatR;
using MimeKit;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>
/// Sends a code to an address, good for half an hour of machine time; a new one replaces it. The address in use stays until the code comes back.
/// Refused with <c>contact.email-invalid</c>, <c>contact.too-many-codes</c>.
/// </summary>
public sealed record AskEmailCode(Caller Caller, CommunityId Community, string? Email) : ICommand<Done>
{
    public Audience Audience => Audience.Resident | Audience.Workers;
}

/// <summary>Brings the code back. Five tries. Refused with <c>contact.code-wrong</c>, <c>contact.code-expired</c>.</summary>
public sealed record ConfirmEmail(Caller Caller, CommunityId Community, string? Code) : IRequest<Result<Done>>, ICommunityRequest
{
    public Audience Audience => Audience.Resident | Audience.Workers;
}

internal sealed class EmailHandler(CouncilSession session) : IRequestHandler<AskEmailCode, Result<Done>>, IRequestHandler<ConfirmEmail, Result<Done>>
{
    private const int Minutes = 30;
    private const int Tries = 5;
    private const int PerHour = 5;

    public async Task<Result<Done>> Handle(AskEmailCode request, CancellationToken cancellationToken)
    {
        if (EmailOf(request.Email) is not { } email)
        {
            return Refusal.Invalid("contact.email-invalid", "Email");
        }

        var (connection, person) = (session.Connection, request.Caller.ActorId!.Value);
        await connection.RunAsync("select pg_advisory_xact_lock(hashtextextended('email:' || @person::uuid, 0))", new { person }, cancellationToken); // two at once count each other
        if (await connection.ScalarAsync<int>(
            """
            select count(*)::int from outbox_message
            where community_id = @Community and (resident_id = @person or staff_id = @person) and text_key = 'contact.message.code'
                and council_at > council_now() - interval '1 hour' * (select rate from council_clock)
            """,
            new { request.Community, person },
            cancellationToken) >= PerHour)
        {
            return Refusal.TooMany("contact.too-many-codes");
        }

        var (id, code, now) = (Guid.NewGuid(), Secrets.NewCode(), await connection.CouncilNowAsync(cancellationToken));
        await connection.RunAsync(
            """
            insert into email_code (community_id, person_id, code_id, email, code_hash, expires_at)
            values (@Community, @person, @id, @email, @hash, clock_timestamp() + make_interval(mins => @Minutes))
            on conflict (community_id, person_id) do update
            set code_id = excluded.code_id, email = excluded.email, code_hash = excluded.code_hash, expires_at = excluded.expires_at, attempts = 0
            """,
            new { request.Community, person, id, email, hash = Secrets.HashCode(id, code), Minutes },
            cancellationToken);
        await connection.AddMessageAsync(
            new OutboxMessage
            {
                Community = request.Community,
                DedupKey = $"email-code:{id}",
                Channel = "Email",
                Resident = request.Caller.Resident,
                Staff = request.Caller.Staff,
                TextKey = "contact.message.code",
                Values = new JsonObject { ["code"] = code, ["minutes"] = Minutes },
                ReasonKey = "contact.reason.code",
                CouncilAt = now,
            },
            cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(AskEmailCode), $"person:{person}", now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(ConfirmEmail request, CancellationToken cancellationToken)
    {
        await session.OpenAsync(cancellationToken);
        var person = request.Caller.ActorId!.Value;
        var asked = await session.Connection.RowAsync<Asked>(
            """
            update email_code set attempts = attempts + 1
            where community_id = @Community and person_id = @person and attempts < @Tries and expires_at > clock_timestamp()
            returning code_id, code_hash
            """,
            new { request.Community, person, Tries },
            cancellationToken); // committed by itself: a wrong guess counts although it is refused
        if (asked is null)
        {
            return Refusal.Invalid("contact.code-expired", "Code");
        }

        if (!CryptographicOperations.FixedTimeEquals(Secrets.HashCode(asked.CodeId, string.Concat((request.Code ?? "").Where(char.IsAsciiDigit))), asked.CodeHash))
        {
            return Refusal.Invalid("contact.code-wrong", "Code");
        }

        await session.BeginAsync(cancellationToken);
        try
        {
            var now = await session.Connection.CouncilNowAsync(cancellationToken);
            var confirmed = await session.Connection.RunAsync(
                """
                with code as (delete from email_code where community_id = @Community and person_id = @person and code_id = @CodeId returning email)
                insert into contact_choice (community_id, person_id, resident_id, staff_id, channel, email, email_confirmed_at)
                select @Community, @person, @resident, @staff, 'Email', email, clock_timestamp() from code
                on conflict (community_id, person_id) do update set channel = 'Email', email = excluded.email, email_confirmed_at = excluded.email_confirmed_at
                """,
                new { request.Community, person, asked.CodeId, resident = request.Caller.Resident?.Value, staff = request.Caller.Staff?.Value },
                cancellationToken);
            if (confirmed == 0)
            {
                return Refusal.Invalid("contact.code-expired", "Code"); // another request was first
            }

            await session.Connection.AuditAsync(request.Caller, request.Community, nameof(ConfirmEmail), $"person:{person}", now, cancellationToken);
            await session.CommitAsync(cancellationToken);
            return Done.Value;
        }
        finally
        {
            await session.RollbackAsync();
        }
    }

    /// <summary>One bare address: no name, no list, no comment, a domain with a dot, 254 characters at most.</summary>
    internal static string? EmailOf(string? typed)
    {
        var text = (typed ?? "").Trim();
        return text.Length is > 3 and <= 254 && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c) || c is '<' or '>' or '"' or '(' or ',' or ';')
            && MailboxAddress.TryParse(text, out var address) && address.Address == text && address.Domain.TrimEnd('.').Contains('.', StringComparison.Ordinal) && !address.Domain.EndsWith('.')
            ? text
            : null;
    }

    private sealed record Asked(Guid CodeId, byte[] CodeHash);
}

using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Outbox;
using MediatR;

namespace Deliberation.Features.Residents;

/// <summary>One-time codes: 6 digits, 10 minutes of machine time, five tries, once. Limits stand in the database, so that every node counts alike.</summary>
internal sealed class CodeEntryHandler(CouncilSession session) :
    IRequestHandler<RequestCode, Result<CodeRequested>>,
    IRequestHandler<EnterByCode, Result<EntryAnswer>>
{
    private const int Minutes = 10;
    private const int PerPhoneShort = 3; // in 10 minutes
    private const int PerPhoneDay = 10;
    private const int PerAddressShort = 20; // a whole compound may share one address
    private const int Tries = 5;
    private const int TriesPerPhone = 10; // in 15 minutes, over all its codes

    public async Task<Result<CodeRequested>> Handle(RequestCode request, CancellationToken cancellationToken)
    {
        if (PhoneOf(request.Phone) is not { } phone)
        {
            return ResidentRefusals.PhoneInvalid;
        }

        var connection = session.Connection;
        var phoneHash = Secrets.Hash(phone);
        var addressHash = Secrets.Hash(request.Address);
        await connection.ExecuteAsync(new CommandDefinition( // two requests at once count each other
            "select pg_advisory_xact_lock(hashtextextended('code:' || @key, @community))",
            new { key = Convert.ToHexString(phoneHash), community = (long)request.Community.Value },
            cancellationToken: cancellationToken));
        var now = await connection.CouncilNowAsync(cancellationToken);
        var recent = await connection.QuerySingleAsync<(int Short, int Day, int Address)>(new CommandDefinition(
            """
            select (select count(*) from one_time_code where community_id = @Community and phone_hash = @phoneHash and created_at > clock_timestamp() - interval '10 minutes')::int,
                (select count(*) from one_time_code where community_id = @Community and phone_hash = @phoneHash and created_at > clock_timestamp() - interval '1 day')::int,
                (select count(*) from one_time_code where community_id = @Community and address_hash = @addressHash and created_at > clock_timestamp() - interval '10 minutes')::int
            """,
            new { request.Community, phoneHash, addressHash },
            cancellationToken: cancellationToken));
        if (recent.Short >= PerPhoneShort || recent.Day >= PerPhoneDay || recent.Address >= PerAddressShort)
        {
            return ResidentRefusals.TooManyCodes;
        }

        var id = Guid.NewGuid();
        var code = Secrets.NewCode();
        var people = (await PeopleAsync(request.Community, phone, cancellationToken)).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into one_time_code (community_id, code_id, phone_hash, address_hash, code_hash, expires_at)
            values (@Community, @id, @phoneHash, @addressHash, @codeHash, clock_timestamp() + make_interval(mins => @Minutes))
            """,
            new { request.Community, id, phoneHash, addressHash, codeHash = people.Count == 0 ? null : Secrets.HashCode(id, code), Minutes },
            cancellationToken: cancellationToken));
        if (people.Count > 0)
        {
            await connection.AddMessageAsync(
                new OutboxMessage
                {
                    Community = request.Community,
                    DedupKey = $"code:{id}",
                    Channel = "Sms",
                    Resident = people[0].Resident,
                    TextKey = "residents.message.code",
                    Values = new JsonObject { ["code"] = code, ["minutes"] = Minutes },
                    ReasonKey = "residents.reason.code",
                    CouncilAt = now,
                },
                cancellationToken);
        }

        await connection.AddAuditAsync(new AuditEntry(request.Community, "Anonymous", null, nameof(RequestCode), $"code:{id}", now), cancellationToken);
        return new CodeRequested(id, Minutes);
    }

    public async Task<Result<EntryAnswer>> Handle(EnterByCode request, CancellationToken cancellationToken)
    {
        await session.OpenAsync(cancellationToken);
        if (await session.Connection.ScalarAsync<int>(
            """
            select coalesce(sum(o.attempts) filter (where o.used_at is null), 0)::int
            from one_time_code c join one_time_code o on o.community_id = c.community_id and o.phone_hash = c.phone_hash
            where c.community_id = @Community and c.code_id = @Request and o.created_at > clock_timestamp() - interval '15 minutes'
            """,
            new { request.Community, request.Request },
            cancellationToken) >= TriesPerPhone)
        {
            return ResidentRefusals.TooManyTries;
        }

        var attempt = await session.Connection.QuerySingleOrDefaultAsync<Attempt>(new CommandDefinition(
            """
            update one_time_code set attempts = attempts + 1
            where community_id = @Community and code_id = @Request and used_at is null and attempts < @Tries and expires_at > clock_timestamp()
            returning code_hash, phone_hash
            """,
            new { request.Community, request.Request, Tries },
            cancellationToken: cancellationToken)); // committed by itself: a wrong guess counts although it is refused
        if (attempt is null)
        {
            return ResidentRefusals.CodeExpired;
        }

        var typed = Secrets.HashCode(request.Request, new string([.. (request.Code ?? "").Where(char.IsAsciiDigit)]));
        if (attempt.CodeHash is null || !CryptographicOperations.FixedTimeEquals(typed, attempt.CodeHash))
        {
            return ResidentRefusals.CodeWrong;
        }

        var people = (await PeopleByHashAsync(request.Community, attempt.PhoneHash, cancellationToken)).ToList();
        if (request.Person is null && people.Count > 1)
        {
            return new EntryAnswer(null, [.. people.Select(p => new PersonToChoose(p.Resident, NameMask.Of(p.Name)))]);
        }

        if (people.Find(p => request.Person is null || p.Resident == request.Person) is not { } person)
        {
            return ResidentRefusals.CodeWrong;
        }

        await session.BeginAsync(cancellationToken);
        try
        {
            var used = await session.Connection.ExecuteAsync(new CommandDefinition(
                "update one_time_code set used_at = clock_timestamp() where community_id = @Community and code_id = @Request and used_at is null",
                new { request.Community, request.Request },
                cancellationToken: cancellationToken));
            if (used == 0)
            {
                return ResidentRefusals.CodeExpired;
            }

            var now = await session.Connection.CouncilNowAsync(cancellationToken);
            var secret = await SessionWriting.BeginAsync(session.Connection, request.Community, person.Resident, null, "Code", null, null, cancellationToken);
            await session.Connection.AddAuditAsync(
                new AuditEntry(request.Community, "Resident", person.Resident.Value, nameof(EnterByCode), $"code:{request.Request}", now), cancellationToken);
            await session.CommitAsync(cancellationToken);
            return new EntryAnswer(secret, []);
        }
        finally
        {
            await session.RollbackAsync();
        }
    }

    /// <summary>Digits of a telephone number, 7 to 15; null when it is none.</summary>
    internal static string? PhoneOf(string? typed)
    {
        var digits = new string([.. (typed ?? "").Where(char.IsAsciiDigit)]);
        return digits.Length is >= 7 and <= 15 && (typed ?? "").All(c => char.IsAsciiDigit(c) || c is ' ' or '-' or '+' or '(' or ')') ? digits : null;
    }

    private Task<IEnumerable<Person>> PeopleAsync(CommunityId community, string phone, CancellationToken cancellationToken) =>
        session.Connection.QueryAsync<Person>(new CommandDefinition(
            """
            select resident_id as resident, full_name as name from resident
            where community_id = @community and phone is not null and regexp_replace(phone, '\D', '', 'g') = @phone
            order by birth_year, resident_id
            """,
            new { community, phone },
            cancellationToken: cancellationToken));

    /// <summary>The number itself is not kept with the code.</summary>
    private Task<IEnumerable<Person>> PeopleByHashAsync(CommunityId community, byte[] phoneHash, CancellationToken cancellationToken) =>
        session.Connection.QueryAsync<Person>(new CommandDefinition(
            """
            select resident_id as resident, full_name as name from resident
            where community_id = @community and phone is not null and sha256(convert_to(regexp_replace(phone, '\D', '', 'g'), 'UTF8')) = @phoneHash
            order by birth_year, resident_id
            """,
            new { community, phoneHash },
            cancellationToken: cancellationToken));

    private sealed record Attempt(byte[]? CodeHash, byte[] PhoneHash);

    private sealed record Person(ResidentId Resident, string Name);
}

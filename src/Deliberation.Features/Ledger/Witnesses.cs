using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ledger;

/// <summary>Registers the public key of a witness (见证方): the residents' committee, the owners' committee, somebody outside. A leaf of the log says so.
/// Refused with <c>ledger.witness-name</c>, <c>ledger.witness-key</c>, <c>ledger.witness-there</c>.</summary>
/// <param name="Name">1 to 64 characters without blanks and plus signs.</param>
/// <param name="Key">SubjectPublicKeyInfo of P-256, in base64 or PEM.</param>
public sealed record AddWitness(Caller Caller, CommunityId Community, string Name, string Key) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>Ends a witness; what it has signed stays. Refused with <c>ledger.witness-unknown</c>.</summary>
public sealed record RemoveWitness(Caller Caller, CommunityId Community, string Name) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

/// <summary>A witness hands in its signature under a checkpoint. Nobody signs in: the signature says who it is. The same again changes nothing.
/// Refused with <c>ledger.not-found</c>, <c>ledger.signature-invalid</c>.</summary>
/// <param name="Line">As it stands under the note: <c>— name base64</c>.</param>
public sealed record AddCosignature(Caller Caller, CommunityId Community, long Size, string Line) : ICommand<Done>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class WitnessesHandler(CouncilSession session) :
    IRequestHandler<AddWitness, Result<Done>>,
    IRequestHandler<RemoveWitness, Result<Done>>,
    IRequestHandler<AddCosignature, Result<Done>>
{
    private const int LongestKey = 1_000;

    public async Task<Result<Done>> Handle(AddWitness request, CancellationToken cancellationToken)
    {
        var name = request.Name?.Trim() ?? "";
        if (!NoteKey.IsName(name) || name.StartsWith(Checkpoint.OriginOf(""), StringComparison.Ordinal)) // the log signs by its origin
        {
            return LedgerRefusals.WitnessName;
        }

        if (SpkiOf(request.Key) is not { } spki || NoteKey.TryRead(name, spki) is not { } key)
        {
            return LedgerRefusals.WitnessKey;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        try
        {
            await session.Connection.AddKeyAsync(request.Community, key, KeyRole.Witness, now, cancellationToken);
        }
        catch (PostgresException problem) when (problem.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return LedgerRefusals.WitnessThere;
        }

        await AuditAsync(request, nameof(AddWitness), name, now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(RemoveWitness request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var spki = await session.Connection.ExecuteScalarAsync<byte[]?>(new CommandDefinition(
            """
            update log_key set removed_at = @now
            where community_id = @Community and name = @Name and role = 'Witness' and removed_at is null returning public_key
            """,
            new { request.Community, request.Name, now },
            cancellationToken: cancellationToken));
        if (spki is null)
        {
            return LedgerRefusals.WitnessUnknown;
        }

        await session.Connection.PendAsync(
            request.Community, null, "key", LeafBody.Key(NoteKey.TryRead(request.Name, spki)!, KeyRole.Witness, isAdded: false), cancellationToken);
        await AuditAsync(request, nameof(RemoveWitness), request.Name, now, cancellationToken);
        return Done.Value;
    }

    public async Task<Result<Done>> Handle(AddCosignature request, CancellationToken cancellationToken)
    {
        if (await LedgerCheckpoints.FindAsync(session.Connection, request.Community, request.Size, cancellationToken) is not { } checkpoint)
        {
            return LedgerRefusals.NotFound;
        }

        if (NoteSignature.TryParse(request.Line?.Trim() ?? "") is not { } signature
            || await KeyAsync(request.Community, signature.Name, cancellationToken) is not { } spki
            || NoteKey.TryRead(signature.Name, spki) is not { } key
            || !key.HasSigned(new SignedNote(SignedNote.TryParse(checkpoint.Note)!.Text, [signature])))
        {
            return LedgerRefusals.SignatureInvalid;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var written = await session.Connection.RunAsync(
            """
            insert into log_cosignature (community_id, size, key_hash, line, received_at)
            values (@Community, @Size, @hash, @line, @now) on conflict do nothing
            """,
            new { request.Community, request.Size, hash = SHA256.HashData(spki), line = signature.ToString(), now },
            cancellationToken);
        if (written > 0)
        {
            await AuditAsync(request, nameof(AddCosignature), signature.Name, now, cancellationToken);
        }

        return Done.Value;
    }

    private Task<byte[]?> KeyAsync(CommunityId community, string name, CancellationToken cancellationToken) =>
        session.Connection.ExecuteScalarAsync<byte[]?>(new CommandDefinition(
            "select public_key from log_key where community_id = @community and name = @name and role = 'Witness' and removed_at is null",
            new { community, name },
            cancellationToken: cancellationToken));

    private static byte[]? SpkiOf(string? typed)
    {
        if (typed is null || typed.Length > LongestKey)
        {
            return null;
        }

        var base64 = string.Concat(typed.Split('\n').Where(line => !line.TrimStart().StartsWith("-----", StringComparison.Ordinal)).Select(line => line.Trim()));
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }

    private Task AuditAsync(ICommunityRequest request, string action, string name, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.Connection.AuditAsync(
            request.Caller, request.Community, action, $"community:{request.Community}", now, cancellationToken, details: new JsonObject { ["witness"] = name });
}

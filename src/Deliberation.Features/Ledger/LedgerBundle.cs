using System.Data;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Ledger;

/// <summary>A bundle that is written while it is read: of one moment, and never whole in memory.</summary>
public sealed class LedgerBundle
{
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly NpgsqlDataSource _dataSource;
    private readonly CommunityId _community;
    private readonly bool _forAuditors;

    internal LedgerBundle(NpgsqlDataSource dataSource, CommunityId community, bool forAuditors) =>
        (_dataSource, _community, _forAuditors) = (dataSource, community, forAuditors);

    /// <param name="output">Gets the ZIP; need not seek.</param>
    public async Task WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        await using var connection = await _dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken); // one moment for all files
        await using var zip = await ZipArchive.CreateAsync(output, ZipArchiveMode.Create, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        var ballots = await connection.RowsAsync<BallotLine>(
            """
            select b.ballot_id, b.secrecy, b.roll_salt,
                exists (select from log_leaf c where c.community_id = l.community_id and c.ballot_id = l.ballot_id and c.commitment is null and c.kind = 'ballot-closed') as is_closed
            from log_leaf l join ballot b using (community_id, ballot_id)
            where l.community_id = @_community and l.commitment is null and l.kind = 'ballot-opened'
            order by l.idx
            """,
            new { _community },
            cancellationToken);
        await WriteAsync(zip, "bundle.json", writer => DescribeAsync(connection, ballots, writer, cancellationToken), cancellationToken);
        await WriteAsync(zip, "log.txt", writer => LeavesAsync(connection, writer, cancellationToken), cancellationToken);
        await WriteAsync(zip, "checkpoints.jsonl", writer => CheckpointsAsync(connection, writer, cancellationToken), cancellationToken);
        foreach (var ballot in ballots)
        {
            await DocumentsAsync(connection, zip, ballot, cancellationToken);
            if (_forAuditors)
            {
                await WriteAsync(zip, $"ballots/{ballot.BallotId}/roll.jsonl", writer => RollAsync(connection, ballot, writer, cancellationToken), cancellationToken);
                if (ballot.IsClosed) // before the close they would be an interim result
                {
                    await WriteAsync(zip, $"ballots/{ballot.BallotId}/openings.jsonl", writer => OpeningsAsync(connection, ballot, writer, cancellationToken), cancellationToken);
                }
            }
        }
    }

    private async Task DescribeAsync(NpgsqlConnection connection, IReadOnlyList<BallotLine> ballots, StreamWriter writer, CancellationToken cancellationToken)
    {
        var code = await connection.ScalarAsync<string>("select code from community where community_id = @_community", new { _community }, cancellationToken);
        var size = await connection.ScalarAsync<long>("select coalesce(max(size), 0) from log_checkpoint where community_id = @_community", new { _community }, cancellationToken);
        var keys = await connection.RowsAsync<KeyLine>(
            """
            select k.name, k.role, k.public_key from log_key k
            where k.community_id = @_community order by k.role, k.added_at, k.name
            """,
            new { _community },
            cancellationToken);
        await writer.WriteAsync(new JsonObject
        {
            ["format"] = "deliberation-bundle/1",
            ["origin"] = Checkpoint.OriginOf(code),
            ["size"] = size,
            ["ballots"] = new JsonArray([.. ballots.Select(ballot => (JsonNode)new JsonObject { ["id"] = ballot.BallotId.ToString(), ["secrecy"] = ballot.Secrecy })]),
            ["keys"] = new JsonArray([.. keys.Select(key =>
                (JsonNode)new JsonObject { ["name"] = key.Name, ["role"] = key.Role, ["key"] = Convert.ToBase64String(key.PublicKey) })]),
        }.ToJsonString(Plain));
    }

    private async Task LeavesAsync(NpgsqlConnection connection, StreamWriter writer, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select idx, leaf_hash, ballot_id, commitment, body from log_leaf where community_id = $1 order by idx", connection);
        command.Parameters.Add(new NpgsqlParameter { Value = _community.Value });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var leaf = new LeafRow(
                reader.GetInt64(0),
                reader.GetFieldValue<byte[]>(1),
                reader.IsDBNull(2) ? null : reader.GetGuid(2),
                reader.IsDBNull(3) ? null : reader.GetFieldValue<byte[]>(3),
                reader.IsDBNull(4) ? null : reader.GetString(4));
            await writer.WriteAsync($"{Convert.ToHexStringLower(leaf.LeafHash)} {leaf.Text}\n");
        }
    }

    private async Task CheckpointsAsync(NpgsqlConnection connection, StreamWriter writer, CancellationToken cancellationToken)
    {
        var rows = await connection.RowsAsync<CheckpointRow>(
            """
            select p.signed_at, p.note,
                coalesce((select array_agg(s.line order by s.received_at, s.line) from log_cosignature s where s.community_id = p.community_id and s.size = p.size), '{}') as lines
            from log_checkpoint p where p.community_id = @_community order by p.size
            """,
            new { _community },
            cancellationToken);
        foreach (var row in rows)
        {
            var line = new JsonObject
            {
                ["at"] = row.SignedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["note"] = string.Concat([row.Note, .. row.Lines.Select(signature => signature + "\n")]),
            };
            await writer.WriteAsync(line.ToJsonString(Plain) + "\n");
        }
    }

    /// <summary>As they were hashed; tallies whose leaf still waits come with the next bundle.</summary>
    private async Task DocumentsAsync(NpgsqlConnection connection, ZipArchive zip, BallotLine ballot, CancellationToken cancellationToken)
    {
        var documents = await connection.RowsAsync<DocumentRow>(
            """
            select d.kind, d.version, d.content from log_document d
            where d.community_id = @_community and d.ballot_id = @BallotId and (d.kind = 'definition' or exists (
                select from log_leaf l
                where l.community_id = d.community_id and l.ballot_id = d.ballot_id and l.commitment is null and l.kind = 'tally-published' and (l.body::jsonb->>'version')::int = d.version))
            order by d.kind, d.version
            """,
            new { _community, ballot.BallotId },
            cancellationToken);
        foreach (var document in documents)
        {
            var name = document.Kind == "definition" ? "definition.json" : string.Create(CultureInfo.InvariantCulture, $"tally.{document.Version}.json");
            await WriteAsync(zip, $"ballots/{ballot.BallotId}/{name}", writer => writer.WriteAsync(document.Content), cancellationToken);
        }
    }

    private async Task RollAsync(NpgsqlConnection connection, BallotLine ballot, StreamWriter writer, CancellationToken cancellationToken)
    {
        var units = await connection.RowsAsync<LedgerUnit>(
            "select unit_key as key, persons, area_hundredths from roll_entry where community_id = @_community and ballot_id = @BallotId and not is_removed",
            new { _community, ballot.BallotId },
            cancellationToken);
        foreach (var unit in units.OrderBy(unit => unit.Key, StringComparer.Ordinal))
        {
            var line = new JsonObject
            {
                ["unit"] = unit.Key,
                ["persons"] = unit.Persons,
                ["area"] = unit.AreaHundredths,
                ["salt"] = Convert.ToHexStringLower(LedgerRoll.SaltOf(unit.Key, ballot.RollSalt)),
            };
            await writer.WriteAsync(line.ToJsonString(Plain) + "\n");
        }
    }

    private async Task OpeningsAsync(NpgsqlConnection connection, BallotLine ballot, StreamWriter writer, CancellationToken cancellationToken)
    {
        var lines = ballot.Secrecy == "Secret"
            ? (await connection.RowsAsync<SecretOpening>(
                "select commitment, choices, nonce, salt from opening where community_id = @_community and ballot_id = @BallotId",
                new { _community, ballot.BallotId },
                cancellationToken)).Select(opening => (Commitment: Convert.ToHexStringLower(opening.Commitment), Line: new JsonObject
                {
                    ["choices"] = Strings(opening.Choices),
                    ["nonce"] = Convert.ToHexStringLower(opening.Nonce),
                    ["salt"] = Convert.ToHexStringLower(opening.Salt),
                }))
            : (await connection.RowsAsync<NamedOpening>(
                """
                select unit_key, choices, salt, status from vote where community_id = @_community and ballot_id = @BallotId and salt is not null
                union all
                select unit_key, choices, salt, 'Replaced' from vote_replaced where community_id = @_community and ballot_id = @BallotId and salt is not null
                """,
                new { _community, ballot.BallotId },
                cancellationToken)).Select(opening => (
                    Commitment: Convert.ToHexStringLower(Commitments.Named(new BallotId(ballot.BallotId), opening.UnitKey, opening.Choices, opening.Salt)),
                    Line: new JsonObject
                    {
                        ["unit"] = opening.UnitKey,
                        ["choices"] = Strings(opening.Choices),
                        ["salt"] = Convert.ToHexStringLower(opening.Salt),
                        ["status"] = opening.Status,
                    }));
        foreach (var (commitment, line) in lines.OrderBy(opening => opening.Commitment, StringComparer.Ordinal))
        {
            line.Insert(0, "commitment", commitment);
            await writer.WriteAsync(line.ToJsonString(Plain) + "\n");
        }
    }

    private static async Task WriteAsync(ZipArchive zip, string name, Func<StreamWriter, Task> write, CancellationToken cancellationToken)
    {
        await using var stream = await zip.CreateEntry(name, CompressionLevel.Fastest).OpenAsync(cancellationToken);
        await using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        await write(writer);
    }

    private static JsonArray Strings(IEnumerable<string> values) => new([.. values.Select(value => (JsonNode)value)]);

    private sealed record BallotLine(Guid BallotId, string Secrecy, byte[] RollSalt, bool IsClosed);

    private sealed record KeyLine(string Name, string Role, byte[] PublicKey);

    private sealed record CheckpointRow(DateTimeOffset SignedAt, string Note, string[] Lines);

    private sealed record DocumentRow(string Kind, int Version, string Content);

    private sealed record SecretOpening(byte[] Commitment, string[] Choices, byte[] Nonce, byte[] Salt);

    private sealed record NamedOpening(string UnitKey, string[] Choices, byte[] Salt, string Status);
}

using Deliberation.Postgres.Embedded;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>One thing looked at. Words are Web's: one sentence and one command for each code.</summary>
/// <param name="Name">What was looked at: <c>version</c>, <c>encoding</c>, …</param>
/// <param name="Code">Null when all is well; else one of <see cref="DatabaseProblems"/>.</param>
/// <param name="IsFatal">True when the product must not run like that.</param>
public sealed record DatabaseCheck(string Name, string? Code, bool IsFatal, IReadOnlyDictionary<string, string> Values)
{
    public bool IsGood => Code is null;
}

/// <summary>What a database must have, ours or the operator's. Asked at start, by readiness and by <c>doctor</c>.</summary>
public static class DatabaseChecks
{
    /// <summary>Oldest server that the SQL is written for.</summary>
    public const int OldestMajor = 15;

    /// <summary>Needs the extension pg_trgm, which the first migration makes; before that, trigrams are not looked at.</summary>
    public static async Task<IReadOnlyList<DatabaseCheck>> RunAsync(NpgsqlDataSource dataSource, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var command = new NpgsqlCommand(
            """
            select current_setting('server_version'), current_setting('server_version_num')::int / 10000,
                pg_encoding_to_char(encoding), current_setting('fsync'), current_setting('data_checksums'),
                current_setting('max_connections')::int,
                exists (select from pg_collation where collname = 'zh-x-icu'),
                exists (select from pg_extension where extname = 'pg_trgm')
            from pg_database where datname = current_database()
            """,
            connection);
        Facts facts;
        await using (var reader = await command.ExecuteReaderAsync(cancellationToken))
        {
            await reader.ReadAsync(cancellationToken);
            facts = new Facts(
                reader.GetString(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3), reader.GetString(4),
                reader.GetInt32(5), reader.GetBoolean(6), reader.GetBoolean(7));
        }

        return
        [
            Check("version", facts.Major >= OldestMajor, DatabaseProblems.TooOld, true, ("version", facts.Version)),
            Check("encoding", facts.Encoding == "UTF8", DatabaseProblems.NotUtf8, true, ("encoding", facts.Encoding)),
            Check("trigrams", !facts.HasTrigrams || await FindsChineseTrigramsAsync(connection, cancellationToken), DatabaseProblems.NoChineseTrigrams, true),
            Check("pinyin", facts.HasPinyin, DatabaseProblems.NoPinyin, true),
            Check("fsync", facts.Fsync == "on", DatabaseProblems.FsyncOff, false),
            Check("checksums", facts.Checksums == "on", DatabaseProblems.NoChecksums, false),
            Check("connections", facts.MaxConnections >= 60, DatabaseProblems.TooFewConnections, false, ("connections", $"{facts.MaxConnections}")),
        ];
    }

    /// <summary>A database whose ctype is C answers with nothing: searches would find no Chinese name, without any error.</summary>
    private static async Task<bool> FindsChineseTrigramsAsync(NpgsqlConnection connection, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand("select cardinality(show_trgm(U&'\\8BAE\\4E8B\\5385')) > 0", connection);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static DatabaseCheck Check(string name, bool isGood, string code, bool isFatal, params (string Name, string Value)[] values) =>
        new(name, isGood ? null : code, isFatal, values.ToDictionary(value => value.Name, value => value.Value));

    private sealed record Facts(
        string Version, int Major, string Encoding, string Fsync, string Checksums, int MaxConnections, bool HasPinyin, bool HasTrigrams);
}

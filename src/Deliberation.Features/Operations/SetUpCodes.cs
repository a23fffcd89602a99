using System.Security.Cryptography;
using System.Text;
using Dapper;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Operations;

/// <summary>The one-time code that opens the set-up page: printed on the console, kept as a hash, good for a day of machine time.</summary>
public sealed class SetUpCodes(NpgsqlDataSource dataSource)
{
    private const string Alphabet = "23456789abcdefghjkmnpqrstuvwxyz"; // nothing that reads like something else
    private const string StillGood = "made_at > clock_timestamp() - interval '24 hours'";

    /// <summary>False once there is a staff account: then the product is set up for good.</summary>
    public async Task<bool> IsOpenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await connection.ScalarAsync<bool>("select not exists (select from staff)", new { }, cancellationToken);
    }

    /// <summary>True when the database holds the demo, whose sign-ins are printed.</summary>
    public async Task<bool> HasDemoAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await connection.ScalarAsync<bool>("select exists (select from community where is_demo)", new { }, cancellationToken);
    }

    /// <summary>Makes a code, beside those that other nodes have printed.</summary>
    /// <returns>The code, to be shown once; null when the product is set up.</returns>
    public async Task<string?> MakeAsync(CancellationToken cancellationToken)
    {
        if (!await IsOpenAsync(cancellationToken))
        {
            return null;
        }

        var code = string.Join('-', Enumerable.Range(0, 3).Select(_ => RandomNumberGenerator.GetString(Alphabet, 4))); // 59 bits
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await connection.RunAsync(
            $"delete from setup_code where not {StillGood}; insert into setup_code (code_hash) values (@hash)", new { hash = Hash(code) }, cancellationToken);
        return code;
    }

    internal static Task<bool> IsRightAsync(NpgsqlConnection connection, string typed, CancellationToken cancellationToken) =>
        connection.ScalarAsync<bool>($"select exists (select from setup_code where code_hash = @hash and {StillGood})", new { hash = Hash(typed) }, cancellationToken);

    internal static Task ForgetAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition("delete from setup_code", cancellationToken: cancellationToken));

    /// <summary>Dashes, spaces and capitals are how people copy it, not what it is.</summary>
    private static byte[] Hash(string code) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(code.Where(char.IsAsciiLetterOrDigit)).ToLowerInvariant()));
}

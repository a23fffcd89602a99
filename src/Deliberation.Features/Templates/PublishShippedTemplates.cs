using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Postgres;
using Deliberation.Postgres.Workflows;
using Npgsql;

namespace Deliberation.Features.Templates;

/// <summary>Stores the definitions that come with the program, at start-up. A file that was stored before is left alone, so that an admin's later version stays published.</summary>
public sealed class PublishShippedTemplates(NpgsqlDataSource dataSource, WorkflowDefinitions definitions)
{
    /// <param name="folder">Holds <c>*.json</c>, Elsa 3 definitions.</param>
    /// <exception cref="InvalidDataException">A file is no definition, or has an error; nothing is stored.</exception>
    public async Task RunAsync(string folder, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        foreach (var file in Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var json = await File.ReadAllTextAsync(file, cancellationToken);
            var root = JsonNode.Parse(json)?.AsObject();
            if (root?["definitionId"]?.GetValue<string>() is not { Length: > 0 } definitionId)
            {
                throw new InvalidDataException($"{Path.GetFileName(file)}: no definitionId.");
            }

            var isKnown = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                "select exists (select from workflow_definition where definition_id = @definitionId and sha256 = @hash)",
                new { definitionId, hash = SHA256.HashData(Encoding.UTF8.GetBytes(json)) },
                cancellationToken: cancellationToken));
            if (!isKnown)
            {
                await definitions.PublishAsync(connection, definitionId, root["name"]?.GetValue<string>() ?? definitionId, json, null, cancellationToken);
            }
        }

        FaultPoint.Hit("templates-before-commit");
        await transaction.CommitAsync(cancellationToken);
        FaultPoint.Hit("templates-after-commit");
    }
}

using Deliberation.Domain;
using Deliberation.Postgres.Workflows;
using Deliberation.Testing;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>An editor of definitions on a database of its own: every call is a transaction.</summary>
public sealed class StoredDefinitions : IAsyncLifetime, IAsyncDisposable
{
    private readonly TestDatabase _database = new();

    public WorkflowDefinitions Store { get; } = new(new ActivityRegistry());

    public Task InitializeAsync() => ((IAsyncLifetime)_database).InitializeAsync();

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    /// <summary>A definition with these activities in a sequence.</summary>
    public static string Json(string id, string activities, string more = "") =>
        $$"""{"id":"any","definitionId":"{{id}}","name":"{{id}}",{{more}}"root":{"id":"S","type":"Elsa.Sequence","version":1,"activities":[{{activities}}]} }""";

    public async Task<T> DoAsync<T>(Func<NpgsqlConnection, Task<T>> act)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var result = await act(connection);
        await transaction.CommitAsync();
        return result;
    }

    public Task<Result<DefinitionOutcome>> SaveAsync(string json, string? expectedHash) =>
        DoAsync(connection => Store.SaveDraftAsync(connection, json, expectedHash, null, default));

    /// <summary>Saves over whatever is the latest version.</summary>
    public async Task<DefinitionVersion> SaveAsync(string json)
    {
        var id = (string)DefinitionJson.Parse(json.TrimStart('\uFEFF'))["definitionId"]!;
        return (await SaveAsync(json, (await LatestAsync(id))?.Hash)).Require().Version.ShouldNotBeNull();
    }

    public Task<Result<DefinitionOutcome>> PublishAsync(string id, string? expectedHash) =>
        DoAsync(connection => Store.PublishLatestAsync(connection, id, expectedHash, null, default));

    public async Task<DefinitionVersion> PublishAsync(string json)
    {
        var draft = await SaveAsync(json);
        var outcome = (await PublishAsync(draft.DefinitionId, draft.Hash)).Require();
        return outcome.Version.ShouldNotBeNull(string.Join("; ", outcome.Messages.Select(message => message.Message)));
    }

    public async Task<DefinitionVersion?> LatestAsync(string id) => (await VersionsAsync(id)).SingleOrDefault(version => version.IsLatest);

    public async Task<IReadOnlyList<DefinitionVersion>> VersionsAsync(string id) =>
        (await DoAsync(connection => WorkflowDefinitions.ListVersionsAsync(connection, id, 0, 100, default))).Versions;

    public async Task<string> ExportAsync(DefinitionVersion version) =>
        (await DoAsync(connection => WorkflowDefinitions.ExportAsync(connection, version.DefinitionVersionId, default))).ShouldNotBeNull();
}

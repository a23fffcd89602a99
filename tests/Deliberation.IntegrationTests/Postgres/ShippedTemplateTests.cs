using Deliberation.Features.Templates;
using Deliberation.Postgres.Workflows;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>The definitions that come with the program, over several starts.</summary>
public sealed class ShippedTemplateTests : IAsyncLifetime, IAsyncDisposable
{
    private readonly TestApp _app = new() { HasDemo = false };
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("templates");

    public Task InitializeAsync() => _app.InitializeAsync();

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_changed_file_is_a_new_version_and_one_that_was_stored_before_gives_way_to_an_admins()
    {
        await StartAsync("one");
        await StartAsync("one");
        await StartAsync("two");
        (await VersionsAsync()).ShouldBe([(2, DefinitionState.Published), (1, DefinitionState.Retracted)]);

        await using (var connection = await _app.DataSource.OpenConnectionAsync())
        {
            await _app.Services.GetRequiredService<WorkflowDefinitions>().PublishAsync(connection, "shipped", "shipped", Json("an admin's"), null, default);
        }

        await StartAsync("two");
        (await VersionsAsync())[0].ShouldBe((3, DefinitionState.Published));
    }

    [Fact]
    public async Task Every_definition_of_the_program_is_published_once()
    {
        await using var connection = await _app.DataSource.OpenConnectionAsync();
        var published = await _app.Services.GetRequiredService<WorkflowDefinitions>().GetAllPublishedAsync(connection, default);
        published.Count.ShouldBe(Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "workflows"), "*.json").Length);
        published.ShouldAllBe(definition => definition.Version == 1);
    }

    [Fact]
    public async Task A_file_with_an_error_stops_the_start_and_stores_nothing()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "a.json"), Json("one"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "b.json"), """{"definitionId":"b","root":{"id":"x","type":"Acme.Unknown"}}""");
        (await Should.ThrowAsync<InvalidDataException>(RunAsync())).Message.ShouldContain("$.root.type");
        (await VersionsAsync()).ShouldBeEmpty();
    }

    private static string Json(string line) => StoredDefinitions.Json("shipped", $$"""{"id":"w","type":"Elsa.WriteLine","version":1,"text":"{{line}}"}""");

    private async Task StartAsync(string line)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "shipped.json"), Json(line));
        await RunAsync();
    }

    private Task RunAsync() => _app.Services.GetRequiredService<PublishShippedTemplates>().RunAsync(_folder.FullName, default);

    private async Task<IReadOnlyList<(int Version, DefinitionState State)>> VersionsAsync()
    {
        await using var connection = await _app.DataSource.OpenConnectionAsync();
        var page = await WorkflowDefinitions.ListVersionsAsync(connection, "shipped", 0, 10, default);
        return [.. page.Versions.Select(version => (version.Version, version.State))];
    }
}

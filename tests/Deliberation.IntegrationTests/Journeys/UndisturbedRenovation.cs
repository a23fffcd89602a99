using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Journeys;

/// <summary>The renovation played once to its archive on a product that nobody disturbs; whoever asks first waits for it.</summary>
public sealed class UndisturbedRenovation : IAsyncLifetime, IAsyncDisposable
{
    private readonly TestApp _app = new();
    private readonly Lazy<Task<IReadOnlyList<string>>> _played;

    public UndisturbedRenovation() => _played = new(PlayAsync);

    /// <summary>Council time at which it begins: a day after the seeds, so that another run can begin at the same instant.</summary>
    public DateTimeOffset BeginsAt { get; private set; }

    /// <summary>What is left of it in the database, as <see cref="EndState"/> tells it.</summary>
    public Task<IReadOnlyList<string>> EndStateAsync() => _played.Value;

    public async Task InitializeAsync()
    {
        await _app.InitializeAsync();
        BeginsAt = await _app.Database.CouncilNowAsync() + TimeSpan.FromDays(1);
    }

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task<IReadOnlyList<string>> PlayAsync()
    {
        await _app.Database.SetCouncilTimeAsync(BeginsAt);
        using var scenario = new OldCompoundScenario(_app);
        await scenario.PlayAsync();
        await EndState.UntilLogIsWrittenAsync(_app.DataSource);
        return await EndState.ReadAsync(_app.DataSource);
    }
}

/// <summary>Tests that look at the same renovation.</summary>
[CollectionDefinition(Name)]
public sealed class RenovationTests : ICollectionFixture<UndisturbedRenovation>
{
    public const string Name = "Renovation";
}

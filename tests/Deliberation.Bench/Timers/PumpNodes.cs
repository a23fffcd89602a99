using Deliberation.Features;
using Deliberation.Postgres;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Deliberation.Bench.Timers;

/// <summary>Nodes with a pump and a pool of their own, as shipped but for pages and maintenance.</summary>
internal sealed class PumpNodes : IAsyncDisposable
{
    private readonly List<IHost> _nodes = [];

    public static async Task<PumpNodes> StartAsync(BenchServer server, int count, CancellationToken cancellationToken)
    {
        var nodes = new PumpNodes();
        nodes._nodes.AddRange(Enumerable.Range(0, count).Select(_ => Build(server)));
        await Task.WhenAll(nodes._nodes.Select(node => node.StartAsync(cancellationToken)));
        return nodes;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_nodes.Select(node => node.StopAsync()));
        _nodes.ForEach(node => node.Dispose());
    }

    private static IHost Build(BenchServer server)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Deliberation"] = $"{server.ConnectionString};Maximum Pool Size=12",
            ["Secrets:File"] = Path.Combine(server.Folder, "secrets"),
            ["Logging:LogLevel:Default"] = "None",
        });
        builder.Services.AddPostgres(builder.Configuration).AddPostgresWorkers(builder.Configuration).AddFeatures();
        builder.Services.Remove(builder.Services.Single(service => service.ImplementationType?.Name == "MaintenanceScheduler"));
        return builder.Build();
    }
}

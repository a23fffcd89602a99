using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Deliberation.IntegrationTests.Workflows;

/// <summary>A web service on this machine that remembers what it was asked.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _host;

    private Receiver(WebApplication host) => _host = host;

    public ConcurrentQueue<Asked> Asked { get; } = new();

    public string Origin => _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    /// <param name="certificate">With one it listens by https.</param>
    public static async Task<Receiver> StartAsync(Func<HttpContext, Task> answer, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var host = builder.Build();
        var receiver = new Receiver(host);
        host.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var headers = context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);
            receiver.Asked.Enqueue(new Asked(context.Request.Method, context.Request.Path, await reader.ReadToEndAsync(), headers));
            await answer(context);
        });
        await host.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(new CancellationToken(true));
        await _host.DisposeAsync();
    }
}

internal sealed record Asked(string Method, string Path, string Body, IReadOnlyDictionary<string, string> Headers);

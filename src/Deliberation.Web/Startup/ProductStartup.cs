using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using Deliberation.Domain;
using Deliberation.Features.Seeding;
using Deliberation.Features.Templates;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Process.Texts;
using MediatR;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Deliberation.Web.Startup;

/// <summary>What must be there before the first request: shipped templates, the demo. Then says where to look.</summary>
internal sealed class ProductStartup(
    Database database,
    PublishShippedTemplates templates,
    CouncilClock clock,
    IServiceScopeFactory scopes,
    IConfiguration configuration,
    IHostEnvironment environment,
    IServer server,
    TextCatalog texts,
    Addresses? addresses = null) : IHostedLifecycleService
{
    private SeededDemo? _demo;

    /// <exception cref="InvalidOperationException">Demo data in production without --yes-demo.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await templates.RunAsync(Path.Combine(AppContext.BaseDirectory, "workflows"), cancellationToken);
        await clock.SetRateAsync(configuration.GetValue<double?>("Clock:Speed") ?? 1, cancellationToken);
        if (configuration.GetValue<bool>("Demo:Seed"))
        {
            _demo = await SeedAsync(cancellationToken);
        }
    }

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!environment.IsDevelopment() || configuration.GetValue<bool>("Tests:OwnServer"))
        {
            return;
        }

        await Console.Out.WriteLineAsync(Banner());
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<SeededDemo> SeedAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var folder = Path.Combine(AppContext.BaseDirectory, "seeds", "demo");
        var passwords = File.ReadLines(Path.Combine(folder, "staff.csv")).Skip(1).Select(line => line.Split(',')[0]).ToDictionary(login => login, Password);
        var answer = await scope.ServiceProvider.GetRequiredService<IMediator>()
            .Send(new SeedDemo(folder, passwords), cancellationToken);
        if (answer is Result<SeededDemo>.Refused { Reason: var reason })
        {
            throw new InvalidDataException(texts.Get(CommandLine.Language(), reason.Code, reason.Values));
        }

        if (configuration.GetValue("Demo:Story", true))
        {
            await scope.ServiceProvider.GetRequiredService<DemoStory>().PlayAsync(folder, answer.Require(), cancellationToken);
        }

        return answer.Require();
    }

    /// <summary>Made at the first start, kept in the 0600 secrets file, printed at each demo start.</summary>
    private string Password(string login) => database.Secrets.GetOrCreate($"demo.{login}.password", () => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 10));

    private string Banner()
    {
        var language = CommandLine.Language();
        var url = (addresses?.Urls is [var first, ..] ? first : server.Features.Get<IServerAddressesFeature>()!.Addresses.First()).Replace("0.0.0.0", "localhost", StringComparison.Ordinal);
        var lines = new List<string> { Head(language) };
        if (addresses?.TakenPort is { } taken)
        {
            lines.Add(Say(language, "start.port-taken", ("port", taken.ToString(CultureInfo.InvariantCulture))));
        }

        if (_demo is { } demo)
        {
            lines.Add(Say(language, "start.residents", ("url", url), ("token", demo.EntryToken), ("name", demo.EntryName)));
            lines.Add(Say(language, "start.staff", ("url", url), ("login", "staff"), ("password", Password("staff"))));
            lines.Add(Say(language, "start.admin", ("url", url), ("login", "admin"), ("password", Password("admin"))));
            lines.Add(Say(language, "start.board", ("url", url), ("login", "official"), ("password", Password("official"))));
            lines.Add(Say(language, "start.outbox", ("url", url)));
            if (addresses?.LanUrl is { } lan)
            {
                lines.Add(Say(language, "start.lan", ("url", $"{lan}/q/{demo.EntryToken}")));
                lines.Add(Qr($"{lan}/q/{demo.EntryToken}"));
            }
        }
        else
        {
            lines.Add(Say(language, "start.url", ("url", url)));
        }

        lines.Add(Say(language, database.Embedded is null ? "start.stop-external" : "start.stop"));
        return string.Join(Environment.NewLine, lines);
    }

    private string Head(string language)
    {
        var version = typeof(ProductStartup).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
        var kind = texts.Get(language, _demo is null ? "start.kind-plain" : "start.kind-demo");
        return database.Embedded?.LastStart is { } start
            ? Say(
                language,
                start.IsFirst ? "start.head-first" : "start.head-again",
                ("version", version),
                ("kind", kind),
                ("database", start.Version.ToString()),
                ("seconds", start.Took.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)),
                ("folder", start.Folder))
            : Say(language, "start.head-external", ("version", version), ("kind", kind));
    }

    private string Say(string language, string key, params ReadOnlySpan<(string Name, object? Value)> values) => texts.Get(language, key, values);

    private static string Qr(string text)
    {
        using var data = QRCoder.QRCodeGenerator.GenerateQrCode(text, QRCoder.QRCodeGenerator.ECCLevel.L);
        using var code = new QRCoder.AsciiQRCode(data);
        return code.GetGraphicSmall();
    }
}

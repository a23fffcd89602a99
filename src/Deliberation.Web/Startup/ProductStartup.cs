using System.Globalization;
using System.Reflection;
using Deliberation.Features.Access;
using Deliberation.Features.Operations;
using Deliberation.Features.Seeding;
using Deliberation.Features.Templates;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Process.Texts;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Npgsql;

namespace Deliberation.Web.Startup;

/// <summary>What must be there before the first request: shipped templates, the demo. Then says where to look.</summary>
internal sealed class ProductStartup(
    Database database,
    PublishShippedTemplates templates,
    CouncilClock clock,
    DemoSeeding demoSeeding,
    SetUpCodes setUp,
    IConfiguration configuration,
    IHostEnvironment environment,
    IServer server,
    TextCatalog texts,
    Addresses? addresses = null) : IHostedLifecycleService
{
    private SeededDemo? _demo;

    /// <exception cref="StartRefusedException">Demo data in production without --yes-demo, or a password out of an example.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        await templates.RunAsync(Path.Combine(AppContext.BaseDirectory, "workflows"), cancellationToken);
        await clock.SetRateAsync(configuration.GetValue<double?>("Clock:Speed") ?? 1, cancellationToken);
        if (configuration.GetValue<bool>("Demo:Seed"))
        {
            DemoSeeding.RefuseProduction(environment, configuration);
            _demo = await demoSeeding.RunAsync(cancellationToken);
        }

        await RefuseSamplesAsync(cancellationToken);
    }

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (configuration.GetValue<bool>("Tests:OwnServer"))
        {
            return;
        }

        if (environment.IsDevelopment())
        {
            await Console.Out.WriteLineAsync(Banner());
        }

        if (await setUp.MakeAsync(CancellationToken.None) is { } code) // Ctrl+C at this moment ends a started program in order, not a start in the middle
        {
            await Console.Out.WriteLineAsync(Say(CommandLine.Language(), "start.set-up", ("url", Url()), ("code", code)));
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private string Banner()
    {
        var language = CommandLine.Language();
        var url = Url();
        var lines = new List<string> { Head(language) };
        if (addresses?.TakenPort is { } taken)
        {
            lines.Add(Say(language, "start.port-taken", ("port", taken.ToString(CultureInfo.InvariantCulture))));
        }

        if (_demo is { } demo)
        {
            lines.Add(Say(language, "start.residents", ("url", url), ("token", demo.EntryToken), ("name", demo.EntryName)));
            lines.Add(Say(language, "start.staff", ("url", url), ("login", "staff"), ("password", demoSeeding.Password("staff"))));
            lines.Add(Say(language, "start.admin", ("url", url), ("login", "admin"), ("password", demoSeeding.Password("admin"))));
            lines.Add(Say(language, "start.board", ("url", url), ("login", "official"), ("password", demoSeeding.Password("official"))));
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

    /// <summary>Where a browser on this machine finds it.</summary>
    private string Url() => (addresses?.Urls is [var first, ..] ? first : server.Features.Get<IServerAddressesFeature>()!.Addresses.First())
        .Replace("0.0.0.0", "localhost", StringComparison.Ordinal).Replace("+", "localhost", StringComparison.Ordinal).Replace("*", "localhost", StringComparison.Ordinal);

    /// <summary>In production: no demo and no password that comes with an example.</summary>
    private async Task RefuseSamplesAsync(CancellationToken cancellationToken)
    {
        if (await setUp.HasDemoAsync(cancellationToken))
        {
            DemoSeeding.RefuseProduction(environment, configuration);
        }

        if (environment.IsProduction() && database.Embedded is null
            && new NpgsqlConnectionStringBuilder(database.ConnectionString).Password is { Length: > 0 } password && StaffRules.IsGuessable(password))
        {
            throw new StartRefusedException("start.sample-password");
        }
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

using System.IO.Compression;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Deliberation.Postgres;
using Npgsql;

namespace Deliberation.Web.Startup;

/// <summary><c>support-bundle</c>: one zip that may be sent to a stranger: versions, settings without secrets, what the doctor says, migrations, last incidents without what people wrote.</summary>
internal static partial class SupportBundle
{
    /// <summary>Sections whose settings are ours; nothing else of the environment is looked at.</summary>
    private static readonly string[] Sections = ["AllowedHosts", "Ballots", "Clock", "ConnectionStrings", "Demo", "Embedded", "Kestrel", "Logging", "Operator", "Outbox", "Proxy", "Pump", "Secrets", "Urls"];

    private static readonly string[] ShownOfConnection = ["Host", "Port", "Database", "SSL Mode", "Timeout", "Command Timeout", "Maximum Pool Size"];

    public static async Task<int> WriteAsync(VerbContext context, string? file, CancellationToken cancellationToken)
    {
        var now = context.Services.GetRequiredService<TimeProvider>().GetUtcNow();
        var path = Path.GetFullPath(file ?? $"deliberation-support-{now:yyyyMMdd-HHmmss}.zip");
        var findings = await context.Services.GetRequiredService<Doctor>().RunAsync(null, cancellationToken);
        await using (var zip = await ZipArchive.CreateAsync(File.Create(path), ZipArchiveMode.Create, leaveOpen: false, entryNameEncoding: null, cancellationToken))
        {
            await AddAsync(zip, "versions.json", Json.Of(Versions(context, now)), cancellationToken);
            await AddAsync(zip, "settings.json", Json.Of(Settings(context.Configuration)), cancellationToken);
            await AddAsync(zip, "doctor.txt", string.Join('\n', findings.Select(finding => DoctorVerb.Lines(context, finding))), cancellationToken);
            await AddDatabaseAsync(zip, context, cancellationToken);
        }

        await Console.Out.WriteLineAsync(context.Say("support.written", ("file", path)));
        return 0;
    }

    /// <summary>Keys in order; a value that could be a secret is replaced by stars.</summary>
    public static SortedDictionary<string, string> Settings(IConfiguration configuration)
    {
        var shown = new SortedDictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (key, value) in configuration.AsEnumerable().Where(setting => setting.Value is not null && Sections.Contains(setting.Key.Split(':')[0], StringComparer.OrdinalIgnoreCase)))
        {
            shown[key] = key.StartsWith("ConnectionStrings:", StringComparison.OrdinalIgnoreCase) ? Connection(value!) : SecretName.IsMatch(key) ? "***" : value!;
        }

        return shown;
    }

    private static string Connection(string value)
    {
        try
        {
            var given = new NpgsqlConnectionStringBuilder(value);
            return string.Join(';', given.Keys.Cast<string>().Select(key => $"{key}={(ShownOfConnection.Contains(key, StringComparer.OrdinalIgnoreCase) ? given[key] : "***")}"));
        }
        catch (ArgumentException)
        {
            return "***"; // not a connection string: who knows what it is
        }
    }

    private static object Versions(VerbContext context, DateTimeOffset now) => new
    {
        Deliberation = typeof(SupportBundle).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
        Environment = context.Environment.EnvironmentName,
        Framework = RuntimeInformation.FrameworkDescription,
        System = RuntimeInformation.OSDescription,
        Architecture = RuntimeInformation.OSArchitecture.ToString(),
        Processors = Environment.ProcessorCount,
        IsEmbedded = context.Services.GetRequiredService<Database>().Embedded is not null,
        WrittenAt = now,
    };

    /// <summary>An absent database is one line in the bundle, not the end of it.</summary>
    private static async Task AddDatabaseAsync(ZipArchive zip, VerbContext context, CancellationToken cancellationToken)
    {
        var database = context.Services.GetRequiredService<Database>();
        try
        {
            if (database.Embedded is { } embedded)
            {
                await embedded.StartAsync(cancellationToken);
            }

            await AddAsync(zip, "migrations.json", Json.Of(await DatabaseVerbs.AppliedAsync(context.Services, cancellationToken)), cancellationToken);
            var facts = context.Services.GetRequiredService<SupportFacts>();
            await AddAsync(zip, "incidents.json", Json.Of(await facts.IncidentsAsync(cancellationToken)), cancellationToken);
            await AddAsync(zip, "server.json", Json.Of(await facts.ServerAsync(cancellationToken)), cancellationToken);
            await AddAsync(zip, "figures.json", Json.Of(await context.Services.GetRequiredService<OperatorFigures>().ReadAsync(cancellationToken)), cancellationToken);
        }
        catch (Exception away) when (away is NpgsqlException or Postgres.Embedded.EmbeddedPostgresException)
        {
            await AddAsync(zip, "database.txt", away.Message, cancellationToken);
        }
        finally
        {
            if (database.Embedded is { } embedded)
            {
                await embedded.StopAsync();
            }
        }
    }

    private static async Task AddAsync(ZipArchive zip, string name, string text, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(await zip.CreateEntry(name).OpenAsync(cancellationToken));
        await writer.WriteAsync(text.AsMemory(), cancellationToken);
    }

    [GeneratedRegex("password|passwd|secret|token|apikey|:key$|credential", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName { get; }
}

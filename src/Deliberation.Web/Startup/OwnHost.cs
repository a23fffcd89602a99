using Deliberation.Domain;
using Deliberation.Features;
using Deliberation.Features.Access;
using Deliberation.Features.Templates;
using Deliberation.Postgres;
using Deliberation.Postgres.Embedded;
using Deliberation.Process.Texts;
using MediatR;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Npgsql;

namespace Deliberation.Web.Startup;

/// <summary>What a verb needs of the database before it runs.</summary>
internal enum Needs
{
    /// <summary>Nothing: the verb looks after the server itself, or asks it nothing.</summary>
    Nothing,

    /// <summary>A server that answers. Its schema stays as it is.</summary>
    Server,

    /// <summary>This program's schema; an older one is refused.</summary>
    Schema,

    /// <summary>This program's schema; an older one is brought up to date.</summary>
    Migration,
}

/// <summary>A verb's surroundings: services without pages and background work.</summary>
internal sealed class VerbContext(IServiceProvider services, IConfiguration configuration, IHostEnvironment environment)
{
    private readonly TextCatalog _texts = CommandLine.Texts();

    public IServiceProvider Services => services;

    public IConfiguration Configuration => configuration;

    public IHostEnvironment Environment => environment;

    public string Say(string key, params (string Name, object? Value)[] values) => _texts.Get(CommandLine.Language(), key, values.ToDictionary(v => v.Name, v => v.Value));

    /// <summary>The community named, or the only one.</summary>
    /// <returns>Null when there is none such, or several to choose from; it has been said.</returns>
    public async Task<CommunityCard?> CommunityAsync(string? code, CancellationToken cancellationToken)
    {
        var all = await services.GetRequiredService<CommunityDirectory>().AllAsync(cancellationToken);
        var found = code is null ? (all.Count == 1 ? all[0] : null) : all.FirstOrDefault(community => community.Code == code);
        if (found is null)
        {
            var known = string.Join(' ', all.Select(community => community.Code));
            await Console.Error.WriteLineAsync(all.Count == 0 ? Say("community.none") : code is null ? Say("community.choose", ("known", known)) : Say("community.unknown", ("value", code), ("known", known)));
        }

        return found;
    }

    /// <summary>Sends a use case. A refusal is said on stderr.</summary>
    /// <returns>The verb's exit code.</returns>
    public async Task<int> SendAsync<T>(IRequest<Result<T>> request, Func<T, Task<int>> granted, CancellationToken cancellationToken)
    {
        await using var scope = services.CreateAsyncScope();
        switch (await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request, cancellationToken))
        {
            case Result<T>.Accepted { Value: var value }:
                return await granted(value);
            case Result<T>.Refused { Reason: var reason }:
                await Console.Error.WriteLineAsync(Problems.Why(reason));
                return 1;
            default:
                throw new InvalidOperationException();
        }
    }
}

/// <summary>Runs a verb on the operator's database, a running Deliberation's, or an own one that is stopped again.</summary>
internal static class OwnHost
{
    /// <returns>The verb's exit code; 1 when the database cannot be had.</returns>
    public static async Task<int> RunAsync(string? data, Needs needs, Func<VerbContext, Task<int>> run, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings
        {
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT"), // what serving goes by
        });
        builder.Configuration["Embedded:DataDir"] = data ?? builder.Configuration["Embedded:DataDir"];
        builder.Configuration["Embedded:Attach"] = "true";
        builder.Logging.ClearProviders().AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).AddFilter(level => level >= LogLevel.Warning);
        builder.Services.AddFeatures();
        builder.Services.RemoveAll<IHostedService>();
        builder.Services.AddPostgres(builder.Configuration);
        builder.Services.AddBallotKeyFolder(builder.Configuration);
        builder.Services.AddSingleton(CommandLine.Texts());
        builder.Services.AddSingleton<DemoSeeding>();
        builder.Services.AddSingleton<PublishShippedTemplates>();
        builder.Services.AddSingleton<CommunityDirectory>();
        try
        {
            using var host = builder.Build();
            var context = new VerbContext(host.Services, builder.Configuration, builder.Environment);
            if (needs is Needs.Nothing)
            {
                return await run(context);
            }

            var database = host.Services.GetRequiredService<Database>();
            try
            {
                if (database.Embedded is { } embedded)
                {
                    await embedded.StartAsync(cancellationToken);
                }

                return await PrepareAsync(host.Services.GetRequiredService<MigrationRunner>(), needs, cancellationToken) ? await run(context) : 1;
            }
            finally
            {
                if (database.Embedded is { } embedded)
                {
                    await host.Services.GetRequiredService<NpgsqlDataSource>().DisposeAsync();
                    await embedded.StopAsync();
                }
            }
        }
        catch (Exception problem) when (Problems.InWords(problem) is { } words)
        {
            await Console.Error.WriteLineAsync(words);
            return 1;
        }
    }

    private static async Task<bool> PrepareAsync(MigrationRunner migrations, Needs needs, CancellationToken cancellationToken)
    {
        if (needs is Needs.Migration)
        {
            await migrations.MigrateAsync(cancellationToken);
        }
        else if (needs is Needs.Schema && await migrations.CountMissingAsync(cancellationToken) is > 0 and var missing)
        {
            await Console.Error.WriteLineAsync(Problems.InWords(DatabaseProblems.SchemaOlder, new Dictionary<string, string> { ["missing"] = $"{missing}" }));
            return false;
        }

        return true;
    }
}

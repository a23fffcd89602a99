using Deliberation.Postgres;
using Deliberation.Postgres.Embedded;

namespace Deliberation.Web.Startup;

/// <summary>A host without pages, for verbs that only need the database: the operator's, a running Deliberation's, or an own one that is stopped again.</summary>
internal static class OwnHost
{
    /// <param name="mayStartServer">False: the verb looks after the server itself.</param>
    /// <returns>The verb's exit code; 1 when the database cannot be had.</returns>
    public static async Task<int> RunAsync(string? data, bool mayStartServer, Func<IServiceProvider, Task<int>> run, CancellationToken cancellationToken)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration["Embedded:DataDir"] = data ?? builder.Configuration["Embedded:DataDir"];
        builder.Configuration["Embedded:Attach"] = "true";
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddPostgres(builder.Configuration);
        try
        {
            using var host = builder.Build();
            if (!mayStartServer)
            {
                return await run(host.Services);
            }

            await host.StartAsync(cancellationToken);
            var code = await run(host.Services);
            await host.StopAsync(cancellationToken);
            return code;
        }
        catch (EmbeddedPostgresException problem)
        {
            await Console.Error.WriteLineAsync(Problems.InWords(problem.Code, problem.Values));
            return 1;
        }
    }
}

using System.Globalization;
using Deliberation.Features;
using Deliberation.Postgres;
using Deliberation.Postgres.Outbox;

namespace Deliberation.Web.Startup;

/// <summary>Builds and runs the product.</summary>
internal static class Serve
{
    public static async Task<int> RunAsync(string[] args, ServeOptions options, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        Configure(builder, options);
        builder.WebHost.UseStaticWebAssets(); // run from the sources in production too; published, there is nothing to find
        builder.Services.AddPostgres(builder.Configuration);
        builder.Services.AddFeatures();
        builder.Services.AddBallotKeyFolder(builder.Configuration);
        if (builder.Environment.IsDevelopment())
        {
            // The demo's mailbox shows every message that would have been sent; here it is the gateway of all channels.
            builder.Services.Configure<OutboxOptions>(outbox =>
            {
                outbox.Delivered.Add("Sms");
                outbox.Delivered.Add("WeChat");
                outbox.Delivered.Add("Email");
                outbox.Delivered.Add("Print");
            });
        }

        builder.Services.AddWeb(builder.Environment, builder.Configuration);
        builder.Services.AddStartup();
        builder.Services.AddPostgresWorkers(builder.Configuration);

        var hasStarted = false; // why a start failed is said below, in a sentence, and not by the host with a stack
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => hasStarted && level >= LogLevel.Information);
        var app = builder.Build();
        app.Lifetime.ApplicationStarted.Register(() => hasStarted = true);
        _ = Task.Run(() => app.Services.GetRequiredService<Database>().StartAsync(cancellationToken), cancellationToken); // comes up meanwhile; DatabaseStartup waits for it and tells its failure
        app.UseWeb();
        app.MapWeb();
        try
        {
            await app.RunAsync(cancellationToken);
            return 0;
        }
        catch (Exception problem) when (Problems.InWords(problem) is { } words)
        {
            await Console.Error.WriteLineAsync(words);
            return 1;
        }
    }

    /// <summary>The command line wins over appsettings.json and the environment.</summary>
    private static void Configure(WebApplicationBuilder builder, ServeOptions options)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Embedded:DataDir"] = options.Data ?? builder.Configuration["Embedded:DataDir"],
            ["Clock:Speed"] = options.Speed?.ToString(CultureInfo.InvariantCulture) ?? builder.Configuration["Clock:Speed"],
        };
        if (options.Reset)
        {
            settings["Embedded:Reset"] = "true";
        }

        if (options.YesDemo)
        {
            settings["Demo:Yes"] = "true";
        }

        if (options.YesDemo || (builder.Environment.IsDevelopment() && builder.Configuration["Demo:Seed"] is null))
        {
            settings["Demo:Seed"] = "true";
        }

        builder.Configuration.AddInMemoryCollection(settings);
        if (builder.Configuration.GetValue<bool>("Tests:OwnServer"))
        {
            return; // a test chooses the addresses itself
        }

        var addresses = Addresses.Choose(options.Urls ?? builder.Configuration["urls"], options.Lan);
        builder.WebHost.UseUrls([.. addresses.Urls]);
        builder.Services.AddSingleton(addresses);
    }
}

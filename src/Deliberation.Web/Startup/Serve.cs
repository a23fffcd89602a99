using System.Globalization;
using Deliberation.Features;
using Deliberation.Features.Ballots;
using Deliberation.Postgres;
using Deliberation.Postgres.Embedded;
using Deliberation.Postgres.Outbox;

namespace Deliberation.Web.Startup;

/// <summary>Builds and runs the product.</summary>
internal static class Serve
{
    public static async Task<int> RunAsync(string[] args, ServeOptions options, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
        Configure(builder, options);
        builder.Services.AddPostgres(builder.Configuration);
        builder.Services.AddFeatures();
        builder.Services.AddOptions<BallotKeyOptions>().Configure<SecretsFile>((keys, secrets) =>
            keys.Folder = builder.Configuration["Ballots:KeysFolder"] ?? Path.Combine(Path.GetDirectoryName(secrets.Path)!, "ballot-keys"));
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

        builder.Services.AddWeb(builder.Environment);
        builder.Services.AddStartup();
        builder.Services.AddPostgresWorkers(builder.Configuration);

        var app = builder.Build();
        app.UseWeb();
        app.MapWeb();
        try
        {
            await app.RunAsync(cancellationToken);
            return 0;
        }
        catch (EmbeddedPostgresException problem)
        {
            await Console.Error.WriteLineAsync(Problems.InWords(problem.Code, problem.Values));
            return 1;
        }
        catch (InvalidDataException bad)
        {
            await Console.Error.WriteLineAsync(bad.Message); // a shipped file that does not read: says file, line and field
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

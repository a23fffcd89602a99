using System.CommandLine;
using Deliberation.Process.Texts;

namespace Deliberation.Web.Startup;

/// <summary>The verbs of the executable. Without one it serves.</summary>
internal static class CommandLine
{
    private static readonly Option<string?> Urls = new("--urls") { Description = "Addresses to listen on; http://localhost:5080 unless set." };
    private static readonly Option<string?> Data = new("--data") { Description = "Folder of the built-in database and the secrets.", HelpName = "DIR", Recursive = true };
    private static readonly Option<bool> Reset = new("--reset") { Description = "Deletes the built-in database and starts over." };
    private static readonly Option<double?> Speed = new("--speed") { Description = "Runs the council's clock N times faster: 1440 is a day a minute.", HelpName = "N" };
    private static readonly Option<bool> Lan = new("--lan") { Description = "Also listens on the local network, for a telephone." };
    private static readonly Option<bool> YesDemo = new("--yes-demo") { Description = "Demo data although the environment is Production." };

    /// <param name="args">As given to the process. What is not ours goes to the host's own settings.</param>
    public static RootCommand Create(string[] args)
    {
        Speed.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is < 1 or > 1_000_000)
            {
                result.AddError("--speed: 1 to 1000000.");
            }
        });

        var root = new RootCommand("Deliberation: a workflow engine for resident-council deliberation.") { Urls, Data, Reset, Speed, Lan, YesDemo };
        root.TreatUnmatchedTokensAsErrors = false; // hosts and tests pass settings of their own
        root.SetAction((parsed, cancellationToken) => Serve.RunAsync(
            args,
            new ServeOptions(parsed.GetValue(Urls), parsed.GetValue(Data), parsed.GetValue(Reset), parsed.GetValue(Speed), parsed.GetValue(Lan), parsed.GetValue(YesDemo)),
            cancellationToken));
        root.Subcommands.Add(Verb("doctor", "Looks whether everything needed is here; says in one sentence and one command what is not.", DoctorVerb.RunAsync));
        var db = new Command("db", "The database.");
        db.Subcommands.Add(Verb("migrate", "Brings the schema up to date and ends.", DatabaseVerbs.MigrateAsync));
        db.Subcommands.Add(Verb("status", "Says which migrations have run.", DatabaseVerbs.StatusAsync));
        root.Subcommands.Add(db);
        return root;
    }

    /// <summary>The language of the console: Chinese where LANG says so, else English.</summary>
    public static string Language() => (Environment.GetEnvironmentVariable("LC_ALL") ?? Environment.GetEnvironmentVariable("LANG") ?? "") switch
    {
        var lang when lang.StartsWith("zh_TW", StringComparison.Ordinal) || lang.StartsWith("zh_HK", StringComparison.Ordinal) => "zh-Hant",
        var lang when lang.StartsWith("zh", StringComparison.Ordinal) => "zh-Hans",
        _ => "en",
    };

    public static TextCatalog Texts() => new(typeof(CommandLine).Assembly);

    private static Command Verb(string name, string description, Func<string?, CancellationToken, Task<int>> run)
    {
        var command = new Command(name, description);
        command.SetAction((parsed, cancellationToken) => run(parsed.GetValue(Data), cancellationToken));
        return command;
    }
}

/// <summary>What the command line says about serving. Null: not said.</summary>
internal sealed record ServeOptions(string? Urls, string? Data, bool Reset, double? Speed, bool Lan, bool YesDemo);

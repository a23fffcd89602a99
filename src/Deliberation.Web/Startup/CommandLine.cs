using System.CommandLine;
using System.CommandLine.Invocation;
using Deliberation.Features.Foundation;
using Deliberation.Process.Texts;
using Deliberation.Web.Parts;

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

    private static readonly Option<bool> AsJson = new("--json") { Description = "One JSON document on stdout." };
    private static readonly Option<string?> Community = new("--community") { Description = "Code of the community; the only one unless set.", HelpName = "CODE" };

    /// <summary>Parses and runs. A wrong command line returns 2 and prints nothing on stdout.</summary>
    public static async Task<int> RunAsync(string[] args)
    {
        var words = args is ["serve", .. var rest] ? rest : args;
        var parsed = Create(words).Parse(words);
        var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null };
        if (Unknown(parsed, words) is { } word)
        {
            await Console.Error.WriteLineAsync(Texts().Get(Language(), "start.unknown-verb", ("verb", word)));
            return 2;
        }

        if (parsed.Action is not ParseErrorAction)
        {
            return await parsed.InvokeAsync(configuration);
        }

        configuration.Output = Console.Error;
        await parsed.InvokeAsync(configuration);
        return 2;
    }

    /// <summary>Serving hands on to the host's settings what is not ours; verbs do not.</summary>
    private static string? Unknown(ParseResult parsed, string[] words) => parsed.CommandResult.Command is not RootCommand
        ? (parsed.UnmatchedTokens is [var unmatched, ..] ? unmatched : null)
        : words is [var first, ..] && !first.StartsWith('-') ? first : null;

    /// <param name="args">As given to the process. What is not ours goes to the host's own settings.</param>
    private static RootCommand Create(string[] args)
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
        Add(root, "doctor", "Looks whether everything needed is here; says in one sentence and one command what is not.", Needs.Nothing,
            (context, parsed, token) => DoctorVerb.RunAsync(context, parsed.GetValue(AsJson), token), AsJson);

        var db = Group(root, "db", "The database.");
        Add(db, "migrate", "Brings the schema up to date and ends.", Needs.Migration, (_, _, _) => Task.FromResult(0));
        Add(db, "status", "Says which migrations have run and how many are missing (exit 1 when some are).", Needs.Server,
            (context, parsed, token) => DatabaseVerbs.StatusAsync(context, parsed.GetValue(AsJson), token), AsJson);
        Add(db, "psql-url", "Prints the address of the running database for psql; holds the password.", Needs.Nothing, (context, _, _) => DatabaseVerbs.PsqlUrlAsync(context));

        var seed = Group(root, "seed", "First data.");
        Add(seed, "demo", "Fills the demo, with sign-ins that are printed.", Needs.Migration,
            (context, parsed, token) => SeedVerbs.DemoAsync(context, parsed.GetValue(YesDemo), token), YesDemo);
        var file = new Argument<FileInfo>("FILE") { Description = "A table of people and doors; seeds/README.md tells its columns." }.AcceptExistingOnly();
        Add(seed, "roll", "Imports households, people, flats and owners of a community: all of the file or nothing.", Needs.Schema,
            (context, parsed, token) => SeedVerbs.RollAsync(context, parsed.GetValue(file)!.FullName, parsed.GetValue(Community), token), file, Community);

        var timers = Group(root, "timers", "What is due.");
        Add(timers, "list", "Timers overdue and due within a day.", Needs.Schema,
            (context, parsed, token) => TimerVerbs.ListAsync(context, parsed.GetValue(Community), parsed.GetValue(AsJson), token), Community, AsJson);
        var instance = new Argument<Guid>("INSTANCE");
        var bookmark = new Argument<string>("BOOKMARK");
        var reason = new Option<string>("--reason") { Description = "Why; stands in the audit trail.", Required = true };
        Add(timers, "fire", "Makes a timer due now.", Needs.Schema,
            (context, parsed, token) => TimerVerbs.FireAsync(context, parsed.GetValue(Community), parsed.GetValue(instance), parsed.GetValue(bookmark)!, parsed.GetValue(reason)!, token),
            instance, bookmark, reason, Community);

        AddUser(Group(root, "user", "Sign-ins of staff."));
        var output = new Option<string?>("--out") { Description = "File to write; deliberation-support-….zip here unless set.", HelpName = "FILE" };
        Add(root, "support-bundle", "Writes a zip for somebody who helps: versions, settings without secrets, doctor, migrations, incidents without people's words.", Needs.Nothing,
            (context, parsed, token) => SupportBundle.WriteAsync(context, parsed.GetValue(output), token), output);
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

    private static void AddUser(Command user)
    {
        var login = new Argument<string>("LOGIN");
        var passwordFile = new Option<string?>("--password-file") { Description = "File with the password, or - for stdin; asked for unless set.", HelpName = "FILE" };
        var name = new Option<string>("--name") { Description = "Name that others see.", Required = true };
        var kind = new Option<CallerKind>("--role") { Description = "Staff, Admin, Official or Supervisor.", Required = true };
        kind.AcceptOnlyFromAmong("Staff", "Admin", "Official", "Supervisor");
        var communities = new Option<string[]>("--community") { Description = "Codes of the communities that it opens; the only one unless set.", AllowMultipleArgumentsPerToken = true, HelpName = "CODE" };
        var posts = new Option<string[]>("--post") { Description = "Posts that the person holds from now on, for example GroupLeader.", AllowMultipleArgumentsPerToken = true, HelpName = "POST" };
        posts.AcceptOnlyFromAmong([.. Posts.All]);
        Add(user, "add", "Makes a sign-in.", Needs.Schema,
            (context, parsed, token) => UserVerbs.AddAsync(
                context,
                new UserVerbs.NewUser(
                    parsed.GetValue(login)!, parsed.GetValue(name)!, parsed.GetValue(kind), parsed.GetValue(communities) ?? [], parsed.GetValue(posts) ?? [], parsed.GetValue(passwordFile)),
                token),
            login, name, kind, communities, posts, passwordFile);
        Add(user, "reset", "Gives a sign-in another password and ends its sessions.", Needs.Schema,
            (context, parsed, token) => UserVerbs.ResetAsync(context, parsed.GetValue(login)!, parsed.GetValue(passwordFile), token), login, passwordFile);
        Add(user, "list", "All sign-ins.", Needs.Schema, (context, parsed, token) => UserVerbs.ListAsync(context, parsed.GetValue(AsJson), token), AsJson);
    }

    private static Command Group(Command parent, string name, string description)
    {
        var command = new Command(name, description);
        parent.Subcommands.Add(command);
        return command;
    }

    private static void Add(
        Command parent, string name, string description, Needs needs, Func<VerbContext, ParseResult, CancellationToken, Task<int>> run, params ReadOnlySpan<Symbol> symbols)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }

        command.SetAction((parsed, cancellationToken) => OwnHost.RunAsync(parsed.GetValue(Data), needs, context => run(context, parsed, cancellationToken), cancellationToken));
        parent.Subcommands.Add(command);
    }
}

/// <summary>What the command line says about serving. Null: not said.</summary>
internal sealed record ServeOptions(string? Urls, string? Data, bool Reset, double? Speed, bool Lan, bool YesDemo);

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Deliberation.Postgres;

/// <summary>Named places, one before and one after each commit, at which a crash test kills the process from inside. Nothing happens unless <c>DELIBERATION_FAULT</c> names the place.</summary>
/// <remarks>
/// <c>DELIBERATION_FAULT=step-before-commit:3</c> kills at the third visit, without a number at the first; several places stand with commas between, and the first reached kills.
/// The last line on the error output says which it was.
/// </remarks>
public static class FaultPoint
{
    /// <summary>Every place on a project's way; a test kills at each.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        "migration-before-commit", "migration-after-commit", // one migration
        "templates-before-commit", "templates-after-commit", // templates that come with the program
        "command-before-commit", "command-after-commit", // a use case: what a person does, and seeding
        "cast-before-commit", "cast-after-commit", // a batch of votes
        "step-before-save", "step-before-commit", "step-after-commit", // a timer or event and all that follows from it
        "messages-before-commit", "messages-after-commit", // messages set free
        "log-before-commit", "log-after-commit", // what waited for the ledger, and the signature under it
        "key-before-destroy", "key-after-destroy", // a counted ballot's key
    ];

    /// <summary>Places outside what a project does by itself; tests of their own kill there.</summary>
    public static IReadOnlyList<string> Apart { get; } = ["delivery-before-record"]; // a message that has left the product

    private static readonly Dictionary<string, int>? Targets = Read(Environment.GetEnvironmentVariable("DELIBERATION_FAULT"));
    private static readonly ConcurrentDictionary<string, int> Visits = new();

    /// <exception cref="ArgumentException">The place is in neither list.</exception>
    public static void Hit(string name)
    {
        if (Targets is null)
        {
            return;
        }

        if (!Names.Contains(name) && !Apart.Contains(name))
        {
            throw new ArgumentException($"No fault point is called {name}.", nameof(name));
        }

        var visit = Visits.AddOrUpdate(name, 1, (_, before) => before + 1);
        if (Targets.TryGetValue(name, out var target) && visit == target)
        {
            Console.Error.WriteLine($"fault {name}:{visit}");
            Process.GetCurrentProcess().Kill(); // SIGKILL: no handler, no flush, no goodbye
            new ManualResetEvent(false).WaitOne();
        }
    }

    private static Dictionary<string, int>? Read(string? setting)
    {
        if (string.IsNullOrEmpty(setting))
        {
            return null;
        }

        var targets = setting.Split(',').Select(target => target.Split(':')).ToDictionary(
            parts => parts[0], parts => parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1);
        return targets.Keys.Except(Names).Except(Apart).FirstOrDefault() is { } unknown ? throw new ArgumentException($"No fault point is called {unknown}.") : targets;
    }
}

using System.Diagnostics;

namespace Deliberation.Postgres;

/// <summary>Named places at which a crash test kills the process from inside. Nothing happens unless <c>DELIBERATION_FAULT</c> names the place.</summary>
/// <remarks><c>DELIBERATION_FAULT=step-before-commit:3</c> kills at the third visit; without a number at the first.</remarks>
public static class FaultPoint
{
    private static readonly (string? Name, int Visit) Target = Read(Environment.GetEnvironmentVariable("DELIBERATION_FAULT"));
    private static int _visits;

    public static void Hit(string name)
    {
        if (name == Target.Name && Interlocked.Increment(ref _visits) == Target.Visit)
        {
            Process.GetCurrentProcess().Kill(); // SIGKILL: no handler, no flush, no goodbye
            new ManualResetEvent(false).WaitOne();
        }
    }

    private static (string? Name, int Visit) Read(string? setting) => setting?.Split(':') switch
    {
        [var name] when name.Length > 0 => (name, 1),
        [var name, var visit] => (name, int.Parse(visit, System.Globalization.CultureInfo.InvariantCulture)),
        _ => (null, 0),
    };
}

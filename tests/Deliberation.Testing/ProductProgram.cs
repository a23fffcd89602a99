using System.Diagnostics;
using OsProcess = System.Diagnostics.Process;

namespace Deliberation.Testing;

/// <summary>The web executable as a process of its own, as an operator runs it.</summary>
public static class ProductProgram
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>What a finished run left: its exit code and what it wrote.</summary>
    public sealed record Run(int Code, string Output, string Error);

    /// <summary>How to start it. English, production unless <paramref name="environment"/> says otherwise; nothing of this machine's settings.</summary>
    public static ProcessStartInfo Prepare(IReadOnlyDictionary<string, string> environment, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, [Path.Combine(AppContext.BaseDirectory, "Deliberation.Web.dll"), .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = "/",
        };
        if (!Path.GetFileNameWithoutExtension(start.FileName).Equals("dotnet", StringComparison.Ordinal))
        {
            start.FileName = "dotnet"; // the test host is a program of its own
        }

        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("ASPNETCORE_", StringComparison.Ordinal) || name.StartsWith("ConnectionStrings_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["LANG"] = "C";
        start.Environment.Remove("LC_ALL");
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    /// <summary>Runs it to its end.</summary>
    /// <param name="input">What it reads on stdin.</param>
    /// <exception cref="TimeoutException">It did not end within five minutes.</exception>
    public static async Task<Run> RunAsync(IReadOnlyDictionary<string, string> environment, string? input, params string[] arguments) =>
        await EndAsync(Prepare(environment, arguments), input);

    public static async Task<Run> EndAsync(ProcessStartInfo start, string? input = null)
    {
        using var process = OsProcess.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input ?? "");
        process.StandardInput.Close();
        using var deadline = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', start.ArgumentList)} does not end.");
        }

        return new Run(process.ExitCode, await output, await error);
    }
}

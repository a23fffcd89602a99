using Deliberation.Postgres;

namespace Deliberation.Web.Startup;

/// <summary><c>doctor</c>: one line for everything looked at, with the cure where something is missing.</summary>
internal static class DoctorVerb
{
    public static async Task<int> RunAsync(VerbContext context, bool isJson, CancellationToken cancellationToken)
    {
        var findings = await context.Services.GetRequiredService<Doctor>().RunAsync(5080, cancellationToken);
        if (isJson)
        {
            await Json.WriteAsync(findings.Select(finding => new { finding.Name, Mark = Mark(finding), finding.Code, Says = Line(context, finding) }));
        }
        else
        {
            foreach (var finding in findings)
            {
                await Console.Out.WriteLineAsync(Lines(context, finding));
            }
        }

        return findings.Any(f => f.IsFatal && !f.IsGood) ? 1 : 0;
    }

    internal static string Lines(VerbContext context, DatabaseCheck finding) => $"{Mark(finding),-4}  {Line(context, finding)}";

    private static string Mark(DatabaseCheck finding) => finding.IsGood ? "ok" : finding.IsFatal ? "FAIL" : "weak";

    private static string Line(VerbContext context, DatabaseCheck finding) => finding.IsGood
        ? context.Say($"doctor.{finding.Name}")
        : Problems.InWords(finding.Code!, finding.Values);
}

using Deliberation.Postgres;
using Deliberation.Process.Texts;

namespace Deliberation.Web.Startup;

/// <summary><c>doctor</c>: one line for everything looked at, with the cure where something is missing.</summary>
internal static class DoctorVerb
{
    public static Task<int> RunAsync(string? data, CancellationToken cancellationToken) =>
        OwnHost.RunAsync(data, mayStartServer: false, async services =>
        {
            var texts = CommandLine.Texts();
            var language = CommandLine.Language();
            var findings = await services.GetRequiredService<Doctor>().RunAsync(5080, cancellationToken);
            foreach (var finding in findings)
            {
                await Console.Out.WriteLineAsync($"{(finding.IsGood ? "ok  " : finding.IsFatal ? "FAIL" : "weak")}  {Line(texts, language, finding)}");
            }

            return findings.Any(f => f.IsFatal) ? 1 : 0;
        }, cancellationToken);

    private static string Line(TextCatalog texts, string language, DatabaseCheck finding) => finding.IsGood
        ? texts.Get(language, $"doctor.{finding.Name}")
        : Problems.InWords(finding.Code!, finding.Values);
}

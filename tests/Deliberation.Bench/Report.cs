using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Deliberation.Bench;

/// <summary>What one benchmark measured.</summary>
/// <param name="Ratios">To the base of the same run; <c>memory</c> is in millions a second.</param>
/// <param name="Figures">Absolute, of this machine; names say the unit.</param>
/// <param name="Machine">Processor, cores, load, versions.</param>
internal sealed record Report(string Name, IReadOnlyDictionary<string, double> Ratios, IReadOnlyDictionary<string, double> Figures, string Machine)
{
    public string ToTable()
    {
        var table = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{Name} on {Machine}");
        foreach (var (name, value) in Ratios)
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"  {name,-26}{value,12:0.000}");
        }

        foreach (var (name, value) in Figures)
        {
            table.AppendLine(CultureInfo.InvariantCulture, $"    {name,-24}{value,12:#,0.##}");
        }

        return table.ToString().TrimEnd();
    }

    /// <summary>Says on what the figures were taken; the load tells whether the machine was quiet.</summary>
    /// <param name="database">Version of the server; null when none took part.</param>
    public static string MachineWith(Version? database)
    {
        var model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
        var load = File.Exists("/proc/loadavg") ? $", load {File.ReadAllText("/proc/loadavg").Split(' ')[0]}" : "";
        return $"{model ?? RuntimeInformation.ProcessArchitecture.ToString()} × {Environment.ProcessorCount}{load}, .NET {Environment.Version}{(database is null ? "" : $", PostgreSQL {database}")}";
    }

    public static double Rounded(double value) => Math.Round(value, 4);
}

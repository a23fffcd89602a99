using System.CommandLine;

namespace Deliberation.Cli;

internal static class Tally
{
    public static Command Create() => new("tally", "");
}

using System.CommandLine;

namespace Deliberation.Cli;

internal static class Decide
{
    public static Command Create() => new("decide", "");
}

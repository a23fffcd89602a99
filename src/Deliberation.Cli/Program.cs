using System.CommandLine;
using Deliberation.Cli;

// One verb a line, each in its own file. Exit codes: 0 good, 1 problems found, 2 usage.
var root = new RootCommand("Deliberation, offline: counts ballots, decides examples, checks and plays workflows.")
{
    Decide.Create(),
    Tally.Create(),
};
return Cli.Run(root, args);

using System.CommandLine;
using Deliberation.Cli;
using Deliberation.Cli.Verify;
using Deliberation.Cli.Witness;
using Deliberation.Process;
using Deliberation.Process.Calendar;

// One verb a line, each in its own file. Exit codes: 0 good, 1 problems found, 2 usage.
var root = new RootCommand("Deliberation, offline: counts ballots, decides examples, checks and plays workflows, audits ledgers, witnesses them.")
{
    Decide.Create(),
    Tally.Create(),
    WorkflowCommands.Create(CouncilActivities.Registry, ProcessFacts.Default),
    Simulate.Create(),
    VerifyCommand.Create(),
    WitnessCommand.Create(),
};
return Cli.Run(root, args);

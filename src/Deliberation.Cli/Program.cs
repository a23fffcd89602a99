using System.CommandLine;
using Deliberation.Cli;
using Deliberation.Process.Calendar;
using Deliberation.Workflows.Activities;

// One verb a line, each in its own file. Exit codes: 0 good, 1 problems found, 2 usage.
var root = new RootCommand("Deliberation, offline: counts ballots, decides examples, checks and plays workflows.")
{
    Decide.Create(),
    Tally.Create(),
    WorkflowCommands.Create(
        new ActivityRegistry().AddAssembly(typeof(WorkingCalendar).Assembly),
        [WorkingCalendar.China, new ReminderSettings(), new LadderSettings()]),
};
return Cli.Run(root, args);

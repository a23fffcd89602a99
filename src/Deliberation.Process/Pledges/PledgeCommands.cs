using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Pledges;

/// <summary>A need that people can pledge for (认领).</summary>
/// <param name="Kind">Money, Goods, Labour, Space, Vacate or Demolish.</param>
/// <param name="Quantity">Fen for money, labour-days for labour, pieces otherwise; more than 0.</param>
public sealed record PledgeNeed(string Id, string Kind, string Text, long Quantity);

/// <summary>Opens the pledge board.</summary>
public sealed record OpenPledgesCommand(string Title, IReadOnlyList<PledgeNeed> Needs, DateTimeOffset OpensAt, DateTimeOffset ClosesAt) : IWorkflowCommand;

/// <summary>Ends the pledge window. Answered at once through bookmark <c>decided</c> with <c>{"outcome":"TargetMet|Short"}</c>.</summary>
public sealed record ClosePledgesCommand : IWorkflowCommand;

/// <summary>Reminds, in private, those whose pledge is due and not kept.</summary>
public sealed record RemindPledgersCommand(string Point) : IWorkflowCommand;

namespace Deliberation.Workflows.Activities.BuiltIn;

/// <summary>What the designer shows of Elsa's own activities beside their ports.</summary>
internal static class Traits
{
    public static bool HasDynamicOutcomes(Type type) => type == typeof(FlowSwitch) || type == typeof(FlowFork) || type == typeof(RunJavaScript) || type == typeof(FlowSendHttpRequest);

    public static bool IsTrigger(Type type) => type == typeof(Event) || type == typeof(Timer) || type == typeof(StartAt) || type == typeof(Cron);

    public static bool IsTerminal(Type type) => type == typeof(End) || type == typeof(Finish) || type == typeof(Complete);
}

namespace Deliberation.Workflows.Activities;

/// <summary>Elsa's names of the controls that edit an input.</summary>
internal static class UiHints
{
    public const string SingleLine = "singleline";
    public const string Checkbox = "checkbox";
    public const string DropDown = "dropdown";
    public const string MultiText = "multitext";
    public const string JsonEditor = "json-editor";
    public const string CodeEditor = "code-editor";
    public const string DateTimePicker = "datetime-picker";
    public const string VariablePicker = "variable-picker";
    public const string OutputPicker = "output-picker";
    public const string OutcomePicker = "outcome-picker";
    public const string DynamicOutcomes = "dynamic-outcomes";
    public const string SwitchEditor = "switch-editor";
    public const string FlowSwitchEditor = "flow-switch-editor";
    public const string HttpStatusCodes = "http-status-codes";
    public const string WorkflowDefinitionPicker = "workflow-definition-picker";

    /// <summary>The control that fits a type.</summary>
    public static string Of(Type type)
    {
        var wanted = Nullable.GetUnderlyingType(type) ?? type;
        return wanted switch
        {
            _ when wanted == typeof(bool) => Checkbox,
            _ when wanted.IsEnum => DropDown,
            _ when wanted == typeof(DateTimeOffset) || wanted == typeof(DateTime) || wanted == typeof(DateOnly) => DateTimePicker,
            _ when wanted == typeof(string) || wanted == typeof(System.Text.Json.Nodes.JsonNode) => SingleLine,
            _ when typeof(IEnumerable<string>).IsAssignableFrom(wanted) => MultiText,
            _ when wanted.IsClass || wanted.IsInterface => JsonEditor,
            _ => SingleLine,
        };
    }
}

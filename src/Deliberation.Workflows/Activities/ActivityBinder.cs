using System.Reflection;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Expressions;

namespace Deliberation.Workflows.Activities;

/// <summary>Makes an activity from its JSON: one property for each constructor parameter.</summary>
internal sealed class ActivityBinder
{
    private readonly ConstructorInfo constructor;
    private readonly Func<JsonNode?, BindingProblems, object?>[] parameters;

    public ActivityBinder(Type type)
    {
        if (!typeof(IActivity).IsAssignableFrom(type))
        {
            throw new ArgumentException($"{type} is no IActivity.");
        }

        // A record also has a protected copy constructor; the public one with most parameters is the primary one.
        constructor = type.GetConstructors().OrderByDescending(candidate => candidate.GetParameters().Length).First();
        Inputs = [.. constructor.GetParameters().Select(Describe)];
        parameters = [.. constructor.GetParameters().Select(Binding)];
    }

    public IReadOnlyList<InputDescriptor> Inputs { get; }

    public IActivity Bind(JsonObject source, BindingProblems problems)
    {
        var arguments = new object?[parameters.Length];
        for (var index = 0; index < arguments.Length; index++)
        {
            var name = Inputs[index].Name;
            problems.Property = name;
            arguments[index] = parameters[index](Property(source, name), problems);
        }

        return (IActivity)constructor.Invoke(arguments);
    }

    /// <summary>Elsa writes camel case and reads any case.</summary>
    internal static JsonNode? Property(JsonObject source, string name)
    {
        if (source.TryGetPropertyValue(name, out var value))
        {
            return value;
        }

        foreach (var (key, node) in source)
        {
            if (string.Equals(key, name, StringComparison.OrdinalIgnoreCase))
            {
                return node;
            }
        }

        return null;
    }

    /// <summary>An input from its JSON, wrapped or bare; what is wrong with it goes to <paramref name="problems"/> and fails again when evaluated.</summary>
    internal static Input<T> BindInput<T>(JsonNode? property, BindingProblems problems)
    {
        var (type, value) = Expression(property);
        return Bind(new Input<T>(type, value), problems);
    }

    /// <summary>The same for Elsa's own activities, which are less strict.</summary>
    internal static Input<T> BindElsaInput<T>(JsonNode? property, BindingProblems problems)
    {
        var (type, value) = Expression(property);

        // Elsa turns the text of an Object expression into what the input wants: where anything goes it stays a text.
        var isText = type == "Object" && (typeof(T) == typeof(JsonNode) || typeof(T) == typeof(string)) && value is JsonValue;
        return Bind(new Input<T>(isText ? "Literal" : type, value) { IsElsa = true }, problems);
    }

    private static Input<T> Bind<T>(Input<T> input, BindingProblems problems)
    {
        var value = input.Value;
        if (value is null || (typeof(T) != typeof(string) && value is JsonValue && value.GetValueKind() == System.Text.Json.JsonValueKind.String && string.IsNullOrWhiteSpace(value.GetValue<string>())))
        {
            return Input<T>.Unset;
        }

        try
        {
            return input.Prepare();
        }
        catch (ExpressionException exception)
        {
            problems.Add(exception);
            return input;
        }
    }

    private static (string Type, JsonNode? Value) Expression(JsonNode? property)
    {
        if (property is not JsonObject wrapper)
        {
            return ("Literal", property);
        }

        if (Property(wrapper, "expression") is JsonObject expression)
        {
            return (Property(expression, "type")?.GetValue<string>() ?? "Literal", Property(expression, "value"));
        }

        // Conditions of cases stand without the wrapper; a bare object is a literal; a wrapper without expression is unset.
        return wrapper.ContainsKey("typeName") || wrapper.ContainsKey("memoryReference") ? ("Literal", null)
            : wrapper.Count <= 2 && wrapper.ContainsKey("type") && wrapper.ContainsKey("value") ? ((string?)wrapper["type"] ?? "Literal", wrapper["value"])
            : ("Literal", property);
    }

    private static InputDescriptor Describe(ParameterInfo parameter)
    {
        var name = ActivityRegistry.CamelCase(parameter.Name!);
        var shown = parameter.GetCustomAttribute<InputAttribute>();
        var isWrapped = IsInput(parameter.ParameterType);
        return new InputDescriptor(name, isWrapped ? parameter.ParameterType.GetGenericArguments()[0] : parameter.ParameterType, isWrapped)
        {
            DisplayName = shown?.DisplayName ?? "",
            Description = shown?.Description ?? "",
            UiHint = shown?.UiHint ?? "",
            Default = shown?.Default,
        };
    }

    private static Func<JsonNode?, BindingProblems, object?> Binding(ParameterInfo parameter)
    {
        if (IsInput(parameter.ParameterType))
        {
            var name = parameter.Member.DeclaringType!.Assembly == typeof(ActivityBinder).Assembly ? nameof(BindElsaInput) : nameof(BindInput);
            return typeof(ActivityBinder).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(parameter.ParameterType.GetGenericArguments()[0])
                .CreateDelegate<Func<JsonNode?, BindingProblems, object?>>();
        }

        return parameter.ParameterType == typeof(JsonNode)
            ? static (property, _) => property
            : throw new ArgumentException($"Parameter {parameter.Name} of {parameter.Member.DeclaringType} is neither Input<T> nor JsonNode.");
    }

    private static bool IsInput(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Input<>);
}

/// <summary>What was wrong with the inputs of one activity.</summary>
internal sealed class BindingProblems
{
    public List<(string Property, ExpressionException Problem)> Found { get; } = [];

    public string Property { get; set; } = "";

    public void Add(ExpressionException problem) => Found.Add((Property, problem));
}

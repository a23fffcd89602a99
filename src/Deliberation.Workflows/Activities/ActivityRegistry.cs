using System.Reflection;
using System.Text.Json;
using Deliberation.Workflows.Execution.Containers;

namespace Deliberation.Workflows.Activities;

/// <summary>The kinds of activity that definitions may use: Elsa's own, and those that a product adds.</summary>
/// <remarks>Fill it once at start; reading it is then safe from any thread.</remarks>
public sealed class ActivityRegistry
{
    private readonly Dictionary<string, Registration> registrations = new(StringComparer.Ordinal);

    /// <summary>A registry with Elsa's own activities.</summary>
    public ActivityRegistry()
    {
        AddAssembly(typeof(ActivityRegistry).Assembly);
        foreach (var container in ContainerCatalog.All)
        {
            registrations.Add(container.Descriptor.TypeName, new Registration(container.Descriptor, null, container));
        }
    }

    /// <summary>In the order of registration.</summary>
    public IEnumerable<ActivityDescriptor> Descriptors => registrations.Values.Select(registration => registration.Descriptor);

    /// <summary>Adds every class of the assembly that carries <see cref="ActivityAttribute"/>.</summary>
    /// <exception cref="ArgumentException">Two classes have one type name, or a class is no activity.</exception>
    public ActivityRegistry AddAssembly(Assembly assembly)
    {
        foreach (var type in assembly.GetTypes().Where(type => type.IsDefined(typeof(ActivityAttribute), false)).OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            Add(type);
        }

        return this;
    }

    /// <inheritdoc cref="AddAssembly"/>
    public ActivityRegistry Add<TActivity>()
        where TActivity : IActivity
    {
        Add(typeof(TActivity));
        return this;
    }

    /// <summary>The descriptor of a type name; null when the registry does not know it.</summary>
    public ActivityDescriptor? Find(string typeName) => registrations.GetValueOrDefault(typeName)?.Descriptor;

    internal Registration? Registered(string typeName) => registrations.GetValueOrDefault(typeName);

    private void Add(Type type)
    {
        var attribute = type.GetCustomAttribute<ActivityAttribute>()
            ?? throw new ArgumentException($"{type} has no [Activity].");
        var binder = new ActivityBinder(type);
        var descriptor = new ActivityDescriptor(
            attribute.TypeName,
            attribute.Category,
            binder.Inputs,
            attribute.Outcomes is { Length: > 0 } outcomes ? outcomes : ["Done"],
            attribute.Outputs,
            [],
            HasDynamicOutcomes: BuiltIn.Traits.HasDynamicOutcomes(type),
            IsTrigger: BuiltIn.Traits.IsTrigger(type),
            IsTerminal: BuiltIn.Traits.IsTerminal(type),
            IsStart: type == typeof(BuiltIn.Start))
        {
            DisplayName = attribute.DisplayName,
            Description = attribute.Description,
        };
        if (!registrations.TryAdd(descriptor.TypeName, new Registration(descriptor, binder, null)))
        {
            throw new ArgumentException($"Activity type {descriptor.TypeName} is registered twice.");
        }
    }

    internal static string CamelCase(string name) => JsonNamingPolicy.CamelCase.ConvertName(name);

    internal sealed record Registration(ActivityDescriptor Descriptor, ActivityBinder? Binder, ContainerKind? Container);
}

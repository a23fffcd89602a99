namespace Deliberation;

/// <summary>Says which mechanism of <c>tests/mechanisms.txt</c> a test shows at work. Compiled into every test project; read by the coverage test.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, AllowMultiple = true)]
internal sealed class MechanismAttribute(string id) : Attribute
{
    public string Id { get; } = id;

    /// <summary>The page on which a person meets it; null when there is none.</summary>
    public string? Page { get; init; }
}

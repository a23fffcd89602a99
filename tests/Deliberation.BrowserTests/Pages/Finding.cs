namespace Deliberation.BrowserTests.Pages;

/// <summary>What can be wrong with a page.</summary>
public enum Fault
{
    Accessibility,
    Width,
    Target,
    SmallText,
    Words,
    Form,
    Weight,
    Link,
    Answer,
    Script,
}

/// <param name="Where">Scene and taste.</param>
public sealed record Finding(Fault Fault, string Where, string What)
{
    public override string ToString() => $"{Where}: {What}";
}

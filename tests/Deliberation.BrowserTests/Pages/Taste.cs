using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>Language, size and contrast, as the settings form keeps them.</summary>
public sealed record Taste(string Language, bool IsElder = false, bool HasContrast = false)
{
    public static Taste Plain { get; } = new("zh-Hans");

    private static readonly string[] Languages = ["zh-Hans", "zh-Hant", "en"];

    /// <summary>Every language in every mode.</summary>
    public static IReadOnlyList<Taste> All { get; } =
    [
        .. from language in Languages
           from mode in new[] { (false, false), (true, false), (false, true) }
           select new Taste(language, mode.Item1, mode.Item2),
    ];

    /// <summary>Each mode and each language once.</summary>
    public static IReadOnlyList<Taste> Few { get; } = [Plain, new("zh-Hans", IsElder: true), new("en", HasContrast: true), new("zh-Hant")];

    public Task SetAsync(IBrowserContext context, Uri address) => context.AddCookiesAsync(
    [
        Cookie("lang", Language, address), Cookie("elder", IsElder ? "1" : "0", address), Cookie("contrast", HasContrast ? "1" : "0", address),
    ]);

    public override string ToString() => $"{Language}{(IsElder ? " elder" : "")}{(HasContrast ? " contrast" : "")}";

    private static Cookie Cookie(string name, string value, Uri address) => new() { Name = name, Value = value, Url = address.ToString() };
}

using Deliberation.Features.Ballots;
using Deliberation.Web.Language;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The voting unit that was typed by its door.</summary>
public static class TypedUnit
{
    private static readonly char[] Separators = [' ', ',', '\u3001', '\uFF0C'];

    /// <param name="found">What the roll has for the typed text.</param>
    /// <returns>The unit's key, null when none or several fit; then what to say at the field.</returns>
    public static (string? Key, string Error) Of(string? typed, IReadOnlyList<RollUnitLine> found, ITexts texts)
    {
        var door = typed?.Trim() ?? "";
        if (door.Length == 0)
        {
            return (null, texts["staff.paper.unit-missing"]);
        }

        // The whole door before a part of it: 3-5 is not 3-502.
        var exact = found.Where(unit => unit.Key == door || unit.Label == door || unit.Label.Split(Separators).Contains(door)).ToList();
        var fits = exact.Count == 0 ? found : exact;
        return fits.Count switch
        {
            1 => (fits[0].Key, ""),
            0 => (null, texts["staff.paper.unit-unknown"]),
            _ => (null, texts.Get("staff.paper.unit-several", new { doors = string.Join(' ', fits.Take(5).Select(unit => unit.Label)) })),
        };
    }
}

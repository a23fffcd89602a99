namespace Deliberation.Features.Foundation;

/// <summary>Which part of a list is asked for.</summary>
/// <param name="Number">1, 2, …; anything below counts as 1.</param>
/// <param name="Size">Rows a page, 1–200; 20 unless said.</param>
public readonly record struct PageRequest(int Number, int Size = 20)
{
    public int Limit => Math.Clamp(Size, 1, 200);

    public int Offset => (Math.Clamp(Number, 1, 100_000) - 1) * Limit;
}

/// <summary>A part of a list with the length of the whole.</summary>
public sealed record Paged<T>(IReadOnlyList<T> Items, int Total, PageRequest Page)
{
    public int PageCount => Math.Max(1, (Total + Page.Limit - 1) / Page.Limit);
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Features.Rolls;

public enum RollDiffKind
{
    New,
    Changed,
    Gone,
}

/// <summary>One difference between a table and the books.</summary>
/// <param name="Subject">Unit, Owner, Household, Member or Merchant.</param>
/// <param name="Name">Who it is about; empty for units and households.</param>
/// <param name="Changes">What was and what will be, by column; empty for what is new or gone.</param>
public sealed record RollDiffLine(RollDiffKind Kind, string Subject, string Building, string Door, string Name, IReadOnlyList<RollValueChange> Changes);

/// <param name="Column">As in <see cref="RollColumns"/>; areas are hundredths, codes as stored.</param>
public sealed record RollValueChange(string Column, string Was, string Now);

/// <summary>What applying a table would do to the books: counted, shown and written from the same lines.</summary>
internal sealed class RollDiff
{
    public List<BookHousehold> NewHouseholds { get; } = [];

    public List<BookHousehold> ChangedHouseholds { get; } = [];

    public List<BookHousehold> GoneHouseholds { get; } = [];

    public List<BookPerson> NewPeople { get; } = [];

    public List<BookPerson> ChangedPeople { get; } = [];

    public List<BookUnit> NewUnits { get; } = [];

    public List<BookUnit> ChangedUnits { get; } = [];

    public List<BookUnit> GoneUnits { get; } = [];

    public List<BookOwner> NewOwners { get; } = [];

    public List<BookOwner> GoneOwners { get; } = [];

    public List<BookMerchant> NewMerchants { get; } = [];

    public List<BookMerchant> GoneMerchants { get; } = [];

    /// <summary>With whom each is about, for the history of the door.</summary>
    public List<(RollDiffLine Line, Guid? Resident)> Events { get; } = [];

    public IEnumerable<RollDiffLine> Lines => Events.Select(e => e.Line);

    /// <summary>Things of the table that are on the books just so.</summary>
    public int Same { get; set; }

    /// <summary>Tells whether the books, or the table, are still those that somebody looked at.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', Lines.Select(line => string.Create(
        CultureInfo.InvariantCulture,
        $"{line.Kind}|{line.Subject}|{line.Building}|{line.Door}|{line.Name}|{string.Join(';', line.Changes.Select(change => $"{change.Column}={change.Was}>{change.Now}"))}")).Order(StringComparer.Ordinal)))))[..32];
}

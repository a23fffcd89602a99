namespace Deliberation.Cli.Verify;

/// <summary>The questions about the ledger as a whole, in the order in which they are told.</summary>
internal sealed class Checks
{
    public Check Bundle { get; } = new("bundle");

    public Check Hashes { get; } = new("leaf-hashes");

    public Check Bodies { get; } = new("leaf-bodies");

    public Check Order { get; } = new("order");

    public Check AfterClose { get; } = new("nothing-after-close");

    public Check Unique { get; } = new("commitments-unique");

    public Check Counts { get; } = new("closing-counts");

    public Check Checkpoints { get; } = new("checkpoints");

    public Check Roots { get; } = new("roots");

    public Check Consistency { get; } = new("consistency");

    public Check Coverage { get; } = new("coverage");

    public Check Signatures { get; } = new("signatures");

    public Check Cosignatures { get; } = new("cosignatures");

    public Check Receipts { get; } = new("receipts");

    public IReadOnlyList<Check> All =>
        [Bundle, Hashes, Bodies, Order, AfterClose, Unique, Counts, Checkpoints, Roots, Consistency, Coverage, Signatures, Cosignatures, Receipts];
}

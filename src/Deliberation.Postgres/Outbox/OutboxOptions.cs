namespace Deliberation.Postgres.Outbox;

/// <summary>Section <c>Outbox</c>: which messages this installation can deliver without a way out.</summary>
public sealed class OutboxOptions
{
    public const string Section = "Outbox";

    /// <summary>Channels whose messages count as delivered when they are in the mailbox of the product: <c>InApp</c>, and in the demo all others, which its mailbox page shows.</summary>
    public IList<string> Delivered { get; } = ["InApp"];
}

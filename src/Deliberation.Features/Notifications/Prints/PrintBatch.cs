using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notifications.Prints;

/// <summary>One thing that a letter tells.</summary>
/// <param name="IsOver">The instant until which it was of use has come: the letter says so.</param>
public sealed record LetterFact(string TextKey, JsonObject Values, string ReasonKey, string? Link, DateTimeOffset At, bool IsOver);

/// <summary>All that one person is told on paper, in their language.</summary>
/// <param name="Key">Names the letter in its batch.</param>
/// <param name="Name">Whole name: it stands on the letter.</param>
/// <param name="HandedAt">In the letter box since then; null = not yet.</param>
public sealed record Letter(Guid Key, string Name, string Door, string Locale, DateTimeOffset? HandedAt, string? HandedBy, IReadOnlyList<LetterFact> Facts);

/// <param name="Place">Building, or <see cref="PrintDesk.Elsewhere"/>.</param>
/// <param name="PrintedAt">Null: not yet. What is printed after that is a reprint.</param>
/// <param name="Letters">In the order of doors.</param>
public sealed record PrintBatch(Guid Id, string Place, DateTimeOffset MadeAt, string MadeBy, DateTimeOffset? PrintedAt, string? PrintedBy, IReadOnlyList<Letter> Letters);

/// <summary>A batch with its letters as they are printed.</summary>
public sealed record GetPrintBatch(Caller Caller, CommunityId Community, Guid Batch) : IQuery<PrintBatch>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class GetPrintBatchHandler(CouncilSession session) : IRequestHandler<GetPrintBatch, Result<PrintBatch>>
{
    /// <summary>Values of messages that say until when there is something to do, or when it takes place.</summary>
    private static readonly string[] Ends = ["closesAt", "meetsAt", "dueAt"];

    public async Task<Result<PrintBatch>> Handle(GetPrintBatch request, CancellationToken cancellationToken)
    {
        var batch = await session.Connection.RowAsync<BatchRow>(
            """
            select b.batch_id as id, b.place, b.made_at, m.display_name as made_by, b.printed_at, p.display_name as printed_by
            from print_batch b join staff m on m.staff_id = b.made_by left join staff p on p.staff_id = b.printed_by
            where b.community_id = @Community and b.batch_id = @Batch
            """,
            new { request.Community, request.Batch },
            cancellationToken);
        if (batch is null)
        {
            return AccessRefusals.NotFound;
        }

        var facts = await session.Connection.RowsAsync<FactRow>(
            $"""
            select l.letter, l.full_name as name, l.door, l.locale, l.handed_at, s.display_name as handed_by, o.text_key, o.values, o.reason_key, o.link, o.council_at as at
            from ({PrintRows.Letters}) l
            join message_delivery d on d.community_id = @Community and d.delivery_id = l.delivery_id
            join outbox_message o on o.community_id = @Community and o.message_id = any(l.message_ids)
            left join staff s on s.staff_id = d.handed_by
            where l.batch_id = @Batch
            order by length(l.door), l.door, l.letter, o.council_at, o.message_id
            """,
            new { request.Community, request.Batch },
            cancellationToken);
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        return new PrintBatch(
            batch.Id, batch.Place, batch.MadeAt, batch.MadeBy, batch.PrintedAt, batch.PrintedBy,
            [.. facts.GroupBy(fact => fact.Letter).Select(letter => Of(letter.Key, [.. letter], now))]);
    }

    private static Letter Of(Guid key, FactRow[] facts, DateTimeOffset now) => new(
        key, facts[0].Name, facts[0].Door, facts[0].Locale, facts[0].HandedAt, facts[0].HandedBy,
        [.. facts.Select(fact => new LetterFact(fact.TextKey, fact.Values, fact.ReasonKey, fact.Link, fact.At, IsOver(fact.Values, now)))]);

    /// <summary>Half-open: at its instant it is over.</summary>
    private static bool IsOver(JsonObject values, DateTimeOffset now) =>
        Ends.Any(name => DateTimeOffset.TryParse(values[name]?.ToString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var end) && end <= now);

    private sealed record BatchRow(Guid Id, string Place, DateTimeOffset MadeAt, string MadeBy, DateTimeOffset? PrintedAt, string? PrintedBy);

    private sealed record FactRow(
        Guid Letter, string Name, string Door, string Locale, DateTimeOffset? HandedAt, string? HandedBy, string TextKey, JsonObject Values, string ReasonKey, string? Link, DateTimeOffset At);
}

using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notifications.Prints;

/// <summary>A batch came out of the printer. The first time counts; a second press changes nothing.</summary>
public sealed record MarkPrinted(Caller Caller, CommunityId Community, Guid Batch) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Letters are in their letter boxes. One that is marked already keeps who brought it and when. Refused with <c>print.not-printed</c>, <c>print.none-chosen</c>.</summary>
/// <param name="Letters">Keys of letters of the batch.</param>
public sealed record MarkHanded(Caller Caller, CommunityId Community, Guid Batch, IReadOnlyList<Guid> Letters) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class MarkPrintsHandler(CouncilSession session) : IRequestHandler<MarkPrinted, Result<Done>>, IRequestHandler<MarkHanded, Result<int>>
{
    public async Task<Result<Done>> Handle(MarkPrinted request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var batch = await LockAsync(request.Community, request.Batch, cancellationToken);
        if (batch is not { PrintedAt: null })
        {
            return batch is null ? AccessRefusals.NotFound : Done.Value;
        }

        await session.Connection.RunAsync(
            "update print_batch set printed_at = @now, printed_by = @staff where community_id = @Community and batch_id = @Batch",
            new { request.Community, request.Batch, now, staff = request.Caller.Staff },
            cancellationToken);
        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(MarkPrinted), $"print-batch:{request.Batch}", now, cancellationToken);
        return Done.Value;
    }

    /// <returns>How many letters were marked now.</returns>
    public async Task<Result<int>> Handle(MarkHanded request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        switch (await LockAsync(request.Community, request.Batch, cancellationToken))
        {
            case null:
                return AccessRefusals.NotFound;
            case { PrintedAt: null }:
                return Refusal.Conflict("print.not-printed");
        }

        if (request.Letters.Count == 0)
        {
            return Refusal.Invalid("print.none-chosen", "Letters");
        }

        var handed = await session.Connection.ScalarAsync<int>(
            """
            with handed as (
                update message_delivery set taken_at = clock_timestamp(), handed_at = @now, handed_by = @staff, attempts = attempts + 1, last_answer = 'ByHand'
                where community_id = @Community and batch_id = @Batch and taken_at is null and coalesce(resident_id, delivery_id) = any(@letters)
                returning delivery_id, coalesce(resident_id, delivery_id) as letter, taken_at
            ), logged as (
                insert into message_attempt (community_id, delivery_id, attempt_id, started_at, answer)
                select @Community, delivery_id, gen_random_uuid(), taken_at, 'ByHand' from handed
            )
            select count(distinct letter)::int from handed
            """,
            new { request.Community, request.Batch, now, staff = request.Caller.Staff, letters = request.Letters.ToArray() },
            cancellationToken);
        if (handed > 0)
        {
            await session.Connection.AuditAsync(request.Caller, request.Community, nameof(MarkHanded), $"print-batch:{request.Batch}", now, cancellationToken);
        }

        return handed;
    }

    private Task<BatchRow?> LockAsync(CommunityId community, Guid batch, CancellationToken cancellationToken) => session.Connection.RowAsync<BatchRow>(
        "select printed_at from print_batch where community_id = @community and batch_id = @batch for update", new { community, batch }, cancellationToken);

    private sealed record BatchRow(DateTimeOffset? PrintedAt);
}

using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notifications.Prints;

/// <summary>Takes what waits for a building, at most <see cref="MostLetters"/> letters in the order of doors, to be printed together. Refused with <c>print.nothing-waits</c>.</summary>
/// <param name="Form">The form's own id: sent twice, it makes one batch.</param>
public sealed record MakePrintBatch(Caller Caller, CommunityId Community, Guid Form, string? Place) : ICommand<Guid>
{
    /// <summary>Letters in one batch: what one person carries through a building.</summary>
    public const int MostLetters = 60;

    public Audience Audience => Audience.Workers;
}

internal sealed class MakePrintBatchHandler(CouncilSession session) : IRequestHandler<MakePrintBatch, Result<Guid>>
{
    public async Task<Result<Guid>> Handle(MakePrintBatch request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var values = new { request.Community, request.Form, request.Place, now, staff = request.Caller.Staff, MakePrintBatch.MostLetters };
        if (await session.Connection.RunAsync(
            "insert into print_batch (community_id, batch_id, place, made_at, made_by) values (@Community, @Form, coalesce(@Place, ''), @now, @staff) on conflict do nothing", values, cancellationToken) == 0)
        {
            return request.Form;
        }

        var taken = await session.Connection.RunAsync( // two who ask at the same time get different letters
            $"""
            with locked as (
                {PrintRows.Waiting} and coalesce(h.building, '-') = @Place for update of d skip locked
            ), chosen as (
                select letter from locked group by letter, door order by length(door), door, letter limit @MostLetters
            )
            update message_delivery d set batch_id = @Form
            from locked join chosen using (letter)
            where d.community_id = @Community and d.delivery_id = locked.delivery_id
            """,
            values,
            cancellationToken);
        if (taken == 0)
        {
            return Refusal.Conflict("print.nothing-waits");
        }

        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(MakePrintBatch), $"print-batch:{request.Form}", now, cancellationToken);
        return request.Form;
    }
}

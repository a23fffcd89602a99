using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Photos;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Outbox;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Orders;

/// <summary>The post answers an order, in time or late; of a task for all that is its end, and its board says so. Refused with <c>order.not-yours</c>, <c>order.not-open</c>, <c>order.answer-length</c>, <c>photo.not-a-photo</c>, <c>photo.too-large</c>.</summary>
/// <param name="Answer">2 to 2,000 characters; residents read it in the project's history.</param>
/// <param name="Photo">Proof, JPEG, PNG or WebP of at most 5 MB; null or empty = none.</param>
public sealed record AnswerOrder(Caller Caller, CommunityId Community, Guid Order, string? Answer, byte[]? Photo) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class AnswerOrderHandler(CouncilSession session) : IRequestHandler<AnswerOrder, Result<Done>>
{
    public async Task<Result<Done>> Handle(AnswerOrder request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockOrderAsync(request.Community, request.Order, cancellationToken) is not { } order)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!await connection.MayAnswerAsync(request.Caller, request.Community, order.PostCode, now, cancellationToken))
        {
            return OrderRefusals.NotYours;
        }

        if (order.State != "Open")
        {
            return OrderRefusals.NotOpen;
        }

        if (request.Answer?.Trim() is not { Length: >= 2 and <= 2000 } answer)
        {
            return OrderRefusals.AnswerLength;
        }

        PhotoProof? photo = null;
        if (request.Photo is { Length: > 0 } file)
        {
            var cleaned = PhotoFile.Clean(file);
            if (cleaned is not Result<PhotoFile>.Accepted { Value: var clean })
            {
                return ((Result<PhotoFile>.Refused)cleaned).Reason with { Field = "Photo" };
            }

            photo = new PhotoProof(clean.MediaType, clean.Content);
        }

        await connection.RunAsync(
            """
            update supervision_order set state = @state, answered_at = @now, answered_by = @staff::uuid, closed_at = case when @state = 'Closed' then @now end
            where community_id = @Community and order_id = @Order
            """,
            new { state = order.BatchId is null ? "Answered" : "Closed", now, staff = request.Caller.Staff?.Value, request.Community, request.Order },
            cancellationToken);
        await connection.AddOrderEventAsync(request.Community, order.OrderId, now, "Answered", cancellationToken, request.Caller.Staff, answer, photo);
        await connection.ForgetRemindersAsync(request.Community, order.OrderId, cancellationToken);
        if (order.ProjectId is { } project)
        {
            JsonObject values = new() { ["what"] = order.What, ["post"] = order.PostCode, ["answer"] = answer };
            await connection.TellIssuerAsync(request.Community, order, "order.message.answered", $"order:{order.OrderId}:answered:{now.UtcTicks}", values, now, cancellationToken);
            await connection.OrderTimelineAsync(request.Caller, request.Community, project, order.OrderId, now, "order.timeline.answered", values, cancellationToken);
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(AnswerOrder), $"order:{order.OrderId}", now, cancellationToken,
            details: new JsonObject { ["late"] = now > order.DueAt, ["photo"] = photo is not null });
        return Done.Value;
    }
}

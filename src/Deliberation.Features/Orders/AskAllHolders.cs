using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Orders;

/// <summary>
/// One task for all who hold a kind of post, in every community of the caller that has the post and where he may order it: all in one transaction.
/// Refused with <c>order.what-length</c>, <c>order.days-bounds</c>, <c>order.post-unknown</c>, <c>order.not-above</c>.
/// </summary>
/// <param name="Community">Any of the caller's: opens the door.</param>
/// <param name="What">2 to 500 characters.</param>
/// <param name="WorkingDays">1 to 60, by each community's own calendar.</param>
/// <returns>The batch: the tasks and their board.</returns>
public sealed record AskAllHolders(Caller Caller, CommunityId Community, string? Post, string? What, int WorkingDays) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers | Audience.Official;
}

internal sealed class AskAllHoldersHandler(CouncilSession session) : IRequestHandler<AskAllHolders, Result<Guid>>
{
    public async Task<Result<Guid>> Handle(AskAllHolders request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var communities = await connection.RowsAsync<CommunityId>(
            "select community_id from post where community_id = any(@communities) and post_code = @Post order by community_id",
            new { communities = request.Caller.Communities.Select(community => community.Value).ToArray(), request.Post },
            cancellationToken);
        if (await connection.OrderFaultAsync(communities.Count > 0 ? communities[0] : request.Community, request.Post, request.What, request.WorkingDays, cancellationToken) is { } fault)
        {
            return fault;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var batch = Guid.CreateVersion7();
        var what = request.What!.Trim();
        await connection.RunAsync(
            "insert into task_for_all (batch_id, post_code, what, working_days, issued_by, issued_at) values (@batch, @Post, @what, @WorkingDays, @staff, @now)",
            new { batch, request.Post, what, request.WorkingDays, staff = request.Caller.Staff?.Value, now },
            cancellationToken);
        var asked = 0;
        foreach (var community in communities)
        {
            var (may, post) = await connection.OrderingPostAsync(request.Caller, community, request.Post!, now, cancellationToken);
            if (may)
            {
                await connection.IssueAsync(request.Caller, new NewOrder(community, null, null, request.Post!, what, request.WorkingDays, post) { Batch = batch }, now, cancellationToken);
                asked++;
            }
        }

        if (asked == 0)
        {
            return OrderRefusals.NotAbove;
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(AskAllHolders), $"batch:{batch}", now, cancellationToken, details: new JsonObject { ["post"] = request.Post, ["asked"] = asked });
        return batch;
    }
}

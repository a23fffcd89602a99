using Deliberation.Domain;
using Deliberation.Features.Access;
using Deliberation.Features.Ledger;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Deliberation.Web.Api;

/// <summary>The community's log for programs: anybody may recount it. Hashes are base64, as in a checkpoint.</summary>
internal static class Ledger
{
    public sealed record CheckpointAnswer(long Size, string Root, DateTimeOffset SignedAt, string Note, IReadOnlyList<string> Witnesses)
    {
        internal static CheckpointAnswer Of(CheckpointView view) => new(view.Size, Convert.ToBase64String(view.Root), view.SignedAt, view.Note, view.Witnesses);
    }

    /// <param name="Text">All of it in the form of C2SP tlog-proof.</param>
    public sealed record ProofAnswer(long Index, string Body, string LeafHash, IReadOnlyList<string> Hashes, CheckpointAnswer Checkpoint, string Text);

    public sealed record ConsistencyAnswer(long From, IReadOnlyList<string> Hashes, CheckpointAnswer Checkpoint);

    public sealed record LeafAnswer(long Index, string LeafHash, string Body);

    /// <param name="Size">Of the checkpoint that was signed.</param>
    /// <param name="Line">As it stands under the note.</param>
    public sealed record CosignatureBody(long Size, string Line);

    public static void MapLedger(this RouteGroupBuilder api)
    {
        var ledger = api.MapGroup("/ledger").AllowAnonymous();
        ledger.MapGet("/checkpoint", CheckpointAsync).WithName("GetCheckpoint").Produces<CheckpointAnswer>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("The last signed state of the log, or the one of that size.");
        ledger.MapGet("/proof", ProofAsync).WithName("GetInclusion").Produces<ProofAnswer>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Shows that the vote of a receipt is in the log. Never the choice.");
        ledger.MapGet("/consistency", ConsistencyAsync).WithName("GetConsistency").Produces<ConsistencyAnswer>().ProducesProblem(StatusCodes.Status404NotFound)
            .WithSummary("Shows that a signed state goes on from an older one.");
        ledger.MapGet("/leaves", LeavesAsync).WithName("ListLeaves").Produces<IReadOnlyList<LeafAnswer>>()
            .WithSummary("Leaves from an index on, at most 1,000 at a time.");
        ledger.MapPost("/cosignatures", CosignAsync).WithName("AddCosignature").Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .WithSummary("A registered witness's signature under a checkpoint.");
    }

    /// <summary>The whole public log as one file.</summary>
    public static void MapLedgerBundle(this IEndpointRouteBuilder app) =>
        app.MapGet("/ledger/bundle.zip", async (HttpContext context, IMediator mediator, CancellationToken cancellationToken) =>
        {
            var answer = await mediator.Send(new ExportPublicBundle(context.User.Caller(), context.Frame().CommunityId), cancellationToken);
            context.AllowZip();
            return answer is Result<LedgerBundle>.Refused { Reason: var reason } ? context.Problem(reason) : Zip(answer.Require(), "ledger.zip", cancellationToken);
        }).AllowAnonymous().ExcludeFromDescription();

    /// <summary>The archive writes the end of an entry's data without waiting: some bytes each.</summary>
    public static void AllowZip(this HttpContext context)
    {
        if (context.Features.Get<IHttpBodyControlFeature>() is { } body)
        {
            body.AllowSynchronousIO = true;
        }
    }

    /// <summary>Written while it is sent.</summary>
    private static PushStreamHttpResult Zip(LedgerBundle bundle, string name, CancellationToken cancellationToken) =>
        TypedResults.Stream(stream => bundle.WriteAsync(stream, cancellationToken), "application/zip", name);

    private static async Task<IResult> CheckpointAsync(long? size, HttpContext context, IMediator mediator, CancellationToken cancellationToken) =>
        Answer(context, await mediator.Send(new GetCheckpoint(context.User.Caller(), context.Frame().CommunityId, size), cancellationToken), CheckpointAnswer.Of);

    private static async Task<IResult> ProofAsync(
        string? receipt, long? size, HttpContext context, IMediator mediator, CommunityDirectory communities, CancellationToken cancellationToken)
    {
        var code = receipt?.Trim().Replace(' ', '-') ?? "";
        var community = (await communities.ByCodeAsync(code, cancellationToken))?.Id ?? context.Frame().CommunityId;
        return Answer(
            context,
            await mediator.Send(new GetInclusion(context.User.Caller(), community, code, size), cancellationToken),
            view => new ProofAnswer(view.Index, view.Body, Convert.ToBase64String(view.LeafHash), Base64(view.Hashes), CheckpointAnswer.Of(view.Checkpoint), view.Text));
    }

    private static async Task<IResult> ConsistencyAsync(long from, long? to, HttpContext context, IMediator mediator, CancellationToken cancellationToken) =>
        Answer(
            context,
            await mediator.Send(new GetConsistency(context.User.Caller(), context.Frame().CommunityId, from, to), cancellationToken),
            view => new ConsistencyAnswer(view.From, Base64(view.Hashes), CheckpointAnswer.Of(view.Checkpoint)));

    private static async Task<IResult> LeavesAsync(long? from, int? count, HttpContext context, IMediator mediator, CancellationToken cancellationToken) =>
        Answer(
            context,
            await mediator.Send(new ListLeaves(context.User.Caller(), context.Frame().CommunityId, from ?? 0, count ?? 100), cancellationToken),
            leaves => leaves.Select(leaf => new LeafAnswer(leaf.Index, Convert.ToBase64String(leaf.LeafHash), leaf.Body)).ToList());

    private static async Task<IResult> CosignAsync(CosignatureBody body, HttpContext context, IMediator mediator, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new AddCosignature(context.User.Caller(), context.Frame().CommunityId, body.Size, body.Line), cancellationToken);
        return answer is Result<Done>.Refused { Reason: var reason } ? context.Problem(reason) : TypedResults.NoContent();
    }

    private static IResult Answer<T, TAnswer>(HttpContext context, Result<T> answer, Func<T, TAnswer> told) =>
        answer is Result<T>.Refused { Reason: var reason } ? context.Problem(reason) : TypedResults.Ok(told(answer.Require()));

    private static List<string> Base64(IEnumerable<byte[]> hashes) => [.. hashes.Select(Convert.ToBase64String)];
}

using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Api;

/// <summary>Ballots for programs that act for a signed-in resident. The community is the session's, never the caller's word.</summary>
internal static class Ballots
{
    /// <param name="Choices"><c>For</c>, <c>Against</c> or <c>Abstain</c>; with options, their ids.</param>
    /// <param name="Unit">Which of the resident's voting units; null when there is one.</param>
    public sealed record VoteBody(string[]? Choices, string? Unit);

    /// <param name="Receipt">Code in groups of four; never shows the choice.</param>
    /// <param name="ReceivedAt">Council time, cut to the minute.</param>
    public sealed record VoteAnswer(string Receipt, DateTimeOffset ReceivedAt);

    public static void MapBallots(this RouteGroupBuilder api) =>
        api.MapPost("/ballots/{ballot:guid}/votes", CastAsync)
            .RequireAuthorization(Policies.Resident)
            .WithName("CastVote")
            .Produces<VoteAnswer>()
            .WithSummary("Casts a vote. 200 means committed; the same Idempotency-Key with the same body gives the same answer.")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity);

    private static async Task<IResult> CastAsync(
        Guid ballot,
        VoteBody body,
        [FromHeader(Name = "Idempotency-Key")] string? key,
        HttpContext context,
        IMediator mediator,
        CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(
            new CastVote(context.User.Caller(), context.Frame().CommunityId, new BallotId(ballot), body.Choices ?? [], key ?? "", body.Unit),
            cancellationToken);
        if (answer is Result<CastAnswer>.Refused { Reason: var reason })
        {
            return context.Problem(reason);
        }

        var cast = answer.Require();
        if (cast.IsReplay)
        {
            context.Response.Headers["Idempotency-Replayed"] = "true";
        }

        return TypedResults.Ok(new VoteAnswer(cast.Receipt.Code, cast.Receipt.ReceivedAt));
    }
}

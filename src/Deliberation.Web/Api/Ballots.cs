using System.Text.Json.Serialization;
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
    /// <param name="ReplaceCode">Of the secret vote that this one takes the place of; null for a first vote, and for votes by name.</param>
    public sealed record VoteBody(string[]? Choices, string? Unit, string? ReplaceCode = null);

    /// <param name="Receipt">Code in groups of four; never shows the choice.</param>
    /// <param name="ReceivedAt">Council time, cut to the minute.</param>
    /// <param name="ReplaceCode">What a secret vote is replaced with until the close; left out when it is by name or final.</param>
    public sealed record VoteAnswer(string Receipt, DateTimeOffset ReceivedAt, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? ReplaceCode);

    public static void MapBallots(this RouteGroupBuilder api) =>
        api.MapPost("/ballots/{ballot:guid}/votes", CastAsync)
            .RequireAuthorization(Policies.Resident)
            .WithName("CastVote")
            .Produces<VoteAnswer>()
            .WithSummary("Casts a vote. 200 means committed; the same Idempotency-Key with the same body gives the same answer.")
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status422UnprocessableEntity)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);

    private static async Task<IResult> CastAsync(
        Guid ballot,
        VoteBody body,
        [FromHeader(Name = "Idempotency-Key")] string? key,
        HttpContext context,
        IMediator mediator,
        CancellationToken cancellationToken)
    {
        var (caller, community, id) = (context.User.Caller(), context.Frame().CommunityId, new BallotId(ballot));
        var answer = body.ReplaceCode is { } code
            ? await mediator.Send(new ReplaceVote(caller, community, id, body.Choices ?? [], code, key ?? "", body.Unit), cancellationToken)
            : await mediator.Send(new CastVote(caller, community, id, body.Choices ?? [], key ?? "", body.Unit), cancellationToken);
        if (answer is Result<CastAnswer>.Refused { Reason: var reason })
        {
            return context.Problem(reason);
        }

        var cast = answer.Require();
        if (cast.IsReplay)
        {
            context.Response.Headers["Idempotency-Replayed"] = "true";
        }

        return TypedResults.Ok(new VoteAnswer(cast.Receipt.Code, cast.Receipt.ReceivedAt, cast.ReplaceCode));
    }
}

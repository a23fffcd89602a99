using Deliberation.Domain;
using Deliberation.Features.Ballots.OpenData;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Api;

/// <summary>Declared ballots for everybody's programs, under an open licence.</summary>
internal static class OpenData
{
    public static void MapOpenData(this RouteGroupBuilder api)
    {
        var results = api.MapGroup("/ballots/{ballot:guid}").AllowAnonymous();
        results.MapGet("/result.json", (Guid ballot, HttpContext context, IMediator mediator, CancellationToken cancellationToken) =>
            SendAsync(ballot, context, mediator, "application/json", null, (result, output) => result.WriteJsonAsync(output, cancellationToken), cancellationToken))
            .Described("GetOpenResult", "A declared ballot: totals, rounds, arithmetic, and papers filled in alike by 5 or more.", "application/json");
        results.MapGet("/result.csv", (Guid ballot, HttpContext context, IMediator mediator, CancellationToken cancellationToken) =>
        {
            context.Response.Headers.Link = "<result.csv-metadata.json>; rel=\"describedby\"; type=\"application/csvm+json\"";
            return SendAsync(ballot, context, mediator, "text/csv; charset=utf-8", "csv", (result, output) => result.WriteCsvAsync(output, cancellationToken), cancellationToken);
        }).Described("GetOpenResultTable", "The same as one table.", "text/csv");
        results.MapGet("/result.csv-metadata.json", (Guid ballot, HttpContext context, IMediator mediator, CancellationToken cancellationToken) =>
            SendAsync(ballot, context, mediator, "application/csvm+json", null, (result, output) => result.WriteCsvDescriptionAsync(output, cancellationToken), cancellationToken))
            .Described("GetOpenResultColumns", "What the columns of the table mean, as W3C CSVW says it.", "application/csvm+json");
        results.MapGet("/result.pb", (Guid ballot, HttpContext context, IMediator mediator, CancellationToken cancellationToken) =>
            SendAsync(ballot, context, mediator, "text/plain; charset=utf-8", "pb", (result, output) => result.WritePabulibAsync(output, cancellationToken), cancellationToken))
            .Described("GetOpenBudget", "A participatory budget in Pabulib's form; 404 for other ballots.", "text/plain");
    }

    private static void Described(this RouteHandlerBuilder endpoint, string name, string summary, string type) =>
        endpoint.WithName(name).WithSummary(summary).Produces(StatusCodes.Status200OK, contentType: type)
            .ProducesProblem(StatusCodes.Status404NotFound).ProducesProblem(StatusCodes.Status409Conflict);

    /// <summary>Written while it is sent.</summary>
    private static async Task<IResult> SendAsync(
        Guid ballot, HttpContext context, IMediator mediator, string type, string? extension, Func<OpenResult, Stream, Task> write, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new GetOpenResult(context.User.Caller(), context.Frame().CommunityId, new BallotId(ballot)), cancellationToken);
        if (answer is Result<OpenResult>.Refused { Reason: var reason })
        {
            return context.Problem(reason);
        }

        var result = answer.Require();
        return extension is "pb" && result.Budget is null
            ? context.Problem(Features.Ballots.BallotRefusals.NotFound)
            : TypedResults.Stream(output => write(result, output), type, extension is null ? null : $"ballot-{ballot}.{extension}");
    }
}

using System.Security.Cryptography;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Rehearsals;

/// <summary>Somebody filled a rehearsal's paper; what stands on it is looked at and forgotten. Refused with <c>rehearsal.over</c>, <c>rehearsal.full</c>.</summary>
/// <param name="Attempt">Made at random with the empty form.</param>
/// <returns>Whether the paper may go on to the check.</returns>
public sealed record TryPaper(Caller Caller, CommunityId Community, Guid Rehearsal, Guid Attempt, IReadOnlyList<string> Choices) : IRequest<Result<bool>>, ICommunityRequest
{
    public Audience Audience => Audience.Everyone;
}

/// <summary>Somebody handed a rehearsal's paper in. The same attempt gets the same answer however often it is sent. Refused with <c>rehearsal.over</c>.</summary>
/// <returns>What stands on the practice receipt.</returns>
public sealed record FinishPaper(Caller Caller, CommunityId Community, Guid Rehearsal, Guid Attempt) : IRequest<Result<string>>, ICommunityRequest
{
    public Audience Audience => Audience.Everyone;
}

/// <remarks>Neither leaves an audit line: who tries is nobody's business, and one statement each needs no transaction around it.</remarks>
internal sealed class TryPaperHandler(NpgsqlDataSource dataSource, IMediator mediator) :
    IRequestHandler<TryPaper, Result<bool>>,
    IRequestHandler<FinishPaper, Result<string>>
{
    /// <summary>Attempts of one rehearsal: whoever has the link may try, and nobody may fill the disk.</summary>
    internal const int Most = 20_000;

    private const string Letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public async Task<Result<bool>> Handle(TryPaper request, CancellationToken cancellationToken)
    {
        if (await mediator.Send(new GetRehearsal(request.Caller, request.Community, request.Rehearsal), cancellationToken) is not Result<RehearsalView>.Accepted { Value.Paper: var paper })
        {
            return RehearsalRefusals.Over;
        }

        var isRight = paper.Form.Check(request.Choices) is null;
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            var noted = await connection.ExecuteAsync(new CommandDefinition(
                """
                insert into practice.attempt (community_id, rehearsal_id, attempt_id, corrections)
                select @Community, @Rehearsal, @Attempt, @corrections
                where exists (select from practice.attempt where community_id = @Community and rehearsal_id = @Rehearsal and attempt_id = @Attempt)
                    or (select count(*) from practice.attempt where community_id = @Community and rehearsal_id = @Rehearsal) < @Most
                on conflict (community_id, rehearsal_id, attempt_id) do update set corrections = least(attempt.corrections + excluded.corrections, 1000)
                """,
                new { request.Community, request.Rehearsal, request.Attempt, corrections = isRight ? 0 : 1, Most },
                cancellationToken: cancellationToken));
            return noted == 0 ? RehearsalRefusals.Full : isRight;
        }
        catch (PostgresException problem) when (problem.SqlState == PostgresErrorCodes.ForeignKeyViolation)
        {
            return RehearsalRefusals.Over; // wiped since it was read
        }
    }

    public async Task<Result<string>> Handle(FinishPaper request, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var code = await connection.ExecuteScalarAsync<string?>(new CommandDefinition(
            """
            update practice.attempt set code = coalesce(code, @code)
            where community_id = @Community and rehearsal_id = @Rehearsal and attempt_id = @Attempt
            returning code
            """,
            new { request.Community, request.Rehearsal, request.Attempt, code = NewCode() },
            cancellationToken: cancellationToken));
        return code is null ? RehearsalRefusals.Over : code;
    }

    /// <summary>Too short to be read as a receipt, and it says what it is.</summary>
    private static string NewCode() => $"TRY-{RandomNumberGenerator.GetString(Letters, 4)}-{RandomNumberGenerator.GetString(Letters, 4)}";
}

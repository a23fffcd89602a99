using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Features.Ballots.PaperVotes;

/// <summary>
/// Destroys papers whose time is over, a ballot a transaction, and then the keys of their sealed photographs. A key goes after the commit that destroyed what it opens:
/// the file is what says that this is still to be done, should the process die in between.
/// </summary>
internal sealed partial class PaperKeeping(
    NpgsqlDataSource dataSource, IServiceScopeFactory scopes, BallotKeys keys, ILogger<PaperKeeping> logger)
{
    /// <summary>One look.</summary>
    public async Task TidyAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var due = await connection.RowsAsync<Due>(
            """
            select b.community_id, b.ballot_id
            from paper_run r join ballot b using (community_id, ballot_id)
            where (r.released_at is not null or b.closed_at < council_now() - interval '729 days')
              and not exists (select from paper_destruction d where d.community_id = r.community_id and d.ballot_id = r.ballot_id)
            order by b.closed_at
            """,
            new { },
            cancellationToken);
        foreach (var (community, ballot) in due)
        {
            await using var scope = scopes.CreateAsyncScope();
            var answer = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new DestroyPapers(Caller.System, community, ballot), cancellationToken);
            if (answer is Result<PaperDestruction>.Accepted { Value: var gone })
            {
                LogDestroyed(ballot.Value, gone.Papers, gone.Photos);
            }
        }

        foreach (var ballot in keys.KeptForScans())
        {
            var isDestroyed = await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
                "select exists (select from paper_destruction where ballot_id = @ballot)", new { ballot }, cancellationToken: cancellationToken));
            if (isDestroyed)
            {
                FaultPoint.Hit("key-before-destroy");
                keys.DestroyForScans(ballot);
                FaultPoint.Hit("key-after-destroy");
            }
        }
    }

    private sealed record Due(CommunityId CommunityId, BallotId BallotId);

    [LoggerMessage(3113, LogLevel.Information, "Papers of ballot {BallotId} are destroyed: {Papers} of the register, {Photos} photographs")]
    private partial void LogDestroyed(Guid ballotId, int papers, int photos);
}

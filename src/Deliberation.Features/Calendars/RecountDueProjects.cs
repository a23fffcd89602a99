using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres.Scheduling;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Deliberation.Features.Calendars;

/// <summary>After a change of a calendar, project by project: its rows were written with the change, so a node that dies leaves the rest to another. A suspended project waits until it goes on.</summary>
internal sealed class RecountDueProjects(NpgsqlDataSource dataSource, IServiceScopeFactory scopes) : IDueWorkHandler
{
    /// <inheritdoc />
    public async Task<bool> RunOneAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is not { } due)
        {
            return false;
        }

        await using var scope = scopes.CreateAsyncScope();
        var answer = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new RecountProject(Caller.System, due.Community, due.Project), cancellationToken);
        return answer is Result<Done>.Accepted; // refused: another node was faster
    }

    private async Task<DueProject?> FindAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await connection.QueryFirstOrDefaultAsync<DueProject>(new CommandDefinition(
            """
            select r.community_id as community, r.project_id as project
            from calendar_recount r join project p using (community_id, project_id)
            where p.state <> 'Suspended' order by r.change_id, r.community_id, r.project_id limit 1
            """,
            cancellationToken: cancellationToken));
    }

    private sealed record DueProject(CommunityId Community, ProjectId Project);
}

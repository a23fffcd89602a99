using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres.Scheduling;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Deliberation.Features.Projects;

/// <summary>Keeps the promise that was given when a project was suspended: it goes on when its day of resumption begins.</summary>
internal sealed class ResumeDueProjects(NpgsqlDataSource dataSource, IServiceScopeFactory scopes) : IDueWorkHandler
{
    /// <inheritdoc />
    public async Task<bool> RunOneAsync(CancellationToken cancellationToken)
    {
        if (await FindAsync(cancellationToken) is not { } due)
        {
            return false;
        }

        await using var scope = scopes.CreateAsyncScope();
        var answer = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(new ResumeProject(Caller.System, due.Community, due.Project), cancellationToken);
        return answer is Result<Done>.Accepted; // refused: another node was faster
    }

    private async Task<DueProject?> FindAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await connection.QueryFirstOrDefaultAsync<DueProject>(new CommandDefinition(
            """
            select s.community_id as community, s.project_id as project
            from project_suspension s join project p using (community_id, project_id)
            where s.resumed_at is null and s.resume_on <= (select (council_now() at time zone 'Asia/Shanghai')::date) and p.state = 'Suspended'
            order by s.resume_on, s.community_id, s.project_id
            limit 1
            """,
            cancellationToken: cancellationToken));
    }

    private sealed record DueProject(CommunityId Community, ProjectId Project);
}

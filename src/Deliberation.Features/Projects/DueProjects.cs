using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres.Scheduling;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Deliberation.Features.Projects;

/// <summary>Work that is due for a project, one at a time and each by its command: what is due stands in rows, so a node that dies leaves it to another.</summary>
/// <param name="find">SQL of the first that is due: <c>community</c>, <c>project</c>.</param>
internal abstract class DueProjects(NpgsqlDataSource dataSource, IServiceScopeFactory scopes, string find) : IDueWorkHandler
{
    /// <inheritdoc />
    public async Task<bool> RunOneAsync(CancellationToken cancellationToken)
    {
        DueProject? due;
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            due = await connection.QueryFirstOrDefaultAsync<DueProject>(new CommandDefinition(find, cancellationToken: cancellationToken));
        }

        if (due is null)
        {
            return false;
        }

        await using var scope = scopes.CreateAsyncScope();
        var answer = await scope.ServiceProvider.GetRequiredService<IMediator>().Send(Act(due.Community, due.Project), cancellationToken);
        return answer is Result<Done>.Accepted; // refused: another node was faster
    }

    protected abstract ICommand<Done> Act(CommunityId community, ProjectId project);

    private sealed record DueProject(CommunityId Community, ProjectId Project);
}

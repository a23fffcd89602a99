using System.Diagnostics;
using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Workflows;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Bench.Steps;

/// <summary>Workflows of nine activities from start to finish, each one transaction. Elsa 3 on PostgreSQL did 54 to 79 a second of such on a machine of two cores.</summary>
internal static class WholeWorkflows
{
    private const string Braid =
        """
        {"id":"bench-nine","definitionId":"bench-nine","name":"Nine","variables":[{"id":"n","name":"Count","typeName":"Int32","value":"0"}],
         "root":{"id":"fc","type":"Elsa.Flowchart","activities":[
          {"id":"a","type":"Elsa.Start"},{"id":"b","type":"Elsa.FlowFork","branches":["A","B"]},
          {"id":"c","type":"Elsa.SetVariable","variable":{"id":"n"},"value":1},{"id":"d","type":"Elsa.WriteLine","text":"one way"},
          {"id":"e","type":"Elsa.FlowDecision","condition":{"typeName":"Boolean","expression":{"type":"JavaScript","value":"getCount() > 0"}}},
          {"id":"f","type":"Elsa.WriteLine","text":"yes"},{"id":"g","type":"Elsa.WriteLine","text":"no"},
          {"id":"h","type":"Elsa.FlowJoin","mode":"WaitAllActive"},{"id":"i","type":"Elsa.WriteLine","text":"end"}],
         "connections":[
          {"source":{"activity":"a","port":"Done"},"target":{"activity":"b","port":"In"}},
          {"source":{"activity":"b","port":"A"},"target":{"activity":"c","port":"In"}},{"source":{"activity":"b","port":"B"},"target":{"activity":"d","port":"In"}},
          {"source":{"activity":"c","port":"Done"},"target":{"activity":"e","port":"In"}},
          {"source":{"activity":"e","port":"True"},"target":{"activity":"f","port":"In"}},{"source":{"activity":"e","port":"False"},"target":{"activity":"g","port":"In"}},
          {"source":{"activity":"f","port":"Done"},"target":{"activity":"h","port":"In"}},{"source":{"activity":"g","port":"Done"},"target":{"activity":"h","port":"In"}},
          {"source":{"activity":"d","port":"Done"},"target":{"activity":"h","port":"In"}},{"source":{"activity":"h","port":"Done"},"target":{"activity":"i","port":"In"}}]}}
        """;

    /// <returns>Workflows a second.</returns>
    public static async Task<double> MeasureAsync(BenchServer server, int callers, TimeSpan duration, CancellationToken cancellationToken)
    {
        await server.ExecuteAsync(
            "insert into project (community_id, project_id, title, template_id, template_version, state) select 1, gen_random_uuid(), 'Nine', 'bench', 1, 'Decided' from generate_series(1, 64)", cancellationToken);
        var projects = await ProjectsAsync(server, cancellationToken);
        await using (var connection = await server.DataSource.OpenConnectionAsync(cancellationToken))
        {
            await server.Services.GetRequiredService<WorkflowDefinitions>().PublishAsync(connection, "bench-nine", "Nine", Braid, null, cancellationToken);
        }

        var clock = Stopwatch.StartNew();
        var done = await Task.WhenAll(Enumerable.Range(0, callers).Select(caller => Task.Run(
            async () =>
            {
                var count = 0;
                for (; clock.Elapsed < duration; count++)
                {
                    await StartAsync(server, projects[(caller * 8 + count) % projects.Count], cancellationToken);
                }

                return count;
            },
            cancellationToken)));
        var took = clock.Elapsed;
        if (await server.CountAsync("select count(*) from workflow_instance where definition_id = 'bench-nine' and sub_status = 'Finished'", cancellationToken) != done.Sum())
        {
            throw new BenchException("A workflow of nine did not end.");
        }

        return done.Sum() / took.TotalSeconds;
    }

    private static async Task StartAsync(BenchServer server, ProjectId project, CancellationToken cancellationToken)
    {
        await using var scope = server.Services.CreateAsyncScope();
        await using var connection = await server.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await scope.ServiceProvider.GetRequiredService<IWorkflowStarter>()
            .StartAsync(connection, new CommunityId(1), project, Guid.CreateVersion7(), "bench-nine", [], await connection.CouncilNowAsync(cancellationToken), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    private static async Task<List<ProjectId>> ProjectsAsync(BenchServer server, CancellationToken cancellationToken)
    {
        var projects = new List<ProjectId>();
        await using var command = server.DataSource.CreateCommand("select project_id from project where title = 'Nine'");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            projects.Add(new ProjectId(reader.GetGuid(0)));
        }

        return projects;
    }
}

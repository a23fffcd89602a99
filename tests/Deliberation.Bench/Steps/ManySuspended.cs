using System.Diagnostics;
using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Bench.Steps;

/// <summary>A hundred thousand workflows that wait: what they cost while they do, and how soon one goes on.</summary>
internal static class ManySuspended
{
    public const int Instances = 100_000;
    private const int Resumes = 500;

    private const string Waits =
        """
        {"id":"bench-waits","definitionId":"bench-waits","name":"Waits",
         "root":{"id":"S","type":"Elsa.Sequence","activities":[{"id":"e","type":"Elsa.Event","eventName":"Go"},{"id":"w","type":"Elsa.WriteLine","text":"gone"},{"id":"f","type":"Elsa.Event","eventName":"End"}]}}
        """;

    /// <returns>Median and 95th percentile of one resume, milliseconds from looking for work to its commit; megabytes that the process grew by; bytes in the database for each.</returns>
    public static async Task<(double Median, double P95, double GrownMb, long Bytes)> MeasureAsync(BenchServer server, ProjectId project, CancellationToken cancellationToken)
    {
        await server.ExecuteAsync("truncate workflow_instance cascade", cancellationToken);
        var before = Held();
        await server.DataSource.CopyAsync(await StartAsync(server, project, cancellationToken), Instances - 1);
        await server.ExecuteAsync("vacuum analyze", cancellationToken);
        var grown = Held() - before;
        var bytes = await server.CountAsync("select (pg_total_relation_size('workflow_instance') + pg_total_relation_size('workflow_bookmark'))::bigint", cancellationToken) / Instances;

        var handler = server.Services.GetServices<IDueWorkHandler>().OfType<DueWorkHandler>().Single();
        var times = new List<double>(Resumes);
        for (var number = 0; number < Resumes; number++)
        {
            await server.ExecuteAsync(
                """
                insert into workflow_inbox (community_id, instance_id, event_id, name, key, created_at)
                select community_id, instance_id, gen_random_uuid(), 'Elsa.Event', 'Go', council_now() from workflow_instance
                where community_id = 1 and instance_id >= (select gen_random_uuid()) and version = 2 order by community_id, instance_id limit 1
                """,
                cancellationToken);
            var clock = Stopwatch.StartNew();
            var hasWorked = await handler.RunOneAsync(cancellationToken);
            times.Add(clock.Elapsed.TotalMilliseconds);
            if (!hasWorked)
            {
                throw new BenchException("An event was there, and nothing was due.");
            }
        }

        if (await server.CountAsync("select count(*) from workflow_instance where version = 3", cancellationToken) is var moved && moved < Resumes * 9 / 10)
        {
            throw new BenchException($"Only {moved} of {Resumes} went on.");
        }

        times.Sort();
        return (times[Resumes / 2], times[Resumes * 95 / 100], grown / 1024.0 / 1024.0, bytes);
    }

    private static long Held() => GC.GetTotalMemory(forceFullCollection: true);

    private static async Task<Guid> StartAsync(BenchServer server, ProjectId project, CancellationToken cancellationToken)
    {
        var instance = Guid.CreateVersion7();
        await using var scope = server.Services.CreateAsyncScope();
        await using var connection = await server.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        await server.Services.GetRequiredService<WorkflowDefinitions>().PublishAsync(connection, "bench-waits", "Waits", Waits, null, cancellationToken);
        await scope.ServiceProvider.GetRequiredService<IWorkflowStarter>()
            .StartAsync(connection, new CommunityId(1), project, instance, "bench-waits", [], await connection.CouncilNowAsync(cancellationToken), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return instance;
    }
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Bench.Steps;

/// <summary>Steps of workflows: durable ones, each a committed transaction of the engine as the pump runs it, and the pure engine alone.</summary>
internal static class StepsBench
{
    private const int Instances = 200;
    private const int ManyWorkers = 16;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    /// <summary>Waits that are over at once, and a little work after each, without end.</summary>
    private const string Waits =
        """
        {"id":"bench-steps","definitionId":"bench-steps","name":"Steps","variables":[{"id":"n","name":"Count","typeName":"Int32","value":"0"}],
         "root":{"id":"W","type":"Elsa.While","condition":true,"body":{"id":"S","type":"Elsa.Sequence","activities":[
          {"id":"d","type":"Elsa.Delay","timeSpan":"00:00:00"},
          {"id":"c","type":"Elsa.SetVariable","variable":{"id":"n","name":"Count"},
           "value":{"typeName":"Object","expression":{"type":"JavaScript","value":"getVariable('Count') + 1"}}}]}}}
        """;

    public static async Task<Report> RunAsync(CancellationToken cancellationToken)
    {
        await using var server = await BenchServer.StartAsync(cancellationToken);
        var project = await StartInstancesAsync(server, cancellationToken);
        var workers = new PumpOptions().Workers;
        await RunStepsAsync(server, workers, WarmUp, cancellationToken);
        double asShipped = 0, manyWorkers = 0;
        var commits = new SingleRowCommits(server);
        await commits.AroundAsync(
            async () => asShipped = await RunStepsAsync(server, workers, Duration, cancellationToken),
            async () => manyWorkers = await RunStepsAsync(server, ManyWorkers, Duration, cancellationToken),
            cancellationToken);
        var nine = await WholeWorkflows.MeasureAsync(server, workers, Duration, cancellationToken);
        var (resumeMs, resumeP95Ms, grownMb, bytes) = await ManySuspended.MeasureAsync(server, project, cancellationToken);
        var (loop, flowchart) = (InMemory.OfLoop(), InMemory.OfFlowchart());
        return new Report(
            "steps",
            new Dictionary<string, double>
            {
                ["durable"] = Report.Rounded(asShipped / commits.Median),
                ["memory"] = Report.Rounded(loop.MillionsPerSecond),
            },
            new Dictionary<string, double>
            {
                ["singleRowCommitsPerSecond"] = Math.Round(commits.Median),
                ["workers"] = workers,
                ["stepsPerSecond"] = Math.Round(asShipped),
                ["stepsPerSecond16Workers"] = Math.Round(manyWorkers),
                ["workflowsOfNinePerSecond"] = Math.Round(nine),
                ["resumeOf100000Ms"] = Math.Round(resumeMs, 2),
                ["resumeOf100000P95Ms"] = Math.Round(resumeP95Ms, 2),
                ["memoryOf100000Mb"] = Math.Round(grownMb, 1),
                ["bytesOfOneWaiting"] = bytes,
                ["flowchartMillionsPerSecond"] = Report.Rounded(flowchart.MillionsPerSecond),
                ["loopBytesPerActivity"] = loop.BytesPerActivity,
                ["flowchartBytesPerActivity"] = flowchart.BytesPerActivity,
                ["import1000Milliseconds"] = Math.Round(InMemory.ImportMilliseconds(1000), 1),
            },
            Report.MachineWith(server.Version));
    }

    /// <returns>The project that they belong to.</returns>
    private static async Task<ProjectId> StartInstancesAsync(BenchServer server, CancellationToken cancellationToken)
    {
        var community = new CommunityId(1);
        var project = new ProjectId(Guid.CreateVersion7());
        await server.ExecuteAsync(
            $"""
            insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours) values (1, 'bench', 'Bench', 'Urban', '-', '-', '-', '-');
            insert into project (community_id, project_id, title, template_id, template_version, state) values (1, '{project.Value}', 'Bench', 'bench', 1, 'Decided');
            """,
            cancellationToken);
        for (var number = 0; number < Instances; number++)
        {
            await using var scope = server.Services.CreateAsyncScope();
            await using var connection = await server.DataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            await server.Services.GetRequiredService<WorkflowDefinitions>().PublishAsync(connection, "bench-steps", "Steps", Waits, null, cancellationToken);
            var now = await connection.CouncilNowAsync(cancellationToken);
            await scope.ServiceProvider.GetRequiredService<IWorkflowStarter>()
                .StartAsync(connection, community, project, Guid.CreateVersion7(), "bench-steps", [], now, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await server.ExecuteAsync("vacuum analyze", cancellationToken); // as autovacuum does within a minute: tables that look empty get other plans
        return project;
    }

    /// <returns>Committed steps a second: every step adds one to its instance's version.</returns>
    private static async Task<double> RunStepsAsync(BenchServer server, int workers, TimeSpan duration, CancellationToken cancellationToken)
    {
        const string Steps = "select sum(version) from workflow_instance";
        var handler = server.Services.GetServices<IDueWorkHandler>().OfType<DueWorkHandler>().Single();
        var before = await server.CountAsync(Steps, cancellationToken);
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(
            async () =>
            {
                while (clock.Elapsed < duration)
                {
                    await handler.RunOneAsync(cancellationToken);
                }
            },
            cancellationToken)));
        var took = clock.Elapsed;
        var steps = await server.CountAsync(Steps, cancellationToken) - before;
        if (steps == 0 || await server.CountAsync("select (select count(*) from workflow_incident) + (select count(*) from workflow_timer where attempts > 0)", cancellationToken) > 0)
        {
            await using var why = server.DataSource.CreateCommand(
                "select message from workflow_incident union all select last_error from workflow_timer where attempts > 0 limit 1");
            throw new BenchException($"The instances do not go on: {await why.ExecuteScalarAsync(cancellationToken)}");
        }

        return steps / took.TotalSeconds;
    }
}

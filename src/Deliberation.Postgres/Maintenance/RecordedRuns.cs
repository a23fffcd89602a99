using Dapper;
using Microsoft.Extensions.Logging;
using Npgsql;
using Quartz;

namespace Deliberation.Postgres.Maintenance;

/// <summary>Writes down when a job begins, ends and how.</summary>
internal sealed partial class RecordedRuns(NpgsqlDataSource dataSource, NodeIdentity node, ILogger<RecordedRuns> logger) : IJobExecutionMiddleware
{
    /// <summary>In the job's data: the run that was asked for. Absent for those of the schedule.</summary>
    public const string Asked = "asked-run";

    public async ValueTask Invoke(IJobExecutionContext context, JobExecutionDelegate next, CancellationToken cancellationToken)
    {
        var job = context.JobDetail.Key.Name;
        var isAsked = context.MergedJobDataMap.TryGetString(Asked, out var asked) & Guid.TryParse(asked, out var run);
        if (!isAsked)
        {
            run = Guid.CreateVersion7();
            await WriteAsync("insert into maintenance_run (run_id, job, node_id, started_at) values (@run, @job, @node, clock_timestamp())", new { run, job, node = node.Id });
        }
        else if (!await WriteAsync("update maintenance_run set node_id = @node, started_at = clock_timestamp() where run_id = @run and started_at is null", new { run, node = node.Id }))
        {
            return; // two nodes scheduled it, and the other one was faster; or the database is away, and it is scheduled again
        }

        string? error = null;
        try
        {
            await next(context, cancellationToken);
        }
        catch (Exception problem)
        {
            error = problem.GetBaseException().Message;
            LogFailed(job, problem);
            throw;
        }
        finally
        {
            await WriteAsync("update maintenance_run set ended_at = clock_timestamp(), error = left(@error, 2000) where run_id = @run", new { run, error });
        }
    }

    /// <summary>A record that cannot be written keeps no job of the schedule from running.</summary>
    /// <returns>False when nothing was written.</returns>
    private async Task<bool> WriteAsync(string sql, object values)
    {
        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(CancellationToken.None);
            return await connection.ExecuteAsync(sql, values) == 1;
        }
        catch (NpgsqlException exception)
        {
            LogNotRecorded(exception.Message);
            return false;
        }
    }

    [LoggerMessage(2412, LogLevel.Error, "Maintenance job {Job} failed")]
    private partial void LogFailed(string job, Exception problem);

    [LoggerMessage(2413, LogLevel.Warning, "A run of a maintenance job is not on record: {Reason}")]
    private partial void LogNotRecorded(string reason);
}

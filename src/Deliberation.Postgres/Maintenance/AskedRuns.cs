using Dapper;
using Npgsql;
using Quartz;

namespace Deliberation.Postgres.Maintenance;

/// <summary>Hands runs that were asked for to Quartz. The row stays until the job begins: whoever dies in between has only delayed it.</summary>
internal sealed class AskedRuns(NpgsqlDataSource dataSource, ISchedulerFactory schedulers)
{
    public async Task ScheduleAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<(Guid Run, string Job)> asked;
        await using (var connection = await dataSource.OpenConnectionAsync(cancellationToken))
        {
            asked = (await connection.QueryAsync<(Guid, string)>(new CommandDefinition(
                "select run_id, job from maintenance_run where started_at is null and job = any(@names)", new { names = MaintenanceJobs.All.ToArray() }, cancellationToken: cancellationToken))).AsList();
        }

        foreach (var (run, job) in asked)
        {
            var scheduler = await schedulers.GetScheduler(cancellationToken);
            try
            {
                await scheduler.ScheduleJob(
                    TriggerBuilder.Create().WithIdentity($"asked-{run}").ForJob(job).UsingJobData(RecordedRuns.Asked, run.ToString()).StartNow().Build(), cancellationToken: cancellationToken);
            }
            catch (ObjectAlreadyExistsException)
            {
                // another node was faster
            }
        }
    }
}

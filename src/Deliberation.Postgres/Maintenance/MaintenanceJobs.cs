using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace Deliberation.Postgres.Maintenance;

/// <summary>Jobs that come round on the cluster. Each has a text <c>job.NAME</c> and <c>job-when.NAME</c>.</summary>
public static class MaintenanceJobs
{
    internal const string Retention = "retention";
    internal const string HeartbeatSweep = "heartbeat-sweep";

    /// <summary>Their names, which are those of their Quartz jobs and triggers too.</summary>
    public static IReadOnlyList<string> All { get; } = [Retention, HeartbeatSweep];

    internal static IServiceCollection AddMaintenance(this IServiceCollection services)
    {
        services.AddQuartz(quartz =>
        {
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(source => source.UseRegisteredDataSource = true);
                store.UseClustering(_ => { });
                store.ProvisionSchema();
            });
            quartz.AddJobMiddleware<RecordedRuns>();
            quartz.ScheduleJob<RetentionJob>(trigger => trigger.WithIdentity(Retention).WithCronSchedule("0 40 3 * * ?"));
            quartz.ScheduleJob<HeartbeatSweepJob>(trigger => trigger.WithIdentity(HeartbeatSweep).WithSimpleSchedule(TimeSpan.FromMinutes(1), null));
        });
        services.AddSingleton<AskedRuns>();
        services.AddSingleton<QuartzHostedService>();
        services.AddHostedService<MaintenanceScheduler>();
        return services;
    }
}

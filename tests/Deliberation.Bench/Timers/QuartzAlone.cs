using System.Data.Common;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace Deliberation.Bench.Timers;

/// <summary>The base of timers: Quartz.NET with its clustered store on the same server, a job with one trigger for each, and nothing done in it.</summary>
internal static class QuartzAlone
{
    private const int Jobs = 1_000;
    private const int AtOnce = 8;

    /// <returns>Timers scheduled and fired a second: their number by the time of both.</returns>
    public static async Task<double> MeasureAsync(BenchServer server, CancellationToken cancellationToken)
    {
        NothingJob.Reset(Jobs);
        await using var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<DbDataSource>(server.DataSource)
            .AddQuartz(quartz =>
            {
                quartz.UseDefaultThreadPool(AtOnce);
                quartz.UsePersistentStore(store =>
                {
                    store.UsePostgres(source => source.UseRegisteredDataSource = true);
                    store.UseClustering(_ => { });
                    store.ProvisionSchema();
                });
            })
            .BuildServiceProvider();
        var scheduler = await services.GetRequiredService<ISchedulerFactory>().GetScheduler(cancellationToken);
        var clock = Stopwatch.StartNew();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(
            async () =>
            {
                while (Interlocked.Increment(ref next) is var number && number < Jobs)
                {
                    await scheduler.ScheduleJob(
                        JobBuilder.Create<NothingJob>().WithIdentity($"job{number}").Build(),
                        TriggerBuilder.Create().WithIdentity($"trigger{number}").StartNow().Build(),
                        cancellationToken: cancellationToken);
                }
            },
            cancellationToken)));
        await scheduler.Start(cancellationToken);
        await NothingJob.AllDone.WaitAsync(TimeSpan.FromMinutes(2), cancellationToken);
        var took = clock.Elapsed;
        await scheduler.Shutdown(true, cancellationToken);
        return Jobs / took.TotalSeconds;
    }

    private sealed class NothingJob : IJob
    {
        private static TaskCompletionSource done = new();
        private static int left;

        public static Task AllDone => done.Task;

        public static void Reset(int jobs) => (left, done) = (jobs, new TaskCompletionSource());

        public ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            if (Interlocked.Decrement(ref left) == 0)
            {
                done.SetResult();
            }

            return ValueTask.CompletedTask;
        }
    }
}

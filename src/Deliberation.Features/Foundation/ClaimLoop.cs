namespace Deliberation.Features.Foundation;

/// <summary>Work that leaves the database: claimed one by one, done side by side.</summary>
internal static class ClaimLoop
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>One look for all workers: while nothing waits the database is asked once a second. Ends when told to, after all that is on its way has let go.</summary>
    /// <param name="workers">How much is done at the same time, 1 or more.</param>
    /// <param name="claim">Null when nothing waits.</param>
    /// <param name="failed">Told why a look or a piece of work failed: the database may be away for a while.</param>
    public static async Task RunAsync<T>(int workers, Func<Task<T?>> claim, Func<T, Task> work, Action<string> failed, TimeProvider time, CancellationToken stoppingToken)
        where T : class
    {
        using var free = new SemaphoreSlim(workers);
        while (!stoppingToken.IsCancellationRequested)
        {
            await free.WaitAsync(CancellationToken.None);
            if (await TryAsync(claim, failed) is { } claimed)
            {
                _ = Task.Run(
                    async () =>
                    {
                        await TryAsync(
                            async () =>
                            {
                                await work(claimed);
                                return claimed;
                            },
                            failed);
                        free.Release();
                    },
                    CancellationToken.None);
            }
            else
            {
                free.Release();
                await Task.Delay(Pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        for (var worker = 0; worker < workers; worker++)
        {
            await free.WaitAsync(CancellationToken.None); // what is on its way is cancelled and lets go of what it uses
        }
    }

    private static async Task<T?> TryAsync<T>(Func<Task<T?>> act, Action<string> failed)
        where T : class
    {
        try
        {
            return await act();
        }
        catch (OperationCanceledException)
        {
            return null; // the node stops; the lease ends by itself
        }
        catch (Exception exception) // the outermost loop
        {
            failed(exception.Message);
            return null;
        }
    }
}

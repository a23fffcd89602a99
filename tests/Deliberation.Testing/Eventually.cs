using System.Runtime.CompilerServices;

namespace Deliberation.Testing;

/// <summary>For what another process or a loop of its own brings about: asked again and again until it is so.</summary>
public static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <exception cref="TimeoutException">It is not so in time; 30 s when nothing else is said.</exception>
    public static async Task HoldsAsync(Func<Task<bool>> isSo, TimeSpan? patience = null, [CallerArgumentExpression(nameof(isSo))] string what = "")
    {
        using var end = new CancellationTokenSource(patience ?? Patience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await isSo())
        {
            try
            {
                await look.WaitForNextTickAsync(end.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"Not so after {patience ?? Patience}: {what}");
            }
        }
    }

    /// <inheritdoc cref="HoldsAsync(Func{Task{bool}}, TimeSpan?, string)"/>
    public static Task HoldsAsync(Func<bool> isSo, TimeSpan? patience = null, [CallerArgumentExpression(nameof(isSo))] string what = "") =>
        HoldsAsync(() => Task.FromResult(isSo()), patience, what);
}

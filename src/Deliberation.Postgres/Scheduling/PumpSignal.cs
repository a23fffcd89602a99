using System.Threading.Channels;

namespace Deliberation.Postgres.Scheduling;

/// <summary>Wakes the workers of this node, and through <see cref="PumpNotifier"/> those of others.</summary>
internal sealed class PumpSignal : IPumpSignal
{
    // Full means: a wake-up is under way already. Several calls are one.
    private readonly Channel<bool> _workers = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly Channel<bool> _others = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Wake()
    {
        WakeHere();
        _others.Writer.TryWrite(true);
    }

    /// <summary>Another node said so, or a worker here found more than it can do alone.</summary>
    public void WakeHere() => _workers.Writer.TryWrite(true);

    /// <summary>Returns at the next wake-up, or after the time has passed.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(atMost, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await _workers.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // nobody called: time to look again
        }
    }

    /// <summary>Returns when this node's work may be news to others.</summary>
    public ValueTask<bool> WaitForNewsAsync(CancellationToken cancellationToken) => _others.Reader.ReadAsync(cancellationToken);
}

using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using System.Text.Unicode;

namespace Deliberation.Bench.Votes;

/// <summary>What a load came to.</summary>
/// <param name="Latencies">Milliseconds, sorted.</param>
internal sealed record LoadResult(int Casts, TimeSpan Took, double[] Latencies)
{
    public double PerSecond => Casts / Took.TotalSeconds;

    public double Latency(double part) => Latencies[(int)((Latencies.Length - 1) * part)];
}

/// <summary>Casts votes over raw keep-alive connections: the load generator shares the machine and must cost little.</summary>
internal sealed class VoteLoad(int port, string[] cookies)
{
    private const int Connections = 128;

    private int _next;

    /// <summary>Every voter casts once in every ballot, ballot by ballot.</summary>
    /// <param name="perSecond">Casts begin at this pace, and a cast that had to wait for a connection counts from when it should have begun; null: as fast as they are answered.</param>
    /// <exception cref="BenchException">Some cast was answered with something else than 200.</exception>
    public async Task<LoadResult> RunAsync(IReadOnlyList<Guid> ballots, CancellationToken cancellationToken, double? perSecond = null)
    {
        _next = 0;
        var latencies = new double[ballots.Count * cookies.Length];
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(() => CastAsync(ballots, latencies, clock, perSecond, cancellationToken), cancellationToken)));
        var took = clock.Elapsed;
        Array.Sort(latencies);
        return new LoadResult(latencies.Length, took, latencies);
    }

    private async Task CastAsync(IReadOnlyList<Guid> ballots, double[] latencies, Stopwatch clock, double? perSecond, CancellationToken cancellationToken)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync("127.0.0.1", port, cancellationToken);
        var buffer = new byte[8192];
        for (var index = Interlocked.Increment(ref _next) - 1; index < latencies.Length; index = Interlocked.Increment(ref _next) - 1)
        {
            var started = perSecond is { } pace ? TimeSpan.FromSeconds(index / pace) : clock.Elapsed;
            if (started - clock.Elapsed is { Ticks: > 0 } early)
            {
                await Task.Delay(early, cancellationToken);
            }

            await socket.SendAsync(buffer.AsMemory(0, Write(buffer, ballots[index / cookies.Length], cookies[index % cookies.Length], index)), cancellationToken);
            var length = 0;
            do
            {
                var read = await socket.ReceiveAsync(buffer.AsMemory(length), cancellationToken);
                length += read > 0 ? read : throw new BenchException("The product closed a connection.");
            }
            while (!IsWhole(buffer.AsSpan(0, length)));
            if (!buffer.AsSpan(0, length).StartsWith("HTTP/1.1 200"u8))
            {
                throw new BenchException($"A cast was answered: {Encoding.UTF8.GetString(buffer, 0, length)}");
            }

            latencies[index] = (clock.Elapsed - started).TotalMilliseconds;
        }
    }

    private int Write(byte[] buffer, Guid ballot, string cookie, int index)
    {
        var body = (index % 3) switch { 0 => """{"choices":["For"]}""", 1 => """{"choices":["Against"]}""", _ => """{"choices":["Abstain"]}""" };
        Utf8.TryWrite(
            buffer,
            $"POST /api/v1/ballots/{ballot}/votes HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\nIdempotency-Key: {Guid.NewGuid():N}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}",
            out var length);
        return length;
    }

    /// <summary>Answers are chunked, or short and say their length.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return false;
        }

        var said = answer[..head].IndexOf("Content-Length: "u8);
        return said < 0
            ? answer.EndsWith("0\r\n\r\n"u8)
            : System.Buffers.Text.Utf8Parser.TryParse(answer[(said + 16)..], out int length, out _) && answer.Length >= head + 4 + length;
    }
}

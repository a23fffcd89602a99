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
/// <remarks>A few threads that each wait for many connections at once: with a continuation for each answer the generator took 40 to 50 µs a cast.</remarks>
internal sealed class VoteLoad(int port, string[] cookies)
{
    private const int Connections = 256;
    private const int Threads = 2;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1); // less is none: it would spin
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private int _next;

    /// <summary>Every voter casts once in every ballot, ballot by ballot.</summary>
    /// <param name="perSecond">Casts begin at this pace, and a cast that had to wait for a connection counts from when it should have begun; null: as fast as they are answered.</param>
    /// <exception cref="BenchException">Some cast was answered with something else than 200.</exception>
    public async Task<LoadResult> RunAsync(IReadOnlyList<Guid> ballots, CancellationToken cancellationToken, double? perSecond = null)
    {
        _next = -1;
        var latencies = new double[ballots.Count * cookies.Length];
        var phones = Enumerable.Range(0, Connections).Select(_ => Phone.Call(port)).ToArray();
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(phones.Chunk(Connections / Threads).Select(some => Task.Factory.StartNew(
            () => Cast(some, ballots, latencies, clock, perSecond, cancellationToken), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        var took = clock.Elapsed;
        Array.ForEach(phones, phone => phone.Dispose());
        Array.Sort(latencies);
        return new LoadResult(latencies.Length, took, latencies);
    }

    private void Cast(Phone[] phones, IReadOnlyList<Guid> ballots, double[] latencies, Stopwatch clock, double? perSecond, CancellationToken cancellationToken)
    {
        var idle = new Stack<Phone>(phones);
        var busy = new Dictionary<Socket, Phone>();
        var next = Interlocked.Increment(ref _next);
        while (next < latencies.Length || busy.Count > 0)
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (; next < latencies.Length && idle.Count > 0 && BeginsAt(next) <= clock.Elapsed; next = Interlocked.Increment(ref _next))
            {
                var phone = idle.Pop();
                (phone.Index, phone.Began) = (next, perSecond is null ? clock.Elapsed : BeginsAt(next));
                phone.Send(Write(phone.Buffer, ballots[next / cookies.Length], cookies[next % cookies.Length], next));
                busy.Add(phone.Socket, phone);
            }

            var answered = busy.Keys.ToList();
            var wait = next < latencies.Length && idle.Count > 0 ? Clamped(BeginsAt(next) - clock.Elapsed) : LongestWait;
            if (answered.Count == 0)
            {
                cancellationToken.WaitHandle.WaitOne(wait);
                continue;
            }

            Socket.Select(answered, null, null, wait);
            foreach (var phone in answered.Select(socket => busy[socket]).Where(phone => phone.HasWholeAnswer()))
            {
                latencies[phone.Index] = (clock.Elapsed - phone.Began).TotalMilliseconds;
                busy.Remove(phone.Socket);
                idle.Push(phone);
            }
        }

        TimeSpan BeginsAt(int index) => perSecond is { } pace ? TimeSpan.FromSeconds(index / pace) : TimeSpan.Zero;

        static TimeSpan Clamped(TimeSpan wait) => wait < ShortestWait ? ShortestWait : wait > LongestWait ? LongestWait : wait;
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

    /// <summary>A connection, and the cast under way on it.</summary>
    private sealed class Phone(Socket socket) : IDisposable
    {
        private int _length;

        public Socket Socket => socket;

        public byte[] Buffer { get; } = new byte[8192];

        public int Index { get; set; }

        public TimeSpan Began { get; set; }

        public static Phone Call(int port)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect("127.0.0.1", port);
            return new Phone(socket);
        }

        /// <param name="length">What the buffer holds of the request.</param>
        public void Send(int length)
        {
            socket.Send(Buffer.AsSpan(0, length));
            _length = 0;
        }

        /// <summary>Reads what has come. False when more is to come.</summary>
        /// <exception cref="BenchException">The answer is not 200, or the connection was closed.</exception>
        public bool HasWholeAnswer()
        {
            var read = socket.Receive(Buffer.AsSpan(_length));
            _length += read > 0 ? read : throw new BenchException("The product closed a connection.");
            var answer = Buffer.AsSpan(0, _length);
            return IsWhole(answer)
                && (answer.StartsWith("HTTP/1.1 200"u8) ? true : throw new BenchException($"A cast was answered: {Encoding.UTF8.GetString(answer)}"));
        }

        public void Dispose() => socket.Dispose();

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
}

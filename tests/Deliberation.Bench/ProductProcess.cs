using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using Npgsql;
using OsProcess = System.Diagnostics.Process;

namespace Deliberation.Bench;

/// <summary>The product as a process of its own, on the bench's server and a free port of loopback.</summary>
internal sealed class ProductProcess : IAsyncDisposable
{
    private const int Pool = 20; // with the base's 32 connections within the server's 60
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    private readonly OsProcess _process;

    private ProductProcess(OsProcess process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public Uri Address => new($"http://127.0.0.1:{Port}");

    /// <summary>Resident memory now, MB of 10^6 bytes.</summary>
    public double ResidentMegabytes => Status("VmRSS:");

    /// <summary>Resident memory at its highest.</summary>
    public double PeakMegabytes => Status("VmHWM:");

    /// <summary>Processor time used so far, all threads.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    public static async Task<ProductProcess> StartAsync(BenchServer server, CancellationToken cancellationToken)
    {
        var port = FreePort();
        var start = new ProcessStartInfo("dotnet", [Repository.WebProgram, "--urls", $"http://127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        var settings = new NpgsqlConnectionStringBuilder(server.ConnectionString) { MaxPoolSize = Pool };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production"; // as it is run; a loopback address is a secure origin
        start.Environment["ConnectionStrings__Deliberation"] = settings.ConnectionString;
        start.Environment["Secrets__File"] = Path.Combine(server.Folder, "secrets");
        start.Environment["Demo__Seed"] = "false";
        start.Environment["XDG_DATA_HOME"] = server.Folder; // its keys must not mix with those of a real installation
        var process = OsProcess.Start(start)!;
        _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var product = new ProductProcess(process, port);
        if (!await AnswersAsync(new Uri(product.Address, "health/live"), Patience, () => process.HasExited, cancellationToken))
        {
            await product.DisposeAsync();
            throw new BenchException($"The product does not answer. {await errors}");
        }

        return product;
    }

    /// <returns>False when it does not answer 200 in time, or has ended.</returns>
    public static async Task<bool> AnswersAsync(Uri page, TimeSpan patience, Func<bool> hasEnded, CancellationToken cancellationToken)
    {
        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < patience && !hasEnded(); await look.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                using var answer = await client.GetAsync(page, cancellationToken);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return true;
                }
            }
            catch (HttpRequestException)
            {
                // not listening yet
            }
        }

        return false;
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            using (var kill = OsProcess.Start("kill", ["-TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]))
            {
                await kill.WaitForExitAsync();
            }

            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(15));
            await _process.WaitForExitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!_process.HasExited)
            {
                _process.Kill();
            }
        }

        _process.Dispose();
    }

    private double Status(string key) => File.ReadLines($"/proc/{_process.Id}/status")
        .Where(line => line.StartsWith(key, StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], CultureInfo.InvariantCulture) * 1024 / 1_000_000)
        .First();
}

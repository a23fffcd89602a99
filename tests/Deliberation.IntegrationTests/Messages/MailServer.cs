using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Testing;
using MimeKit;
using OsProcess = System.Diagnostics.Process;

namespace Deliberation.IntegrationTests.Messages;

/// <summary>npm's <c>smtp-server</c> as a process of its own; what it does with a mail is written in <c>tests/mail-js/server.mjs</c>.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly OsProcess _process;
    private readonly Task _reading;

    private MailServer(OsProcess process, int port)
    {
        (_process, Port) = (process, port);
        _reading = ReadAsync();
    }

    public int Port { get; }

    public ConcurrentQueue<TakenMail> Taken { get; } = new();

    public static async Task<MailServer> StartAsync()
    {
        var process = OsProcess.Start(new System.Diagnostics.ProcessStartInfo("node", ["server.mjs"])
        {
            WorkingDirectory = Folder(), RedirectStandardInput = true, RedirectStandardOutput = true,
        })!;
        return new MailServer(process, int.Parse((await process.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture));
    }

    /// <summary>Waits for what was accepted by the protocol and is still on its way through the pipe.</summary>
    public Task UntilAsync(int count) => Eventually.HoldsAsync(() => Task.FromResult(Taken.Count >= count));

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        await _reading;
        _process.Dispose();
    }

    internal static string Folder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Deliberation.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("Deliberation.sln is not above the tests.");
        }

        return Path.Combine(folder.FullName, "tests", "mail-js");
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var mail = JsonSerializer.Deserialize<JsonObject>(line)!;
            using var raw = new MemoryStream(System.Text.Encoding.UTF8.GetBytes((string)mail["raw"]!));
            Taken.Enqueue(new TakenMail((string)mail["to"]![0]!, (string?)mail["user"], await MimeMessage.LoadAsync(raw), (string)mail["raw"]!));
        }
    }
}

internal sealed record TakenMail(string To, string? User, MimeMessage Message, string Raw);

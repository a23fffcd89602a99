using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Deliberation.Web.Startup;

/// <summary>Where the product listens.</summary>
/// <param name="TakenPort">The wanted port when somebody else has it; null when it was free.</param>
/// <param name="LanUrl">For a telephone in the same network; null unless asked for and found.</param>
internal sealed record Addresses(IReadOnlyList<string> Urls, int? TakenPort, string? LanUrl)
{
    private const int DefaultPort = 5080;

    /// <summary>The wanted addresses; without any, the default port or the next free one.</summary>
    public static Addresses Choose(string? urls, bool isLan)
    {
        if (urls is { Length: > 0 })
        {
            return new Addresses(urls.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), null, null);
        }

        var address = isLan ? IPAddress.Any : IPAddress.Loopback;
        var port = Enumerable.Range(DefaultPort, 100).First(candidate => IsFree(address, candidate));
        var host = isLan ? "0.0.0.0" : "localhost";
        return new Addresses([$"http://{host}:{port}"], port == DefaultPort ? null : DefaultPort, isLan && LanAddress() is { } lan ? $"http://{lan}:{port}" : null);
    }

    private static bool IsFree(IPAddress address, int port)
    {
        using var listener = new TcpListener(address, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static IPAddress? LanAddress() => NetworkInterface.GetAllNetworkInterfaces()
        .Where(i => i.OperationalStatus == OperationalStatus.Up && i.NetworkInterfaceType != NetworkInterfaceType.Loopback)
        .SelectMany(i => i.GetIPProperties().UnicastAddresses)
        .Select(a => a.Address)
        .FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork);
}

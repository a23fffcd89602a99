using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;

namespace Deliberation.Features.Workflows.Http;

/// <summary>The way out to web services: no redirects, no cookies, no proxy, bounded answers, and the address is looked at when the connection is made.</summary>
internal sealed class OutwardHttp : IDisposable
{
    /// <summary>Longest answer, in bytes.</summary>
    public const int MaxAnswerBytes = 256 * 1024;

    /// <summary>Headers that say how the bytes travel; they are the client's own.</summary>
    private static readonly string[] OwnHeaders = ["Host", "Connection", "Content-Length", "Content-Type", "Transfer-Encoding", "Upgrade", "Cookie", "Idempotency-Key"];

    private readonly IOptionsMonitor<HttpCallOptions> _options;
    private readonly HttpClient _client;

    public OutwardHttp(IOptionsMonitor<HttpCallOptions> options)
    {
        _options = options;
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectCallback = ConnectAsync,
            SslOptions = { RemoteCertificateValidationCallback = (_, certificate, _, errors) => errors is SslPolicyErrors.None || IsPinned(certificate) },
            MaxConnectionsPerServer = 4,
            MaxResponseHeadersLength = 32,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // the caller's token bounds the whole call, the body included
        };
    }

    /// <summary>Makes one call.</summary>
    /// <returns>What the activity is resumed with: a status and its content, or <c>refused</c>.</returns>
    /// <exception cref="HttpRequestException">Nobody answered.</exception>
    /// <exception cref="OperationCanceledException">Not in time.</exception>
    public async Task<JsonObject> SendAsync(HttpCall call, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Url);
        if (call.Content is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(call.Content));
            request.Content.Headers.TryAddWithoutValidation("Content-Type", call.ContentType);
        }

        foreach (var (name, value) in call.Headers.Where(header => !OwnHeaders.Contains(header.Key, StringComparer.OrdinalIgnoreCase)))
        {
            request.Headers.TryAddWithoutValidation(name, value is JsonArray list ? list.Select(item => item?.ToString()) : [value?.ToString()]);
        }

        request.Headers.Add("Idempotency-Key", call.CallId.ToString());
        using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        var body = await ReadAsync(response.Content, cancellationToken);
        return body is null
            ? new JsonObject { ["refused"] = $"The answer of {call.Url.Host} is longer than {MaxAnswerBytes} bytes." }
            : new JsonObject { ["statusCode"] = (int)response.StatusCode, ["headers"] = Headers(response), ["content"] = Content(body, response.Content.Headers.ContentType) };
    }

    public void Dispose() => _client.Dispose();

    /// <summary>True for addresses of this machine, of private and local networks, and others that are no host of the internet.</summary>
    internal static bool IsPrivate(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
        {
            return IsPrivate(address.MapToIPv4());
        }

        var bytes = address.GetAddressBytes();
        return IPAddress.IsLoopback(address) || (address.AddressFamily == AddressFamily.InterNetworkV6
            ? address.IsIPv6LinkLocal || address.IsIPv6SiteLocal || address.IsIPv6UniqueLocal || address.IsIPv6Multicast || address.Equals(IPAddress.IPv6Any)
                || (bytes[0], bytes[1]) is (0x20, 0x02) or (0x00, 0x64) // 6to4 and NAT64 carry an IPv4 address of anybody's choice
                || bytes.AsSpan(0, 4).SequenceEqual<byte>([0x20, 0x01, 0, 0])
            : bytes[0] is 0 or 10 or 127 or >= 224
                || (bytes[0], bytes[1]) is (169, 254) or (192, 168) or (198, 18) or (198, 19)
                || (bytes[0], bytes[1], bytes[2]) is (192, 0, 0)
                || bytes is [172, >= 16 and <= 31, ..] or [100, >= 64 and <= 127, ..]);
    }

    private bool IsPinned(X509Certificate? certificate) =>
        certificate is not null && _options.CurrentValue.PinnedCertificates.Contains(certificate.GetCertHashString(HashAlgorithmName.SHA256), StringComparer.OrdinalIgnoreCase);

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellationToken);
        if (!_options.CurrentValue.AllowsPrivateAddresses && Array.Exists(addresses, IsPrivate))
        {
            throw new HttpRequestException($"{context.DnsEndPoint.Host} has an address inside a private network.");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, cancellationToken); // the addresses that were looked at, not the name once more
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MaxAnswerBytes + 1];
        var length = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return length > MaxAnswerBytes ? null : buffer[..length];
    }

    private static JsonNode? Content(byte[] body, MediaTypeHeaderValue? type)
    {
        if (body.Length == 0)
        {
            return null;
        }

        if (type?.MediaType is { } media && (media.Equals("application/json", StringComparison.OrdinalIgnoreCase) || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase)))
        {
            try
            {
                return JsonNode.Parse(body, documentOptions: new JsonDocumentOptions { MaxDepth = 64 });
            }
            catch (JsonException)
            {
                // What calls itself JSON and is not is handed on as text.
            }
        }

        return Encoding.UTF8.GetString(body).Replace("\0", "", StringComparison.Ordinal); // PostgreSQL holds no NUL
    }

    private static JsonObject Headers(HttpResponseMessage response) => new(
        response.Headers.Concat(response.Content.Headers).DistinctBy(header => header.Key, StringComparer.OrdinalIgnoreCase)
            .Select(header => KeyValuePair.Create(header.Key, (JsonNode?)string.Join(", ", header.Value))));
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Deliberation.Features.Workflows.Http;
using Deliberation.Postgres;
using Microsoft.Extensions.Options;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>SMS and WeChat by a gateway: one POST of JSON a message, signed.</summary>
/// <remarks>
/// Body: <c>id</c>, <c>channel</c>, <c>to</c> (telephone number; a WeChat gateway knows whose it is), <c>language</c>, <c>text</c>. Header <c>Idempotency-Key</c> is the id, the same at each try.
/// <c>X-Deliberation-Signature</c> is the HMAC-SHA256, in hex, of <c>X-Deliberation-Timestamp</c> (Unix seconds), a dot and the body; the gateway refuses old timestamps.
/// </remarks>
internal sealed class GatewaySender(OutwardHttp http, MessageWords words, SecretsFile secrets, IOptionsMonitor<ChannelOptions> options, TimeProvider time)
{
    public async Task<DeliveryAnswer> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (((GatewayOptions)options.CurrentValue.Way(delivery.Channel)).Url is not { } url)
        {
            return DeliveryAnswer.Unavailable; // the setting was taken away: it waits for its return
        }

        var body = new JsonObject
        {
            ["id"] = delivery.Id.ToString(), ["channel"] = delivery.Channel, ["to"] = delivery.Address, ["language"] = delivery.Locale, ["text"] = words.Short(delivery),
        }.ToJsonString();
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var headers = new JsonObject { ["X-Deliberation-Timestamp"] = timestamp, ["X-Deliberation-Signature"] = Sign(KeyOf(secrets, delivery.Channel), timestamp, body) };
        try
        {
            var answer = await http.SendAsync(
                new HttpCall(delivery.Community, delivery.Id, Guid.Empty, "", "POST", url.AbsoluteUri, headers, "application/json", body, delivery.Attempt), cancellationToken);
            return (int?)answer["statusCode"] switch
            {
                null => DeliveryAnswer.TooLong,
                >= 200 and < 300 => DeliveryAnswer.Taken,
                408 or 429 or >= 500 => DeliveryAnswer.Unavailable,
                _ => DeliveryAnswer.Refused,
            };
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return DeliveryAnswer.Unreachable;
        }
    }

    public static string Sign(string key, string timestamp, string body) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), Encoding.UTF8.GetBytes($"{timestamp}.{body}")));

    /// <summary>The key that product and gateway share; made when there is none yet.</summary>
    public static string KeyOf(SecretsFile secrets, string channel) => secrets.GetOrCreate($"channels.{channel}.key", SecretsFile.Random);
}

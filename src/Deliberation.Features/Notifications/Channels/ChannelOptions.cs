using System.ComponentModel.DataAnnotations;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>Section <c>Channels</c>: the ways out of this installation. A way without an address is not offered to anybody.</summary>
/// <remarks>Secrets are in the secrets file: <c>channels.smtp-password</c>, and <c>channels.Sms.key</c> and <c>channels.WeChat.key</c>, which the product makes at the first message and the gateway checks signatures with.</remarks>
public sealed class ChannelOptions : IValidatableObject
{
    public const string Section = "Channels";

    /// <summary>Where people open the product, for links in messages: <c>https://council.example.org</c>. Null: messages go without links.</summary>
    public Uri? PublicAddress { get; set; }

    public MailOptions Email { get; set; } = new();

    public GatewayOptions Sms { get; set; } = new();

    public GatewayOptions WeChat { get; set; } = new();

    /// <summary>Longest wait for one try, from the connection to the answer. Machine time.</summary>
    /// <value>1 s to 1 min; 20 s unless set.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>What a community may spend on messages in a day, in fen, unless an admin has set another sum.</summary>
    /// <value>0 to 100,000,000; 10,000 (¥100) unless set.</value>
    [Range(0, 100_000_000)]
    public long DailyCapFen { get; set; } = 10_000;

    /// <summary>True on nodes that deliver. True unless set.</summary>
    public bool Delivers { get; set; } = true;

    /// <summary>Ways that staff carry out: they wait in a list and are marked by hand.</summary>
    public static IReadOnlyList<string> ByHand { get; } = ["Print", "Loudspeaker"];

    /// <summary>Ways that lead somewhere; those by hand always do.</summary>
    public string[] Carried =>
        [.. Email.Host is null ? [] : (string[])["Email"], .. Sms.Url is null ? [] : (string[])["Sms"], .. WeChat.Url is null ? [] : (string[])["WeChat"], .. ByHand];

    /// <returns>The pace and price of a way.</returns>
    public WayOptions Way(string channel) => channel switch { "Email" => Email, "Sms" => Sms, "WeChat" => WeChat, _ => throw new ArgumentOutOfRangeException(nameof(channel), channel, null) };

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Email is { Host: not null, From: null })
        {
            yield return new("Channels:Email:From says who writes; it is needed with Host.");
        }

        foreach (var gateway in new[] { Sms, WeChat }.Where(gateway => gateway.Url is { } url && url.Scheme != Uri.UriSchemeHttps))
        {
            yield return new($"{gateway.Url} is not https.");
        }
    }
}

/// <summary>Pace and price of a way out, counted over all nodes.</summary>
public class WayOptions
{
    /// <summary>Messages on their way at the same time: one that hangs holds up no more than this.</summary>
    /// <value>1 to 32; 4 unless set.</value>
    [Range(1, 32)]
    public int AtOnce { get; set; } = 4;

    /// <summary>Messages begun in one minute.</summary>
    /// <value>1 to 60,000; 600 unless set.</value>
    [Range(1, 60_000)]
    public int PerMinute { get; set; } = 600;

    /// <summary>What one message costs, in fen, for the daily cap. 0 unless set.</summary>
    [Range(0, 10_000)]
    public int PriceFen { get; set; }
}

/// <summary>Mail by SMTP.</summary>
public sealed class MailOptions : WayOptions
{
    /// <summary>Null: no mail.</summary>
    public string? Host { get; set; }

    [Range(1, 65_535)]
    public int Port { get; set; } = 587;

    /// <summary><c>StartTls</c> unless set; <c>Tls</c> from the first byte; <c>None</c> only to a relay on the same machine or network.</summary>
    [AllowedValues("StartTls", "Tls", "None")]
    public string Security { get; set; } = "StartTls";

    /// <summary>Null: no sign-in. Its password is <c>channels.smtp-password</c> of the secrets file.</summary>
    public string? User { get; set; }

    /// <summary>Address that writes.</summary>
    [EmailAddress]
    public string? From { get; set; }
}

/// <summary>A gateway for SMS or WeChat: takes a signed POST of JSON.</summary>
public sealed class GatewayOptions : WayOptions
{
    /// <summary>Null: no gateway.</summary>
    public Uri? Url { get; set; }
}

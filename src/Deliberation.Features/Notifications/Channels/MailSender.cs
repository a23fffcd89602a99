using System.Net.Sockets;
using Deliberation.Postgres;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>Mail by SMTP: one connection a message, plain text, no picture, no trace of who reads it.</summary>
internal sealed class MailSender(MessageWords words, SecretsFile secrets, IOptionsMonitor<ChannelOptions> options)
{
    public async Task<DeliveryAnswer> SendAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        var mail = options.CurrentValue.Email;
        if (mail is not { Host: { } host, From: { } from })
        {
            return DeliveryAnswer.Unavailable; // the setting was taken away: it waits for its return
        }

        if (!MailboxAddress.TryParse(delivery.Address, out var to))
        {
            return DeliveryAnswer.Refused;
        }

        using var message = Compose(delivery, new MailboxAddress(MessageWords.OneLine(delivery.CommunityName, 60), from), new MailboxAddress(MessageWords.OneLine(delivery.Name ?? "", 60), to.Address));
        using var client = new SmtpClient();
        try
        {
            await client.ConnectAsync(
                host, mail.Port, mail.Security switch { "Tls" => SecureSocketOptions.SslOnConnect, "None" => SecureSocketOptions.None, _ => SecureSocketOptions.StartTls }, cancellationToken);
            if (mail.User is { } user)
            {
                await client.AuthenticateAsync(user, secrets.Find("channels.smtp-password") ?? "", cancellationToken);
            }

            await client.SendAsync(message, cancellationToken);
        }
        catch (SmtpCommandException refused)
        {
            return (int)refused.StatusCode >= 500 ? DeliveryAnswer.Refused : DeliveryAnswer.Unavailable;
        }
        catch (AuthenticationException)
        {
            return DeliveryAnswer.Unavailable; // ours to mend, not the reader's fault
        }
        catch (Exception exception) when (exception is ProtocolException or IOException or SocketException or SslHandshakeException or NotSupportedException)
        {
            return DeliveryAnswer.Unreachable;
        }

        // It has been taken. A goodbye that fails must not repeat it.
        await client.DisconnectAsync(false, CancellationToken.None);
        return DeliveryAnswer.Taken;
    }

    /// <summary>The id of the delivery is that of the mail, so that a repeated one is known as the same.</summary>
    internal MimeMessage Compose(Delivery delivery, MailboxAddress from, MailboxAddress to)
    {
        var message = new MimeMessage { Subject = words.Subject(delivery), Body = new TextPart("plain") { Text = words.Long(delivery) } };
        message.From.Add(from);
        message.To.Add(to);
        message.Date = delivery.StartedAt;
        message.MessageId = $"{delivery.Id}@{from.Domain}";
        message.Headers.Add("Auto-Submitted", "auto-generated"); // RFC 3834: no answers from absent people
        return message;
    }
}

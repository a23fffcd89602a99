using System.Text;
using Deliberation.Process.Texts;
using Microsoft.Extensions.Options;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>Puts deliveries into words, in the reader's language.</summary>
internal sealed class MessageWords(TextCatalog texts, IOptionsMonitor<ChannelOptions> options)
{
    /// <summary>One text: the community, each fact, the page to open.</summary>
    public string Short(Delivery delivery) =>
        $"【{OneLine(delivery.CommunityName, 40)}】" + string.Join(' ', delivery.Facts.Select(fact => $"{OneLine(Fact(delivery, fact), 300)} {Address(fact.Link)}".TrimEnd()));

    public string Subject(Delivery delivery) => OneLine(
        delivery.Facts is [var only] ? Fact(delivery, only) : texts.Get(delivery.Locale, "contact.mail.digest", ("community", delivery.CommunityName), ("count", delivery.Facts.Count)), 120);

    /// <summary>Each fact with its reason and page, and how to change or stop what comes.</summary>
    public string Long(Delivery delivery)
    {
        var body = new StringBuilder();
        foreach (var fact in delivery.Facts)
        {
            body.Append(Fact(delivery, fact)).Append('\n');
            if (Address(fact.Link) is { Length: > 0 } address)
            {
                body.Append(address).Append('\n');
            }

            body.Append(texts.Get(delivery.Locale, "contact.mail.why", ("reason", texts.Get(delivery.Locale, fact.ReasonKey, fact.Values)))).Append('\n');
            if (MessageTopics.IsLegal(fact.TextKey))
            {
                body.Append(texts.Get(delivery.Locale, "contact.mail.legal")).Append('\n');
            }

            body.Append('\n');
        }

        body.Append(delivery.CommunityName).Append('\n');
        return (Address("/reach") is { Length: > 0 } reach ? body.Append(texts.Get(delivery.Locale, "contact.mail.reach", ("address", reach))).Append('\n') : body).ToString();
    }

    /// <summary>Text for a header or a line of its own: what would end the line is a space, what is too long is cut.</summary>
    /// <param name="longest">In UTF-16 units, the mark of the cut included.</param>
    public static string OneLine(string text, int longest)
    {
        var line = string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)).Trim();
        return line.Length <= longest ? line : string.Concat(line.AsSpan(0, char.IsHighSurrogate(line[longest - 2]) ? longest - 2 : longest - 1), "…");
    }

    private string Fact(Delivery delivery, DeliveredFact fact) => texts.Get(delivery.Locale, fact.TextKey, fact.Values);

    private string Address(string? link) => link is not null && options.CurrentValue.PublicAddress is { } home ? new Uri(home, link).AbsoluteUri : "";
}

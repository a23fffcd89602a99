using System.Collections.Frozen;

namespace Deliberation.Process.Texts;

/// <summary>What each message has to tell: the names that its text may fill in. A text that names another is refused when texts are loaded.</summary>
public static class MessageValues
{
    /// <summary>Names, and the messages that have them all. A message that stands under none has no values.</summary>
    private static readonly (string Names, string Keys)[] Groups =
    [
        ("question closesAt", "ballots.message.opened ballots.message.opened-paper ballots.message.reminder ballots.message.resumed ballots.message.extended"),
        ("question reason", "ballots.message.paused ballots.message.extended ballots.message.cancelled ballots.message.annulled"),
        ("question", "ballots.message.passed ballots.message.chosen ballots.message.rejected ballots.message.inquorate ballots.message.tied ballots.message.voided"),
        ("question", "ballots.message.filled ballots.message.partlyfilled ballots.message.runoff ballots.message.invalid ballots.message.recounted-alike ballots.message.recounted-otherwise"),
        ("chosen", "ballots.message.chosen"),
        ("text of", "broadcast.message.news broadcast.message.legal broadcast.message.not-voted"),
        ("basis", "broadcast.message.legal"),
        ("code minutes", "contact.message.code residents.message.code"),
        ("capFen", "contact.message.capped"),
        ("title until", "covenant.message.comment duty.message.remind duty.message.missing"),
        ("title", "covenant.message.sign outcome.message.published pledge.message.kept"),
        ("title closesAt", "evaluation.message.opened evaluation.message.reminder notice.message.published pledge.message.opened"),
        ("title", "notice.message.upheld notice.message.dismissed notice.message.dismissed-again notice.message.objection-late notice.message.withdrawn"),
        ("title dueAt", "notice.message.objection-filed notice.message.objection-due notice.message.objection-asked-again"),
        ("reason", "notice.message.withdrawn meeting.message.cancelled project.message.suspended project.message.cancelled post.message.yours"),
        ("theme meetsAt", "meeting.message.invited meeting.message.moved"),
        ("theme", "meeting.message.cancelled"),
        ("round", "meeting.message.invited"),
        ("place", "meeting.message.moved"),
        ("post count", "post.message.yours"),
        ("title", "project.message.launched project.message.took-office project.message.suspended project.message.resumed project.message.cancelled"),
        ("resumeOn", "project.message.suspended"),
        ("days", "project.message.resumed"),
        ("dueAt", "roll.message.filed roll.message.due task.message.assigned task.message.reminder task.message.returned task.message.sent-back task.message.transferred"),
        ("task", "task.message.assigned task.message.reminder task.message.returned task.message.sent-back task.message.transferred task.message.copied task.message.signer"),
        ("task", "task.message.sign-now task.message.objected task.message.urged task.message.escalated-up task.message.escalated-down"),
        ("reason", "task.message.returned task.message.sent-back task.message.transferred task.message.copied task.message.signer task.message.objected task.message.urged"),
        ("fromPost", "task.message.returned task.message.escalated-up"),
        ("toPost", "task.message.escalated-up task.message.escalated-down"),
        ("what", "order.message.issued order.message.remind order.message.overdue order.message.overdue-issuer order.message.answered order.message.settled"),
        ("what", "order.message.returned order.message.asked order.message.asked-remind order.message.asked-overdue"),
        ("dueAt", "order.message.issued order.message.remind order.message.returned order.message.asked order.message.asked-remind"),
        ("post", "order.message.overdue-issuer order.message.answered"),
        ("reason", "order.message.returned"),
        ("task post dueAt", "task.message.inform"),
        ("question", "question.message.asked question.message.assigned question.message.remind question.message.late question.message.answered"),
        ("until", "question.message.asked question.message.assigned question.message.remind resolution.message.assigned"),
        ("department month", "pack.message.made"),
        ("title", "resolution.message.assigned resolution.message.unassigned"),
        ("", "contact.message.test pledge.message.due roll.message.upheld roll.message.dismissed"),
    ];

    private static readonly FrozenDictionary<string, FrozenSet<string>> Names = Groups
        .SelectMany(group => group.Keys.Split(' '), (group, key) => (Key: key, Names: group.Names.Split(' ', StringSplitOptions.RemoveEmptyEntries)))
        .GroupBy(pair => pair.Key, pair => pair.Names)
        .ToFrozenDictionary(pairs => pairs.Key, pairs => pairs.SelectMany(names => names).ToFrozenSet());

    /// <returns>Names of a message, or of the spoken text of one; null when the key is not a message that is listed here.</returns>
    public static IReadOnlySet<string>? Of(string key) => Names.GetValueOrDefault(key.Replace(".spoken.", ".message.", StringComparison.Ordinal));

    /// <summary>Placeholders of a text, without their formats.</summary>
    public static IEnumerable<string> In(string text)
    {
        for (var open = text.IndexOf('{', StringComparison.Ordinal); open >= 0; open = text.IndexOf('{', open + 1))
        {
            if (text.IndexOf('}', open) is > 0 and var close)
            {
                yield return text[(open + 1)..close].Split(':')[0];
            }
        }
    }

    /// <summary>Refuses a text that names what its message does not have.</summary>
    /// <param name="source">File that holds the text.</param>
    /// <exception cref="FormatException">Names the file, the text and the placeholder.</exception>
    public static void Check(string source, string key, string text)
    {
        if (Of(key) is { } names && In(text).FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new FormatException($"{source}: {key} names {{{unknown}}}, which this message does not have. It has: {string.Join(", ", names.Order(StringComparer.Ordinal))}.");
        }
    }
}

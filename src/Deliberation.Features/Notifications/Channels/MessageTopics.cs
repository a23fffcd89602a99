namespace Deliberation.Features.Notifications.Channels;

/// <summary>What messages are about. The topic of a message is the first word of its text key; people mute topics.</summary>
public static class MessageTopics
{
    /// <summary>Topics that a resident may mute, in the order of the settings page.</summary>
    public static IReadOnlyList<string> OfResidents { get; } = ["project", "meeting", "pledge", "covenant", "evaluation", "outcome", "ballots", "notice", "question", "broadcast"];

    /// <summary>Topics that staff may mute.</summary>
    public static IReadOnlyList<string> OfStaff { get; } = ["task", "order", "duty", "post", "question", "resolution", "pack", "project", "meeting"];

    /// <summary>Legal notices: nobody may be spared them, they are never in a digest.</summary>
    /// <remarks>Owners and voters must be told of a vote, its changes and its result, of public notices and of answers to their objections: Civil Code art. 278, 280; Organic Law of Residents' Committees.</remarks>
    public static IReadOnlyList<string> Legal { get; } =
    [
        "ballots.message.opened", "ballots.message.opened-paper", "ballots.message.paused", "ballots.message.resumed", "ballots.message.extended", "ballots.message.cancelled",
        "ballots.message.passed", "ballots.message.chosen", "ballots.message.rejected", "ballots.message.inquorate", "ballots.message.tied", "ballots.message.voided",
        "ballots.message.filled", "ballots.message.partlyfilled", "ballots.message.runoff", "ballots.message.invalid",
        "ballots.message.recounted-alike", "ballots.message.recounted-otherwise", "ballots.message.annulled",
        "notice.message.published", "notice.message.withdrawn", "notice.message.upheld", "notice.message.dismissed", "notice.message.dismissed-again",
        "notice.message.objection-filed", "notice.message.objection-due", "notice.message.objection-late", "notice.message.objection-asked-again",
        "roll.message.filed", "roll.message.due", "roll.message.upheld", "roll.message.dismissed",
        "broadcast.message.legal",
    ];

    /// <summary>Cannot wait for a digest: somebody stands at the door of something that closes.</summary>
    public static IReadOnlyList<string> Urgent { get; } =
    [
        "residents.message.code", "contact.message.code", "contact.message.capped",
        "ballots.message.reminder", "meeting.message.moved", "meeting.message.cancelled", "task.message.escalated-up", "task.message.urged",
    ];

    /// <summary>Say who has not voted: no desk prints them or sees to whom they went. A list of SQL.</summary>
    internal const string TellWhoHasNotVoted = "('ballots.message.reminder', 'broadcast.message.not-voted')";

    /// <summary>Asked for by the person a moment ago: before all others.</summary>
    public static IReadOnlyList<string> Codes { get; } = ["residents.message.code", "contact.message.code"];

    public static bool IsLegal(string textKey) => Legal.Contains(textKey);
}

using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;

namespace Deliberation.Features.Residents;

/// <summary>What waits for the caller: the ballots. Evaluations, pledges and signatures have lists of their own.</summary>
public sealed record ListMyMatters(Caller Caller, CommunityId Community) : IQuery<MyMatters>
{
    public Audience Audience => Audience.Resident;
}

/// <param name="MaskedName">张*兰.</param>
/// <param name="ToVote">Open, with at least one unit of the caller that has not voted; closing time first.</param>
/// <param name="Voted">Open, all units voted.</param>
/// <param name="Results">Closed within 90 days, newest first.</param>
/// <param name="UnreadMessages">0 or more.</param>
public sealed record MyMatters(
    string MaskedName,
    string? Building,
    string? Door,
    IReadOnlyList<BallotLine> ToVote,
    IReadOnlyList<BallotLine> Voted,
    IReadOnlyList<BallotLine> Results,
    int UnreadMessages);

/// <summary>The caller's in-app messages, newest first, at most 100. Reading marks nothing: <see cref="MarkMessagesRead"/> does.</summary>
public sealed record ListMyMessages(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<MessageLine>>
{
    public Audience Audience => Audience.Resident;
}

/// <param name="TextKey">Put into words with <paramref name="Values"/>.</param>
/// <param name="ReasonKey">Why the caller gets it.</param>
public sealed record MessageLine(
    Guid Message, string TextKey, JsonObject Values, string ReasonKey, string? Link, DateTimeOffset CouncilAt, bool IsRead);

/// <summary>Marks the caller's messages up to now as read.</summary>
public sealed record MarkMessagesRead(Caller Caller, CommunityId Community) : ICommand<int>
{
    public Audience Audience => Audience.Resident;
}

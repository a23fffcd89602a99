using System.Text.Json.Nodes;
using Deliberation.Domain;

namespace Deliberation.Features.Notifications.Channels;

/// <summary>What a try to deliver came to.</summary>
internal enum DeliveryAnswer
{
    /// <summary>The receiver has it.</summary>
    Taken,

    /// <summary>The receiver will never take it: unknown address, wrong key, a redirect.</summary>
    Refused,

    /// <summary>The receiver cannot take it now.</summary>
    Unavailable,

    /// <summary>Nobody answers there, or it is a private address.</summary>
    Unreachable,

    /// <summary>No answer in time; it may have been taken.</summary>
    Timeout,

    /// <summary>An answer without end; it may have been taken.</summary>
    TooLong,

    /// <summary>The person has neither telephone nor confirmed address for this way.</summary>
    NoAddress,
}

/// <summary>One fact that a person is told.</summary>
internal sealed record DeliveredFact(string TextKey, JsonObject Values, string ReasonKey, string? Link);

/// <summary>A delivery in this node's hands.</summary>
/// <param name="Id">Stable over all tries.</param>
/// <param name="Attempt">This one included, 1 or more.</param>
/// <param name="Address">Telephone number or mail address; null when the person has none.</param>
/// <param name="Facts">Several in a digest, in the order in which they happened.</param>
internal sealed record Delivery(CommunityId Community, Guid Id, string Channel, int Attempt, DateTimeOffset StartedAt)
{
    public string? Address { get; init; }

    public string? Name { get; init; }

    public string Locale { get; init; } = "zh-Hans";

    public string CommunityName { get; init; } = "";

    public IReadOnlyList<DeliveredFact> Facts { get; init; } = [];
}

/// <summary>When a failed try is repeated.</summary>
internal static class Retries
{
    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromHours(7), TimeSpan.FromMinutes(765),
    ];

    /// <summary>Tries in all; the last is 24 hours after the first.</summary>
    public static int MaxAttempts => Pauses.Length + 1;

    /// <param name="attempt">The one that failed, 1 or more.</param>
    /// <returns>Null: no more tries.</returns>
    public static TimeSpan? After(int attempt, DeliveryAnswer answer) =>
        answer is DeliveryAnswer.Refused or DeliveryAnswer.NoAddress || attempt > Pauses.Length ? null : Pauses[attempt - 1];
}

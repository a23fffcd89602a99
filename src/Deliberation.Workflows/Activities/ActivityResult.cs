using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Activities;

/// <summary>Something that must be done outside the engine, in the same transaction as the step. Records only; carried out by the host.</summary>
#pragma warning disable CA1040 // a marker is what this is: the host dispatches on the concrete record
public interface IWorkflowCommand;
#pragma warning restore CA1040

/// <summary>A wait that an activity asks for.</summary>
/// <param name="Name">What it waits for, for example <c>close</c>, <c>reminder</c>, <c>completed</c>. Unique with <paramref name="Key"/> within a visit.</param>
/// <param name="Key">Tells several waits of one name apart; null when there is one.</param>
/// <param name="DueAt">When set, a timer of the host resumes it at this instant of council time; null waits for an event only.</param>
/// <param name="Payload">Shown to staff and hashed for stimulus matching (Elsa: bookmark payload); null when none.</param>
/// <param name="CatchUp">What to do when a timer is found late.</param>
/// <param name="IsFixed">The instant stays where it is when the instance is paused and resumed: a period fixed by law.</param>
public sealed record BookmarkRequest(
    string Name,
    string? Key = null,
    DateTimeOffset? DueAt = null,
    JsonNode? Payload = null,
    CatchUp CatchUp = CatchUp.Once,
    bool IsFixed = false);

/// <summary>What a timer does when it is found late, for example after an outage.</summary>
public enum CatchUp
{
    /// <summary>Fire once, with the lateness recorded. Closings and escalations.</summary>
    Once,

    /// <summary>As <see cref="Once"/>; and the next of its series is reckoned from when this one was due, so that each one missed is fired in its turn. Duties that are counted.</summary>
    Each,

    /// <summary>Drop it when its step has moved on or more than a day has passed. Reminders.</summary>
    Skip,
}

/// <summary>What resumed an activity.</summary>
/// <param name="Name">Name of the bookmark.</param>
/// <param name="Key">Its key, null when it has none.</param>
/// <param name="Input">What the event carries; null for a timer.</param>
/// <param name="DueAt">The instant the timer was due; null for an event.</param>
public sealed record Resumption(string Name, string? Key, JsonNode? Input, DateTimeOffset? DueAt);

/// <summary>What an activity decided. Immutable: each <c>With…</c> returns a copy.</summary>
public sealed record ActivityResult
{
    /// <summary>True when the visit is over; all bookmarks it left are then burnt.</summary>
    public bool IsCompleted { get; private init; }

    /// <summary>Outcomes followed; empty means <c>Done</c>. Only with <see cref="IsCompleted"/>.</summary>
    public ImmutableArray<string> Outcomes { get; private init; } = [];

    public ImmutableArray<BookmarkRequest> Bookmarks { get; private init; } = [];

    /// <summary>Bookmarks of this visit to remove, by name, and by key when given. The resumed one is burnt by itself.</summary>
    public ImmutableArray<(string Name, string? Key)> Burned { get; private init; } = [];

    public ImmutableArray<IWorkflowCommand> Commands { get; private init; } = [];

    public ImmutableDictionary<string, JsonNode?> Outputs { get; private init; } = ImmutableDictionary<string, JsonNode?>.Empty;

    /// <summary>The visit's own memory, kept until it completes; null leaves it as it was.</summary>
    public JsonObject? State { get; private init; }

    /// <summary>Set when the activity cannot go on: becomes an incident.</summary>
    public string? Fault { get; private init; }

    /// <summary>A retry executes the visit again instead of resuming it with the same input. Only with <see cref="Fault"/>.</summary>
    internal bool IsRetriedFromTheStart { get; private init; }

    /// <summary>Changes inside the instance; only for Elsa's own activities.</summary>
    internal ImmutableArray<Effect> Effects { get; private init; } = [];

    /// <summary>The plain completion; shared because it is what most visits answer.</summary>
    internal static ActivityResult Done { get; } = new() { IsCompleted = true };

    public static ActivityResult Complete(params string[] outcomes) => outcomes.Length == 0 ? Done : new() { IsCompleted = true, Outcomes = [.. outcomes] };

    /// <summary>Goes on waiting with the bookmarks it has, plus those added.</summary>
    public static ActivityResult Wait(params BookmarkRequest[] bookmarks) => new() { Bookmarks = [.. bookmarks] };

    public static ActivityResult Failed(string message) => new() { Fault = message };

    public ActivityResult WithBookmark(BookmarkRequest bookmark) => this with { Bookmarks = Bookmarks.Add(bookmark) };

    public ActivityResult WithBookmarks(IEnumerable<BookmarkRequest> bookmarks) => this with { Bookmarks = Bookmarks.AddRange(bookmarks) };

    public ActivityResult WithCommand(IWorkflowCommand command) => this with { Commands = Commands.Add(command) };

    public ActivityResult WithOutput(string name, JsonNode? value) => this with { Outputs = Outputs.SetItem(name, value) };

    public ActivityResult WithState(JsonObject state) => this with { State = state };

    internal ActivityResult FromTheStart() => this with { IsRetriedFromTheStart = true };

    internal ActivityResult WithEffect(Effect effect) => this with { Effects = Effects.Add(effect) };

    public ActivityResult Burn(string name, string? key = null) => this with { Burned = Burned.Add((name, key)) };
}

using System.Globalization;
using Deliberation.Features.Operations;
using Deliberation.Postgres.Maintenance;
using Deliberation.Web.Language;

namespace Deliberation.Web.Parts;

/// <summary>Model of <c>_Jobs</c>: the same for admins, who act, and officials, who look on.</summary>
/// <param name="Act">What was sent and came back; null for those who only look.</param>
public sealed record JobsPart(JobsPage Page, JobActPart? Act);

/// <summary>The form that asks for a run.</summary>
/// <param name="Used">Job of the form that was sent; null when none was.</param>
public sealed record JobActPart(string? Used, string? Reason);

/// <summary>Jobs in words.</summary>
public static class JobWords
{
    /// <summary>How the last run went.</summary>
    public static StatusPart Outcome(ITexts texts, MaintenanceState job) => job switch
    {
        { StartedAt: null } => new StatusPart("", texts["jobs.never"]),
        { EndedAt: null, IsNodeGone: true } => new StatusPart("no", texts["jobs.broken-off"]),
        { EndedAt: null } => new StatusPart("do", texts["jobs.running"]),
        { Error: not null } => new StatusPart("no", texts["jobs.failed"]),
        _ => new StatusPart("ok", texts["jobs.went-well"]),
    };

    /// <summary>How long the last run took; null while it has not ended.</summary>
    public static string? Took(ITexts texts, MaintenanceState job) => job is { StartedAt: { } began, EndedAt: { } ended }
        ? texts.Get("jobs.seconds", new { seconds = (ended - began).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) })
        : null;

    public static StatusPart Node(ITexts texts, NodeLine node) =>
        node.IsAlive ? new StatusPart("ok", texts["jobs.node-alive"])
        : node.LeftAt is { } left ? new StatusPart("", texts.Get("jobs.node-left", new { at = left }))
        : new StatusPart("no", texts.Get("jobs.node-gone", new { since = node.BeatAt }));
}

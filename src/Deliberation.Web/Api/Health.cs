using System.Globalization;
using System.Text;
using Deliberation.Postgres;
using Deliberation.Web.Access;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Npgsql;

namespace Deliberation.Web.Api;

/// <summary>For what watches the product, from the operator's networks only. Live: the process answers. Ready: it can do its work.</summary>
internal static class Health
{
    public static void MapHealth(this WebApplication app)
    {
        app.MapGet("/health/live", () => TypedResults.Text("live")).RequireAuthorization(Policies.Operator);
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready"), ResponseWriter = WriteAsync })
            .RequireAuthorization(Policies.Operator);
        app.MapGet("/metrics", MetricsAsync).RequireAuthorization(Policies.Operator).ExcludeFromDescription();
    }

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(new
    {
        Status = report.Status switch { HealthStatus.Healthy => "ready", HealthStatus.Degraded => "ready, but look at it", _ => "not ready" },
        Checks = report.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => new
        {
            Name = entry.Key,
            IsGood = entry.Value.Status == HealthStatus.Healthy,
            Says = entry.Value.Description ?? "",
        }),
    });

    /// <summary>The text format of Prometheus.</summary>
    private static async Task<IResult> MetricsAsync(OperatorFigures figures, CancellationToken cancellationToken)
    {
        OperatorFigures.Reading read;
        OperatorFigures.Flow flow;
        try
        {
            read = await figures.ReadAsync(cancellationToken);
            flow = await figures.ReadFlowAsync(cancellationToken);
        }
        catch (NpgsqlException)
        {
            return TypedResults.StatusCode(StatusCodes.Status503ServiceUnavailable);
        }

        var text = new StringBuilder();
        Add(text, "deliberation_timer_lag_seconds", "Machine seconds by which the oldest due timer is late.", read.TimerLagSeconds);
        Add(text, "deliberation_outbox_lag_seconds", "Machine seconds for which the oldest message that may go out has waited.", read.OutboxLagSeconds);
        Add(text, "deliberation_parked_steps", "Timers and events put aside after repeated failures.", read.Parked);
        Add(text, "deliberation_open_incidents", "Workflows stopped by an error.", read.Incidents);
        Add(text, "deliberation_oldest_transaction_seconds", "Age of the oldest open transaction on the database.", read.OldestTransactionSeconds);
        Add(text, "deliberation_overdue_timers", "Timers past their instant that are free to fire.", flow.OverdueTimers);
        Add(text, "deliberation_timer_lateness_seconds", "Machine seconds by which timers of the last hour fired late, by quantile.",
            ("quantile=\"0.5\"", flow.LateP50Seconds), ("quantile=\"0.95\"", flow.LateP95Seconds), ("quantile=\"0.99\"", flow.LateP99Seconds));
        Add(text, "deliberation_outbox_waiting", "Messages that may go out and have not, by channel.", [.. flow.Outbox.Select(way => ($"channel=\"{way.Channel}\"", (double)way.Waiting))]);
        Add(text, "deliberation_checkpoint_age_seconds", "Machine seconds since the newest checkpoint of the log whose newest is oldest.", flow.CheckpointAgeSeconds);
        Add(text, "deliberation_log_waiting", "Entries that wait to be put into a log.", flow.LogWaiting);
        Add(text, "deliberation_nodes_alive", "Nodes heard of in the last 20 seconds.", flow.NodesAlive);
        return TypedResults.Text(text.ToString(), "text/plain; version=0.0.4");
    }

    private static void Add(StringBuilder text, string name, string help, params ReadOnlySpan<(string Label, double Value)> values)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n");
        foreach (var (label, value) in values)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}{{{label}}} {value:0.###}\n");
        }
    }

    private static void Add(StringBuilder text, string name, string help, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value:0.###}\n");
}

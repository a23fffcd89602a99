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
        try
        {
            read = await figures.ReadAsync(cancellationToken);
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
        return TypedResults.Text(text.ToString(), "text/plain; version=0.0.4");
    }

    private static void Add(StringBuilder text, string name, string help, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value:0.###}\n");
}

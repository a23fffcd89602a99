using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Deliberation.Features.Workflows.Http;

/// <summary>A call that waits to be made.</summary>
/// <param name="Attempts">This one included.</param>
internal sealed record HttpCall(
    CommunityId Community, Guid CallId, Guid InstanceId, string VisitId, string Method, string Address, JsonObject Headers, string? ContentType, string? Content, int Attempts)
{
    public Uri Url { get; } = new(Address);
}

/// <summary>Makes calls outside every transaction: claimed for a while, made, answered. A node that dies in between leaves the call to another, which repeats it with the same <c>Idempotency-Key</c>.</summary>
internal sealed partial class HttpCallDelivery(
    NpgsqlDataSource dataSource, OutwardHttp http, IOptionsMonitor<HttpCallOptions> options, IPumpSignal pump, ILogger<HttpCallDelivery> logger)
{
    /// <summary>Tries before the workflow is told that nobody answers; they take three quarters of an hour.</summary>
    public const int MaxAttempts = 8;

    /// <returns>False when no call waits.</returns>
    public async Task<bool> RunOneAsync(CancellationToken cancellationToken)
    {
        if (await ClaimAsync(cancellationToken) is not { } call)
        {
            return false;
        }

        await MakeAsync(call, cancellationToken);
        return true;
    }

    /// <summary>Makes a claimed call and writes down its answer, or when it is tried again.</summary>
    public async Task MakeAsync(HttpCall call, CancellationToken cancellationToken)
    {
        var (answer, error) = await TryAsync(call, cancellationToken);
        if (answer is null)
        {
            LogFailed(call.Url.Host, call.InstanceId, call.Attempts, error!);
            await PostponeAsync(call, error!, cancellationToken);
            return;
        }

        await AnswerAsync(call, answer, cancellationToken);
        pump.Wake();
    }

    /// <summary>Claims the oldest call that waits, for longer than it can take.</summary>
    /// <returns>Null when none waits.</returns>
    public async Task<HttpCall?> ClaimAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await connection.RowAsync<HttpCall>(
            """
            update http_call c
            set attempts = attempts + 1, lease_until = clock_timestamp() + @lease
            from (
                select community_id, call_id
                from http_call
                where (retry_at is null or retry_at <= clock_timestamp()) and (lease_until is null or lease_until <= clock_timestamp())
                order by call_id
                limit 1
                for update skip locked) due
            where c.community_id = due.community_id and c.call_id = due.call_id
            returning c.community_id as community, c.call_id, c.instance_id, c.visit_id, c.method, c.url as address, c.headers, c.content_type, c.content, c.attempts
            """,
            new { lease = options.CurrentValue.Timeout + TimeSpan.FromSeconds(30) },
            cancellationToken);
    }

    /// <returns>The answer; null, and what went wrong, when it is to be tried again.</returns>
    private async Task<(JsonObject? Answer, string? Error)> TryAsync(HttpCall call, CancellationToken cancellationToken)
    {
        if (!options.CurrentValue.Allows(call.Url))
        {
            return (new JsonObject { ["refused"] = $"{call.Url.GetLeftPart(UriPartial.Authority)} is no longer among HttpCalls:AllowedOrigins." }, null);
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.CurrentValue.Timeout);
        string failure, error;
        try
        {
            return (await http.SendAsync(call, patience.Token), null);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            (failure, error) = ("Timeout", $"no answer within {options.CurrentValue.Timeout.TotalSeconds:0} s");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or FormatException)
        {
            (failure, error) = ("Failed to connect", exception.Message);
        }

        return call.Attempts >= MaxAttempts ? (new JsonObject { ["failure"] = failure }, null) : (null, error);
    }

    /// <summary>The event and the end of the call commit together; whoever comes second finds no call.</summary>
    private async Task AnswerAsync(HttpCall call, JsonObject answer, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        if (await connection.RunAsync("delete from http_call where community_id = @Community and call_id = @CallId", new { call.Community, call.CallId }, cancellationToken) == 1)
        {
            await connection.AddWorkflowEventAsync(
                new WorkflowEvent(call.Community, call.InstanceId, call.CallId, call.VisitId, "Elsa.SendHttpRequest", null, answer, await connection.CouncilNowAsync(cancellationToken)), cancellationToken);
        }

        await transaction.CommitAsync(cancellationToken);
    }

    private async Task PostponeAsync(HttpCall call, string error, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await connection.RunAsync(
            """
            update http_call set lease_until = null, last_error = left(@error, 2000), retry_at = clock_timestamp() + interval '10 seconds' * power(2, @Attempts - 1)
            where community_id = @Community and call_id = @CallId
            """,
            new { error, call.Attempts, call.Community, call.CallId },
            cancellationToken);
    }

    [LoggerMessage(3010, LogLevel.Warning, "Call of {Host} for instance {InstanceId} failed, try {Attempt}: {Reason}")]
    private partial void LogFailed(string host, Guid instanceId, int attempt, string reason);
}

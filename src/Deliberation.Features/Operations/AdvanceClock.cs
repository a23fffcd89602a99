using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Operations;

/// <summary>How far the demo's clock is moved on.</summary>
public enum ClockStep
{
    /// <summary>24 hours.</summary>
    Day,

    /// <summary>To the next timer of the community that is still ahead.</summary>
    NextTimer,
}

/// <summary>Moves council time on in a demo; it never goes back. Refused with <c>clock.not-demo</c> where a community holds real data, <c>clock.no-timer</c>.</summary>
/// <returns>Council time afterwards.</returns>
public sealed record AdvanceClock(Caller Caller, CommunityId Community, ClockStep Step) : ICommand<DateTimeOffset>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class AdvanceClockHandler(CouncilSession session) : IRequestHandler<AdvanceClock, Result<DateTimeOffset>>
{
    public async Task<Result<DateTimeOffset>> Handle(AdvanceClock request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        await connection.ExecuteAsync(new CommandDefinition("select rate from council_clock for update", cancellationToken: cancellationToken));
        if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select from community where not is_demo)", cancellationToken: cancellationToken)))
        {
            return Refusal.Conflict("clock.not-demo");
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        DateTimeOffset? to = request.Step is ClockStep.Day
            ? now + TimeSpan.FromDays(1)
            : await connection.ExecuteScalarAsync<DateTimeOffset?>(new CommandDefinition(
                "select min(due_at) from workflow_timer where community_id = @community and due_at > @now and parked_at is null",
                new { community = request.Community.Value, now },
                cancellationToken: cancellationToken));
        if (to is not { } then)
        {
            return Refusal.Conflict("clock.no-timer");
        }

        await connection.ExecuteAsync(new CommandDefinition(
            "update council_clock set anchor_council = @then, anchor_machine = clock_timestamp()", new { then }, cancellationToken: cancellationToken));
        await connection.AddAuditAsync(
            new AuditEntry(
                request.Community, request.Caller.ActorKind, request.Caller.ActorId, nameof(AdvanceClock), "clock:council", now,
                Details: new JsonObject { ["to"] = then.ToString("O") }),
            cancellationToken);
        return then;
    }
}

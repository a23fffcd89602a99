using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Postgres;
using Deliberation.Postgres.Outbox;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Pledges;

/// <summary>Notes that a promise was kept.</summary>
/// <param name="Proof">Receipt number, photo reference or witness; 1–500 characters.</param>
public sealed record KeepPledge(Caller Caller, CommunityId Community, Guid Pledge, string Proof) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Closes a promise that was not kept: waived by the council, or unkept.</summary>
/// <param name="IsWaived">True = waived; false = unkept.</param>
public sealed record ClosePledge(Caller Caller, CommunityId Community, Guid Pledge, bool IsWaived, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed record PledgeRow(
    Guid PledgeId, ProjectId ProjectId, ResidentId ResidentId, string State, string BoardState, string Title, DateTimeOffset ClosesAt);

internal static class PledgeRows
{
    public static Task<PledgeRow?> LockPledgeAsync(this NpgsqlConnection connection, CommunityId community, Guid pledge, CancellationToken cancellationToken) =>
        connection.RowAsync<PledgeRow>(
            """
            select p.pledge_id, b.project_id, p.resident_id, p.state, b.state as board_state, b.title, b.closes_at
            from pledge p join pledge_board b using (community_id, board_id)
            where p.community_id = @community and p.pledge_id = @pledge
            for update of p
            """,
            new { community, pledge },
            cancellationToken);

    public static Task SettlePledgeAsync(
        this NpgsqlConnection connection, Caller caller, CommunityId community, PledgeRow pledge, string state, string? proof, DateTimeOffset now, CancellationToken cancellationToken) =>
        connection.RunAsync(
            """
            update pledge set state = @state, settled_at = @now, settled_by = @staff::uuid, proof = @proof, version = version + 1
            where community_id = @community and pledge_id = @pledgeId
            """,
            new { state, now, staff = caller.Staff?.Value, proof, community, pledge.PledgeId },
            cancellationToken);
}

internal sealed class KeepPledgeHandler(CouncilSession session) : IRequestHandler<KeepPledge, Result<Done>>
{
    public async Task<Result<Done>> Handle(KeepPledge request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockPledgeAsync(request.Community, request.Pledge, cancellationToken) is not { } pledge)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (pledge.State is not ("Promised" or "Unkept"))
        {
            return Refusal.Conflict("pledge.settled");
        }

        if (request.Proof.Trim().Length is < 1 or > 500)
        {
            return Refusal.Invalid("pledge.proof-missing", "Proof");
        }

        await connection.SettlePledgeAsync(request.Caller, request.Community, pledge, "Kept", request.Proof.Trim(), now, cancellationToken);
        await connection.AddMessageAsync(
            new OutboxMessage
            {
                Community = request.Community,
                DedupKey = $"pledge:{pledge.PledgeId}:kept",
                Resident = pledge.ResidentId,
                Project = pledge.ProjectId,
                TextKey = "pledge.message.kept",
                Values = new JsonObject { ["title"] = pledge.Title },
                ReasonKey = "pledge.reason.yours",
                Link = $"/pledges/{pledge.ProjectId}",
                CouncilAt = now,
                NotBefore = await connection.NotBeforeAsync(request.Community, now, cancellationToken),
            },
            cancellationToken);
        await connection.TimelineAsync(
            request.Caller, request.Community, pledge.ProjectId, now, "Pledge", "pledge.timeline.kept", new JsonObject { ["title"] = pledge.Title },
            $"/pledges/{pledge.ProjectId}", cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(KeepPledge), $"pledge:{request.Pledge}", now, cancellationToken);
        return Done.Value;
    }
}

internal sealed class ClosePledgeHandler(CouncilSession session) : IRequestHandler<ClosePledge, Result<Done>>
{
    public async Task<Result<Done>> Handle(ClosePledge request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockPledgeAsync(request.Community, request.Pledge, cancellationToken) is not { } pledge)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (pledge.State != "Promised")
        {
            return Refusal.Conflict("pledge.settled");
        }

        if (request.Reason.Trim().Length is < 1 or > 500)
        {
            return Refusal.Invalid("pledge.reason-missing", "Reason");
        }

        await connection.SettlePledgeAsync(request.Caller, request.Community, pledge, request.IsWaived ? "Waived" : "Unkept", request.Reason.Trim(), now, cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(ClosePledge), $"pledge:{request.Pledge}", now, cancellationToken, request.Reason);
        return Done.Value;
    }
}

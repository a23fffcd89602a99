using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Pledges;

/// <summary>Promises something to a project, within the board's window. A promise, never a payment.</summary>
/// <param name="Quantity">Unit of the need: fen, days or pieces; 1 or more.</param>
/// <param name="DueOn">Last day to honour it, today or later.</param>
/// <param name="ShowsName">False unless the pledger says so.</param>
public sealed record MakePledge(Caller Caller, CommunityId Community, Guid Board, string NeedId, long Quantity, string Note, DateOnly DueOn, bool ShowsName) : ICommand<Guid>
{
    public Audience Audience => Audience.Resident;
}

/// <summary>The pledger takes a promise back while the board is open.</summary>
public sealed record WithdrawPledge(Caller Caller, CommunityId Community, Guid Pledge) : ICommand<Done>
{
    public Audience Audience => Audience.Resident;
}

internal sealed class MakePledgeHandler(CouncilSession session) : IRequestHandler<MakePledge, Result<Guid>>
{
    /// <summary>A slip of the finger must not promise a fortune: ¥100 million, or as many pieces.</summary>
    private const long MaxQuantity = 10_000_000_000;

    public async Task<Result<Guid>> Handle(MakePledge request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var board = await connection.RowAsync<PledgeBoardRow>(
            $"select {PledgeBoardRow.Columns} from pledge_board where community_id = @community and board_id = @board for share",
            new { request.Community, request.Board },
            cancellationToken);
        if (board is null)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!board.IsOpen(now))
        {
            return Refusal.Conflict("pledge.window-closed", ("closesAt", board.ClosesAt));
        }

        if (request.Quantity is < 1 or > MaxQuantity)
        {
            return Refusal.Invalid("pledge.quantity-invalid", "Quantity");
        }

        if (request.DueOn < WorkingCalendar.China.DayOf(now))
        {
            return Refusal.Invalid("pledge.due-past", "DueOn");
        }

        var id = Guid.CreateVersion7();
        var made = await connection.RunAsync(
            """
            insert into pledge (community_id, pledge_id, board_id, need_id, resident_id, quantity, note, due_on, shows_name, made_at)
            select community_id, @id, board_id, need_id, @resident, @quantity, @note, @dueOn, @showsName, @now
            from pledge_need where community_id = @community and board_id = @board and need_id = @needId
            """,
            new
            {
                id,
                resident = request.Caller.Resident!.Value,
                request.Quantity,
                note = request.Note.Trim(),
                request.DueOn,
                request.ShowsName,
                now,
                request.Community,
                request.Board,
                request.NeedId,
            },
            cancellationToken);
        if (made == 0)
        {
            return Refusal.Invalid("pledge.unknown-need", "NeedId");
        }

        await connection.TimelineAsync(
            request.Caller, request.Community, board.ProjectId, now, "Pledge", "pledge.timeline.made", new JsonObject { ["title"] = board.Title }, board.Link, cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(MakePledge), $"pledge:{id}", now, cancellationToken);
        return id;
    }
}

internal sealed class WithdrawPledgeHandler(CouncilSession session) : IRequestHandler<WithdrawPledge, Result<Done>>
{
    public async Task<Result<Done>> Handle(WithdrawPledge request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var pledge = await connection.LockPledgeAsync(request.Community, request.Pledge, cancellationToken);
        if (pledge is null || pledge.ResidentId != request.Caller.Resident)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (pledge.State != "Promised" || pledge.BoardState != "Open" || now >= pledge.ClosesAt)
        {
            return Refusal.Conflict("pledge.window-closed", ("closesAt", pledge.ClosesAt));
        }

        await connection.SettlePledgeAsync(request.Caller, request.Community, pledge, "Withdrawn", proof: null, now, cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(WithdrawPledge), $"pledge:{request.Pledge}", now, cancellationToken);
        return Done.Value;
    }
}

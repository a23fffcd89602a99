using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Meetings;

/// <summary>Adds an item at the end of the agenda.</summary>
/// <returns>The item's id.</returns>
public sealed record AddAgendaItem(Caller Caller, CommunityId Community, Guid Meeting, string Text, string Speaker) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Writes down what was decided on an item, who does it and until when.</summary>
public sealed record RecordAgendaDecision(Caller Caller, CommunityId Community, Guid Meeting, Guid Item, string Decision, string? Owner, DateOnly? DueOn) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class AddAgendaItemHandler(CouncilSession session) : IRequestHandler<AddAgendaItem, Result<Guid>>
{
    public async Task<Result<Guid>> Handle(AddAgendaItem request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockMeetingAsync(request.Community, request.Meeting, cancellationToken) is not { } meeting)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!meeting.IsOpen)
        {
            return MeetingRows.Concluded;
        }

        if (request.Text.Trim().Length is < 1 or > 500)
        {
            return Refusal.Invalid("meeting.item-length", "Text");
        }

        var id = await connection.AddAgendaItemAsync(request.Community, request.Meeting, request.Text.Trim(), request.Speaker.Trim(), isCarried: false, cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(AddAgendaItem), $"meeting:{meeting.MeetingId}", now, cancellationToken);
        return id;
    }
}

internal sealed class RecordAgendaDecisionHandler(CouncilSession session) : IRequestHandler<RecordAgendaDecision, Result<Done>>
{
    public async Task<Result<Done>> Handle(RecordAgendaDecision request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockMeetingAsync(request.Community, request.Meeting, cancellationToken) is not { } meeting)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!meeting.IsOpen)
        {
            return MeetingRows.Concluded;
        }

        var changed = await connection.RunAsync(
            """
            update agenda_item set decision = @decision, owner = @owner, due_on = @dueOn
            where community_id = @community and meeting_id = @meeting and item_id = @item
            """,
            new { decision = request.Decision.Trim(), request.Owner, request.DueOn, request.Community, request.Meeting, request.Item },
            cancellationToken);
        if (changed == 0)
        {
            return AccessRefusals.NotFound;
        }

        await connection.AuditAsync(request.Caller, request.Community, nameof(RecordAgendaDecision), $"meeting:{meeting.MeetingId}", now, cancellationToken);
        return Done.Value;
    }
}

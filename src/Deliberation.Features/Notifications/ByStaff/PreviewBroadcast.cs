using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Notifications.ByStaff;

/// <summary>How many a message would reach now.</summary>
/// <param name="Count">Each person once.</param>
/// <param name="Muted">Of them, those who switched such messages off: they find it among the messages here and get nothing besides. 0 of a legal notice.</param>
public sealed record BroadcastPreview(AudienceChoice Audience, int Count, int Muted);

/// <summary>Checks a message and counts its audience. Refused with <c>broadcast.text-missing</c>, <c>broadcast.text-long</c>, <c>broadcast.basis-invalid</c>, <c>broadcast.legal-reminder</c>, <c>broadcast.audience-invalid</c>, <c>broadcast.nobody</c>.</summary>
public sealed record PreviewBroadcast(Caller Caller, CommunityId Community, BroadcastDraft Draft) : IQuery<BroadcastPreview>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class PreviewBroadcastHandler(CouncilSession session) : IRequestHandler<PreviewBroadcast, Result<BroadcastPreview>>
{
    public async Task<Result<BroadcastPreview>> Handle(PreviewBroadcast request, CancellationToken cancellationToken)
    {
        if (await session.Connection.AudienceAsync(request.Community, request.Draft.To, cancellationToken) is not { } audience)
        {
            return Refusal.Invalid("broadcast.audience-invalid", nameof(request.Draft.To));
        }

        if (request.Draft.Check() is { } wrong)
        {
            return wrong;
        }

        var values = new DynamicParameters(Audiences.ValuesOf(audience));
        values.AddDynamicParams(new { community = request.Community, legal = request.Draft.IsLegal });
        var count = (await session.Connection.RowAsync<Counted>(
            $"""
            select count(*)::int as people, count(c.person_id) filter (where 'broadcast' = any(c.muted) and not @legal)::int as muted
            from ({Audiences.SelectOf(audience)}) a
            left join contact_choice c on c.community_id = @community and c.person_id = a.resident_id
            """,
            values,
            cancellationToken))!;
        return count.People == 0 ? Refusal.Invalid("broadcast.nobody", nameof(request.Draft.To)) : new BroadcastPreview(audience, count.People, count.Muted);
    }

    private sealed record Counted(int People, int Muted);
}

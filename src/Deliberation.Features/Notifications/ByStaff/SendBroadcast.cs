using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notifications.ByStaff;

/// <summary>
/// Sends a message to an audience that is counted in the same transaction.
/// Refused as <see cref="PreviewBroadcast"/>, and with <c>broadcast.count-changed</c> when it would reach another number than was agreed to, <c>broadcast.form-used</c>.
/// </summary>
/// <param name="Form">The form's own id: sent twice, it is one message.</param>
/// <param name="Expected">The number that the sender saw.</param>
public sealed record SendBroadcast(Caller Caller, CommunityId Community, Guid Form, BroadcastDraft Draft, int Expected) : ICommand<BroadcastSent>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="Told">How many got it.</param>
public sealed record BroadcastSent(Guid Id, int Told);

internal sealed class SendBroadcastHandler(CouncilSession session) : IRequestHandler<SendBroadcast, Result<BroadcastSent>>
{
    public async Task<Result<BroadcastSent>> Handle(SendBroadcast request, CancellationToken cancellationToken)
    {
        if (request.Draft.Check() is { } wrong)
        {
            return wrong;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        if (await SentAsync(request, cancellationToken) is { } before)
        {
            return before;
        }

        if (await session.Connection.AudienceAsync(request.Community, request.Draft.To, cancellationToken) is not { } audience)
        {
            return Refusal.Invalid("broadcast.audience-invalid", nameof(request.Draft.To));
        }

        if (request.Expected < 1)
        {
            return Refusal.Conflict("broadcast.count-changed", ("count", 0));
        }

        if (await session.Connection.RunAsync(
            """
            insert into staff_broadcast (community_id, broadcast_id, audience, audience_of, audience_name, texts, is_legal, basis, told, sent_at, sent_by)
            values (@Community, @Form, @Kind, @Of, @Name, @texts, @IsLegal, @LegalBasis, @Expected, @now, @staff)
            on conflict do nothing
            """,
            new { request.Community, request.Form, audience.Kind, audience.Of, audience.Name, texts = request.Draft.Texts(), request.Draft.IsLegal, request.Draft.LegalBasis, request.Expected, now, staff = request.Caller.Staff },
            cancellationToken) == 0)
        {
            return await SentAsync(request, cancellationToken) ?? Refusal.Conflict("broadcast.form-used"); // the same form, a moment ago
        }

        var told = await session.Connection.TellAsync(
            new Broadcast
            {
                Community = request.Community,
                Project = audience.Project,
                DedupKey = $"broadcast:{request.Form}",
                TextKey = audience.Kind == "NotVoted" ? "broadcast.message.not-voted" : request.Draft.IsLegal ? "broadcast.message.legal" : "broadcast.message.news",
                Values = new JsonObject { ["text"] = request.Draft.Texts(), ["basis"] = request.Draft.LegalBasis, ["of"] = audience.Name },
                ReasonKey = $"broadcast.reason.{audience.Kind}",
                Link = Audiences.LinkOf(audience),
                Now = now,
            },
            Audiences.SelectOf(audience),
            Audiences.ValuesOf(audience),
            cancellationToken);
        if (told != request.Expected)
        {
            return told == 0 ? Refusal.Invalid("broadcast.nobody", nameof(request.Draft.To)) : Refusal.Conflict("broadcast.count-changed", ("count", told)); // nothing of it is kept
        }

        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(SendBroadcast), $"broadcast:{request.Form}", now, cancellationToken);
        return new BroadcastSent(request.Form, told);
    }

    /// <returns>What the form has sent already; a refusal when it sent something else; null when nothing.</returns>
    private async Task<Result<BroadcastSent>?> SentAsync(SendBroadcast request, CancellationToken cancellationToken) => (await session.Connection.RowAsync<Before>(
        """
        select told, audience || coalesce(':' || audience_of, '') = @To and texts = @texts::jsonb and basis is not distinct from @LegalBasis as is_same
        from staff_broadcast where community_id = @Community and broadcast_id = @Form
        """,
        new { request.Community, request.Form, request.Draft.To, texts = request.Draft.Texts().ToJsonString(), request.Draft.LegalBasis },
        cancellationToken)) switch
        {
            null => null,
            { IsSame: true, Told: var told } => new BroadcastSent(request.Form, told),
            _ => Refusal.Conflict("broadcast.form-used"),
        };

    private sealed record Before(int Told, bool IsSame);
}

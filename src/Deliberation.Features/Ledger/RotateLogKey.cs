using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Ledger;

/// <summary>
/// Gives a log a new key (换密钥). Its first half is signed by the old key and says who comes next; the second, signed by the new one, takes the old one out.
/// What the old key signed, promises too, stays good: its public half stays in the log.
/// Refused with <c>ledger.reason-required</c>, <c>ledger.not-signed</c> while the log is empty, its key is not on this node or an alarm stands.
/// </summary>
/// <remarks>The old private key stays in the keys folder until somebody destroys the file: this transaction may still be rolled back when it is done with it.</remarks>
/// <param name="Reason">5 to 300 characters, for the record.</param>
public sealed record RotateLogKey(Caller Caller, CommunityId Community, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class RotateLogKeyHandler(CouncilSession session, LedgerSequencer sequencer) : IRequestHandler<RotateLogKey, Result<Done>>
{
    public async Task<Result<Done>> Handle(RotateLogKey request, CancellationToken cancellationToken)
    {
        if (request.Reason?.Trim() is not { Length: >= 5 and <= 300 } reason)
        {
            return LedgerRefusals.ReasonRequired;
        }

        if (await sequencer.RotateAsync(session.Connection, request.Community, cancellationToken) is not { } id)
        {
            return LedgerRefusals.NotSigned;
        }

        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        await session.Connection.AuditAsync(
            request.Caller, request.Community, nameof(RotateLogKey), $"community:{request.Community}", now, cancellationToken, reason, new JsonObject { ["key"] = id });
        return Done.Value;
    }
}

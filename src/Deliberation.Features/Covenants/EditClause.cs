using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Covenants;

/// <summary>Adds or changes a clause of a draft; the old words stay on record.</summary>
/// <param name="ClauseNo">Null adds one at the end.</param>
/// <param name="Text">1–2,000 characters; null removes the clause.</param>
/// <param name="ExpectedVersion">0 for a new clause; else <c>covenant.clause-changed</c> when another version is stored.</param>
/// <param name="Reason">Why; needed for a change.</param>
/// <returns>The clause's number.</returns>
public sealed record EditClause(Caller Caller, CommunityId Community, Guid Covenant, int? ClauseNo, string? Text, int ExpectedVersion, string Reason) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class EditClauseHandler(CouncilSession session) : IRequestHandler<EditClause, Result<int>>
{
    public async Task<Result<int>> Handle(EditClause request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockCovenantAsync(request.Community, request.Covenant, cancellationToken) is not { } covenant)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (covenant.State != "Draft")
        {
            return Adoption.NotDraft;
        }

        var text = request.Text?.Trim();
        if (text is { Length: < 1 or > 2000 } || (text is null && request.ClauseNo is null))
        {
            return Refusal.Invalid("covenant.clause-length", "Text");
        }

        var answer = request.ClauseNo is { } number
            ? await ChangeAsync(request, number, text, now, cancellationToken)
            : await AddAsync(request, text!, now, cancellationToken);
        if (answer is Result<int>.Accepted { Value: var clause })
        {
            await connection.AuditAsync(
                request.Caller, request.Community, nameof(EditClause), $"covenant:{request.Covenant}", now, cancellationToken, request.Reason,
                new JsonObject { ["clause"] = clause, ["removed"] = text is null });
        }

        return answer;
    }

    private async Task<Result<int>> AddAsync(EditClause request, string text, DateTimeOffset now, CancellationToken cancellationToken) =>
        await session.Connection.ScalarAsync<int>(
            """
            insert into covenant_clause (community_id, covenant_id, clause_no, text, changed_at, changed_by)
            select @community, @covenant, coalesce(max(clause_no), 0) + 1, @text, @now, @staff::uuid
            from covenant_clause where community_id = @community and covenant_id = @covenant
            returning clause_no
            """,
            new { request.Community, request.Covenant, text, now, staff = request.Caller.Staff?.Value },
            cancellationToken);

    private async Task<Result<int>> ChangeAsync(EditClause request, int number, string? text, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(request.Reason))
        {
            return Refusal.Invalid("covenant.reason-missing", "Reason");
        }

        var values = new
        {
            request.Community,
            request.Covenant,
            number,
            text,
            now,
            staff = request.Caller.Staff?.Value,
            request.Reason,
            request.ExpectedVersion,
        };
        var kept = await session.Connection.RunAsync(
            """
            insert into covenant_clause_history (community_id, covenant_id, clause_no, version, text, is_removed, replaced_at, reason)
            select community_id, covenant_id, clause_no, version, text, is_removed, @now, @reason
            from covenant_clause
            where community_id = @community and covenant_id = @covenant and clause_no = @number and version = @expectedVersion
            """,
            values,
            cancellationToken);
        if (kept == 0)
        {
            return Refusal.Conflict("covenant.clause-changed", ("clause", number));
        }

        await session.Connection.RunAsync(
            """
            update covenant_clause
            set text = coalesce(@text, text), is_removed = @text is null, version = version + 1, changed_at = @now, changed_by = @staff::uuid
            where community_id = @community and covenant_id = @covenant and clause_no = @number
            """,
            values,
            cancellationToken);
        return number;
    }
}

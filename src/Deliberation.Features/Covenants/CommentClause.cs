using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Covenants;

/// <summary>A resident's remark on a clause, until comments close.</summary>
public sealed record CommentClause(Caller Caller, CommunityId Community, Guid Covenant, int ClauseNo, string Text) : ICommand<Done>
{
    public Audience Audience => Audience.Resident;
}

internal sealed class CommentClauseHandler(CouncilSession session) : IRequestHandler<CommentClause, Result<Done>>
{
    public async Task<Result<Done>> Handle(CommentClause request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockCovenantAsync(request.Community, request.Covenant, cancellationToken) is not { } covenant)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (covenant.State != "Draft" || now >= covenant.CommentsUntil)
        {
            return Refusal.Conflict("covenant.comments-closed");
        }

        var text = request.Text.Trim();
        if (text.Length is < 1 or > 1000)
        {
            return Refusal.Invalid("covenant.comment-length", "Text");
        }

        var written = await connection.RunAsync(
            """
            insert into clause_comment (community_id, covenant_id, comment_id, clause_no, resident_id, text, made_at)
            select community_id, covenant_id, @id, clause_no, @resident, @text, @now
            from covenant_clause
            where community_id = @community and covenant_id = @covenant and clause_no = @clauseNo
            """,
            new { id = Guid.CreateVersion7(), resident = request.Caller.Resident!.Value, text, now, request.Community, request.Covenant, request.ClauseNo },
            cancellationToken);
        if (written == 0)
        {
            return AccessRefusals.NotFound;
        }

        await connection.AuditAsync(request.Caller, request.Community, nameof(CommentClause), $"covenant:{request.Covenant}", now, cancellationToken);
        return Done.Value;
    }
}

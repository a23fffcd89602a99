using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Covenants;

/// <summary>A resident's remark on a clause, until comments close.</summary>
public sealed record CommentClause(Caller Caller, CommunityId Community, Guid Covenant, int ClauseNo, string Text) : ICommand<Done>
{
    public Audience Audience => Audience.Resident;
}

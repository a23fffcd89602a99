using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Outcomes;

/// <summary>The outcome story (成果).</summary>
/// <param name="IsReviewAhead">The day of the upkeep review is today or later; false when it lies in the past or none is set.</param>
/// <param name="State">Draft (shown to staff only) or Published.</param>
public sealed record OutcomePage(
    ProjectId Project,
    string ProjectTitle,
    string Title,
    string Story,
    string Benefits,
    long MoneyInFen,
    long MoneyOutFen,
    string? UpkeepOwner,
    DateOnly? UpkeepReviewOn,
    bool IsReviewAhead,
    string State,
    DateTimeOffset? PublishedAt);

public sealed record GetOutcome(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<OutcomePage>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class GetOutcomeHandler(CouncilSession session) : IRequestHandler<GetOutcome, Result<OutcomePage>>
{
    public async Task<Result<OutcomePage>> Handle(GetOutcome request, CancellationToken cancellationToken)
    {
        var today = WorkingCalendar.China.DayOf(await session.Connection.CouncilNowAsync(cancellationToken));
        var page = await session.Connection.RowAsync<OutcomePage>(
            """
            select o.project_id as project, p.title as project_title, o.title, o.story, o.benefits, o.money_in_fen, o.money_out_fen, o.upkeep_owner, o.upkeep_review_on,
                coalesce(o.upkeep_review_on >= @today, false) as is_review_ahead, o.state, o.published_at
            from outcome o join project p using (community_id, project_id)
            where o.community_id = @community and o.project_id = @project
            """,
            new { request.Community, request.Project, today },
            cancellationToken);
        var seesDrafts = request.Caller.Kind is CallerKind.Staff or CallerKind.Admin or CallerKind.System;
        return page is null || (page.State == "Draft" && !seesDrafts) ? AccessRefusals.NotFound : page;
    }
}

using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Outcomes;

/// <summary>Writes the story, the accounts and who keeps it in order. Also filled by the task of kind OutcomeStory.</summary>
/// <param name="UpkeepReviewOn">Day of the first upkeep check, after today.</param>
public sealed record EditOutcome(
    Caller Caller,
    CommunityId Community,
    ProjectId Project,
    string Title,
    string Story,
    string Benefits,
    long MoneyInFen,
    long MoneyOutFen,
    string? UpkeepOwner,
    DateOnly? UpkeepReviewOn) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class EditOutcomeHandler(CouncilSession session) : IRequestHandler<EditOutcome, Result<Done>>
{
    public async Task<Result<Done>> Handle(EditOutcome request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockProjectAsync(request.Community, request.Project, cancellationToken) is not { } project)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (project.Standstill is { } standstill)
        {
            return standstill;
        }

        if (request.MoneyInFen < 0 || request.MoneyOutFen < 0)
        {
            return Refusal.Invalid("outcome.money-invalid", request.MoneyInFen < 0 ? "MoneyInFen" : "MoneyOutFen");
        }

        if (request.UpkeepReviewOn is { } day && day <= WorkingCalendar.China.DayOf(now))
        {
            return Refusal.Invalid("outcome.review-past", "UpkeepReviewOn");
        }

        var owner = string.IsNullOrWhiteSpace(request.UpkeepOwner) ? null : request.UpkeepOwner.Trim();
        await connection.RunAsync(
            """
            insert into outcome (community_id, project_id, title, story, benefits, money_in_fen, money_out_fen, upkeep_owner, upkeep_review_on)
            values (@community, @project, @title, @story, @benefits, @moneyInFen, @moneyOutFen, @owner, @upkeepReviewOn)
            on conflict (community_id, project_id) do update
            set title = excluded.title, story = excluded.story, benefits = excluded.benefits, money_in_fen = excluded.money_in_fen,
                money_out_fen = excluded.money_out_fen, upkeep_owner = excluded.upkeep_owner, upkeep_review_on = excluded.upkeep_review_on;
            update project set upkeep_owner = @owner, upkeep_review_on = @upkeepReviewOn where community_id = @community and project_id = @project;
            """,
            new
            {
                request.Community,
                request.Project,
                request.Title,
                request.Story,
                request.Benefits,
                request.MoneyInFen,
                request.MoneyOutFen,
                owner,
                request.UpkeepReviewOn,
            },
            cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(EditOutcome), $"project:{request.Project}", now, cancellationToken);
        return Done.Value;
    }
}

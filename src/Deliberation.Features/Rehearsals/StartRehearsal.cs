using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Postgres;
using Deliberation.Process.Ballots;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Rehearsals;

/// <summary>Begins a rehearsal (演练) of the ballot that a project comes to: people try a paper like it, and nothing of that counts. One a project; the ballot that opens deletes it.
/// Refused with <c>access.not-found</c>, <c>rehearsal.question</c>, <c>rehearsal.options</c>, <c>rehearsal.marks</c>, <c>rehearsal.is-running</c>, <c>rehearsal.ballot-is-open</c>, <c>project.over</c>.</summary>
/// <remarks>Source: ux.md A (rehearsal), principle 18.</remarks>
/// <param name="Question">1 to 200 characters.</param>
/// <param name="Kind">What the paper asks for.</param>
/// <param name="Options">2 to 30 texts of 1 to 100 characters, in the order of the paper; not read for <see cref="PaperKind.Answer"/>.</param>
/// <param name="Marks">1 to the number of options; read for <see cref="PaperKind.Marks"/> only.</param>
public sealed record StartRehearsal(
    Caller Caller, CommunityId Community, ProjectId Project, string Question, PaperKind Kind, IReadOnlyList<string> Options, int Marks, bool IsSecret) : ICommand<Guid>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Ends a project's rehearsal; all that was tried is deleted. Refused with <c>rehearsal.over</c>.</summary>
public sealed record EndRehearsal(Caller Caller, CommunityId Community, ProjectId Project) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class StartRehearsalHandler(CouncilSession session) :
    IRequestHandler<StartRehearsal, Result<Guid>>,
    IRequestHandler<EndRehearsal, Result<Done>>
{
    private const int LongestQuestion = 200;
    private const int MostOptions = 30;
    private const int LongestOption = 100;
    private const int MaxScore = 5;

    public async Task<Result<Guid>> Handle(StartRehearsal request, CancellationToken cancellationToken)
    {
        if (request.Question?.Trim() is not { Length: >= 1 and <= LongestQuestion } question)
        {
            return Refusal.Invalid("rehearsal.question", "question");
        }

        List<string> texts = request.Kind is PaperKind.Answer ? [] : [.. request.Options.Select(text => text.Trim()).Where(text => text.Length > 0)];
        if (request.Kind is not PaperKind.Answer && (texts.Count is < 2 or > MostOptions || texts.Exists(text => text.Length > LongestOption) || texts.Distinct().Count() < texts.Count))
        {
            return Refusal.Invalid("rehearsal.options", "options", ("most", MostOptions));
        }

        if (request.Kind is PaperKind.Marks && (request.Marks < 1 || request.Marks > texts.Count))
        {
            return Refusal.Invalid("rehearsal.marks", "marks", ("most", texts.Count));
        }

        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var state = await connection.ScalarAsync<string?>(
            "select state from project where community_id = @Community and project_id = @Project", new { request.Community, request.Project }, cancellationToken);
        if (state is null)
        {
            return AccessRefusals.NotFound;
        }

        if (ProjectStates.IsOver(state))
        {
            return ProjectRefusals.Over;
        }

        var rehearsal = Guid.NewGuid(); // its link is all that is needed to try
        try
        {
            await connection.RunAsync(
                """
                insert into practice.rehearsal (community_id, rehearsal_id, project_id, question, rule, options, is_secret, started_by, started_at)
                values (@Community, @rehearsal, @Project, @question, @rule, @options, @IsSecret, @staff, @now)
                """,
                new
                {
                    request.Community,
                    rehearsal,
                    request.Project,
                    question,
                    rule = RuleOf(request),
                    options = BallotDefinitions.ToJson([.. texts.Select((text, place) => new BallotOption(FormattableString.Invariant($"o{place + 1}"), text))]),
                    request.IsSecret,
                    staff = request.Caller.Staff!.Value,
                    now,
                },
                cancellationToken);
        }
        catch (PostgresException problem) when (problem.ConstraintName is "rehearsal_one_per_project")
        {
            return Refusal.Conflict("rehearsal.is-running");
        }
        catch (PostgresException problem) when (problem.ConstraintName is "rehearsal_before_ballot")
        {
            return Refusal.Conflict("rehearsal.ballot-is-open");
        }

        await connection.AuditAsync(
            request.Caller, request.Community, nameof(StartRehearsal), $"project:{request.Project}", now, cancellationToken, details: new JsonObject { ["kind"] = request.Kind.ToString() });
        return rehearsal;
    }

    public async Task<Result<Done>> Handle(EndRehearsal request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var ended = await session.Connection.RunAsync(
            "delete from practice.rehearsal where community_id = @Community and project_id = @Project", new { request.Community, request.Project }, cancellationToken);
        if (ended == 0)
        {
            return RehearsalRefusals.Over;
        }

        await session.Connection.AuditAsync(request.Caller, request.Community, nameof(EndRehearsal), $"project:{request.Project}", now, cancellationToken);
        return Done.Value;
    }

    /// <summary>A rule whose papers look like this; nothing is counted by it.</summary>
    private static JsonObject RuleOf(StartRehearsal request) => request.Kind switch
    {
        PaperKind.Answer => new JsonObject { ["rule"] = nameof(RuleKind.Majority) },
        PaperKind.Marks => new JsonObject { ["rule"] = nameof(RuleKind.Approval), ["marks"] = request.Marks },
        PaperKind.Ranks => new JsonObject { ["rule"] = nameof(RuleKind.Borda), ["strictRanking"] = true },
        PaperKind.Scores => new JsonObject { ["rule"] = nameof(RuleKind.Score), ["maxScore"] = MaxScore },
        _ => throw new ArgumentOutOfRangeException(nameof(request), request.Kind, "No such paper."),
    };
}

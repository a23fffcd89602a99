using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using Deliberation.Process.Questions;
using MediatR;

namespace Deliberation.Features.Questions;

/// <summary>A question of a list or page of staff.</summary>
/// <param name="Asker">Name with its middle hidden.</param>
/// <param name="Department">Name of the department; null while there is none.</param>
/// <param name="EscalatedTo">Post that was told that it is late; null = not, or all above are vacant.</param>
/// <param name="PublicBody">The question as all read it; null = not public.</param>
public sealed record QuestionLine(
    Guid Id, string Body, string Asker, bool MayPublish, DateTimeOffset AskedAt, DateTimeOffset DueAt, Guid? DepartmentId, string? Department, string? Post,
    DateTimeOffset? EscalatedAt, string? EscalatedTo, string? Answer, DateTimeOffset? AnsweredAt, string? AnsweredBy, string? PublicBody)
{
    public QuestionStanding Standing(DateTimeOffset now) => QuestionStandings.Of(now, DueAt, DepartmentId is not null, AnsweredAt is not null);
}

public sealed record QuestionList(DateTimeOffset Now, Paged<QuestionLine> Questions, int Open, int Late);

/// <summary>Questions that wait, the first due first; or those answered, the newest first.</summary>
public sealed record ListQuestions(Caller Caller, CommunityId Community, bool IsAnswered, PageRequest Page) : IQuery<QuestionList>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="MayAnswer">The reader acts for its department's post or one above.</param>
public sealed record QuestionPage(DateTimeOffset Now, QuestionLine Question, bool MayAnswer);

public sealed record GetQuestion(Caller Caller, CommunityId Community, Guid Question) : IQuery<QuestionPage>
{
    public Audience Audience => Audience.Readers;
}

/// <summary>A question as its asker, or everybody, reads it: no names.</summary>
/// <param name="Department">Null while nobody has said whose it is.</param>
public sealed record ToldQuestion(Guid Id, string Body, DateTimeOffset AskedAt, DateTimeOffset DueAt, string? Department, string? Answer, DateTimeOffset? AnsweredAt)
{
    public QuestionStanding Standing(DateTimeOffset now) => QuestionStandings.Of(now, DueAt, Department is not null, AnsweredAt is not null);
}

/// <param name="Mine">The reader's own, the newest first, 20 at most; empty for all but residents.</param>
public sealed record QuestionBook(DateTimeOffset Now, IReadOnlyList<ToldQuestion> Mine, Paged<ToldQuestion> Public);

/// <summary>Answered questions that are public, the newest answer first, and the reader's own.</summary>
public sealed record ReadQuestions(Caller Caller, CommunityId Community, PageRequest Page) : IQuery<QuestionBook>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class ListQuestionsHandler(CouncilSession session) :
    IRequestHandler<ListQuestions, Result<QuestionList>>, IRequestHandler<GetQuestion, Result<QuestionPage>>, IRequestHandler<ReadQuestions, Result<QuestionBook>>
{
    private const string Lines =
        """
        select q.question_id as id, q.body, r.full_name as asker, q.may_publish, q.asked_at, q.due_at, q.department_id, d.name as department, d.post_code as post,
            q.escalated_at, q.escalated_to, q.answer, q.answered_at, s.display_name as answered_by, q.public_body
        from policy_question q join resident r using (community_id, resident_id) left join department d using (community_id, department_id) left join staff s on s.staff_id = q.answered_by
        where q.community_id = @Community
        """;

    public async Task<Result<QuestionList>> Handle(ListQuestions request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var questions = await connection.PageAsync<QuestionLine, QuestionLine>(
            $"{Lines} and q.answered_at is {(request.IsAnswered ? "not null" : "null")}", request.IsAnswered ? "answered_at desc, id" : "due_at, id", new { request.Community }, request.Page, Masked, cancellationToken);
        var counts = await connection.RowAsync<Counts>(
            "select count(*)::int as open, count(*) filter (where due_at <= @now)::int as late from policy_question where community_id = @Community and answered_at is null",
            new { request.Community, now },
            cancellationToken);
        return new QuestionList(now, questions, counts!.Open, counts.Late);
    }

    public async Task<Result<QuestionPage>> Handle(GetQuestion request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.RowAsync<QuestionLine>($"{Lines} and q.question_id = @Question", new { request.Community, request.Question }, cancellationToken) is not { } question)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        return new QuestionPage(
            now, Masked(question), question.Post is { } post && await connection.ActsForOrAboveAsync(request.Caller, request.Community, post, now, cancellationToken));
    }

    public async Task<Result<QuestionBook>> Handle(ReadQuestions request, CancellationToken cancellationToken)
    {
        const string told = "select q.question_id as id, {0} as body, q.asked_at, q.due_at, d.name as department, q.answer, q.answered_at from policy_question q left join department d using (community_id, department_id) where q.community_id = @Community";
        var connection = session.Connection;
        IReadOnlyList<ToldQuestion> mine = request.Caller.Resident is { } resident
            ? await connection.RowsAsync<ToldQuestion>(
                $"{told.Replace("{0}", "q.body", StringComparison.Ordinal)} and q.resident_id = @resident order by q.asked_at desc, q.question_id desc limit 20", new { request.Community, resident }, cancellationToken)
            : [];
        var all = await connection.PageAsync<ToldQuestion, ToldQuestion>(
            $"{told.Replace("{0}", "q.public_body", StringComparison.Ordinal)} and q.answered_at is not null and q.public_body is not null",
            "answered_at desc, id", new { request.Community }, request.Page, line => line, cancellationToken);
        return new QuestionBook(await connection.CouncilNowAsync(cancellationToken), mine, all);
    }

    private static QuestionLine Masked(QuestionLine line) => line with { Asker = NameMask.Of(line.Asker) };

    private sealed record Counts(int Open, int Late);
}

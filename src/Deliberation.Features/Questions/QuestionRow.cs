using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Npgsql;

namespace Deliberation.Features.Questions;

/// <summary>A question, locked.</summary>
/// <param name="PostCode">Post of its department; null while it has none.</param>
internal sealed record QuestionRow(
    Guid QuestionId, ResidentId ResidentId, string Body, bool MayPublish, DateTimeOffset DueAt, Guid? DepartmentId, string? Department, string? PostCode, DateTimeOffset? AnsweredAt)
{
    /// <summary>Whoever sees to it: the department's post, or the community's until there is one.</summary>
    public string Post => PostCode ?? Questions.PostInstead;
}

internal static class Questions
{
    /// <summary>Says whose a question is.</summary>
    public const string PostInstead = "Community";

    /// <summary>Null when the community has none of that id.</summary>
    public static Task<QuestionRow?> LockQuestionAsync(this NpgsqlConnection connection, CommunityId community, Guid question, CancellationToken cancellationToken) =>
        connection.RowAsync<QuestionRow>(
            """
            select q.question_id, q.resident_id, q.body, q.may_publish, q.due_at, q.department_id, d.name as department, d.post_code, q.answered_at
            from policy_question q left join department d using (community_id, department_id)
            where q.community_id = @community and q.question_id = @question for update of q
            """,
            new { community, question },
            cancellationToken);

    /// <param name="occasion">Last word of the text's key, and part of the deduplication key.</param>
    public static PostMessage Message(CommunityId community, string post, Guid question, string body, DateTimeOffset dueAt, string occasion, DateTimeOffset now) => new()
    {
        Community = community,
        Post = post,
        DedupKey = $"question:{question}:{occasion}",
        TextKey = $"question.message.{occasion}",
        Values = new JsonObject { ["question"] = Short(body), ["until"] = OpenBallotHandler.Instant(dueAt) },
        ReasonKey = "task.reason.post",
        Link = $"/staff/questions/{question}",
        Now = now,
    };

    /// <summary>The first 40 characters: a message leads to the whole.</summary>
    public static string Short(string body) => body.Length <= 40 ? body : $"{body[..40].TrimEnd()}…";
}

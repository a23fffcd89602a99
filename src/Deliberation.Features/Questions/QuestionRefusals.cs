using Deliberation.Domain;

namespace Deliberation.Features.Questions;

internal static class QuestionRefusals
{
    public static Refusal BodyLength { get; } = Refusal.Invalid("question.body-length", "Body");

    public static Refusal AskedAlready { get; } = Refusal.Conflict("question.asked-already");

    public static Refusal AlreadyAnswered { get; } = Refusal.Conflict("question.already-answered");

    public static Refusal DepartmentFirst { get; } = Refusal.Conflict("question.department-first");

    public static Refusal NotYours { get; } = Refusal.Forbidden("question.not-yours");

    public static Refusal AnswerLength { get; } = Refusal.Invalid("question.answer-length", "Answer");

    public static Refusal NotPublishable { get; } = Refusal.Conflict("question.not-publishable");

    public static Refusal PublicBodyLength { get; } = Refusal.Invalid("question.public-body-length", "PublicBody");

    public static Refusal ReasonMissing { get; } = Refusal.Invalid("task.reason-missing", "Reason");

    /// <summary>To the product itself: another node was faster, or it was answered meanwhile.</summary>
    public static Refusal NotDue { get; } = Refusal.Conflict("question.not-due");

    public static Refusal TooMany(int most) => Refusal.TooMany("question.too-many", ("most", most));
}

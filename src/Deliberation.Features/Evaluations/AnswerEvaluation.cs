using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Evaluations;

/// <summary>A household's answer; it may be replaced until the close.</summary>
/// <param name="Points">One a question, 1–5, 0 = not sure.</param>
/// <param name="Remark">At most 2,000 characters.</param>
public sealed record AnswerEvaluation(Caller Caller, CommunityId Community, Guid Evaluation, IReadOnlyList<int> Points, string Remark) : ICommand<Done>
{
    public Audience Audience => Audience.Resident;
}

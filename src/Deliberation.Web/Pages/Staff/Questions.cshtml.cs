using Deliberation.Domain;
using Deliberation.Features.Questions;
using Deliberation.Process.Questions;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Residents' questions (政策问答), the first due first.</summary>
public sealed class QuestionsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    /// <summary><c>answered</c>; anything else shows what waits.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Show { get; set; }

    public bool IsAnswered => Show == "answered";

    public QuestionList List { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListQuestions(Caller, Community, IsAnswered, PageAsked()), list => List = list, cancellationToken);
}

/// <summary>Where a question stands, in words and colours.</summary>
public static class QuestionWords
{
    public static StatusPart Status(this ITexts texts, QuestionStanding standing) => new(
        standing switch { QuestionStanding.Answered => "ok", QuestionStanding.Late => "no", QuestionStanding.New => "do", _ => "due" }, texts[$"questions.standing.{standing}"]);
}

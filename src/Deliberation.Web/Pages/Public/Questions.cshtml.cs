using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Questions;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Public;

/// <summary>Questions and answers (政策问答): residents ask and see what became of it, everybody reads what is public.</summary>
public sealed class QuestionsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public string? Body { get; set; }

    [BindProperty]
    public bool MayPublish { get; set; }

    public QuestionBook Book { get; private set; } = null!;

    public bool IsResident => Caller.Kind == CallerKind.Resident;

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) =>
        ActAsync(new AskQuestion(Caller, Community, Body, MayPublish), "question-asked", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ReadQuestions(Caller, Community, PageAsked()), book => Book = book, cancellationToken);
}

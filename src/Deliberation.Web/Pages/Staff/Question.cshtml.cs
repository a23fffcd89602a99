using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Features.Questions;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>One question: whose it is, and its answer.</summary>
public sealed class QuestionModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public Guid? Department { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Answer { get; set; }

    [BindProperty]
    public bool IsPublic { get; set; }

    [BindProperty]
    public string? PublicBody { get; set; }

    public QuestionPage Question { get; private set; } = null!;

    public DepartmentList Departments { get; private set; } = null!;

    public Task<IActionResult> OnPostAssignAsync(CancellationToken cancellationToken) =>
        ActAsync(new AssignQuestion(Caller, Community, Id, Department, Reason), "question-assigned", cancellationToken);

    public Task<IActionResult> OnPostAnswerAsync(CancellationToken cancellationToken) =>
        ActAsync(new AnswerQuestion(Caller, Community, Id, Answer, IsPublic, PublicBody), "question-answered", cancellationToken);

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetQuestion(Caller, Community, Id), question => Question = question, cancellationToken)
            ?? await AskAsync(new ListDepartments(Caller, Community), list => Departments = list, cancellationToken);
}

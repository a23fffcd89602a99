using Deliberation.Domain;
using Deliberation.Features.Tasks;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Sends a task back (退回): the earlier steps of its workflow, each with what comes again and what stays, before anything is done.</summary>
public sealed class SendBackModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Activity { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public TaskPage Task { get; private set; } = null!;

    public IReadOnlyList<EarlierStep> Steps { get; private set; } = [];

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => ActAsync(
        new SendBackTask(Caller, Community, new TaskId(Id), Activity ?? "", Reason ?? ""), "task-sent-back", cancellationToken, _ => "/staff");

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetTask(Caller, Community, new TaskId(Id)), task => Task = task, cancellationToken)
        ?? await AskAsync(new ListEarlierSteps(Caller, Community, new TaskId(Id)), steps => Steps = steps, cancellationToken);
}

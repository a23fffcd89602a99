using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Desks;

/// <summary>Tasks that all holders of a kind of post have at once (统一任务), and the form that gives one.</summary>
public sealed class TasksForAllModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public string? Post { get; set; }

    [BindProperty]
    public string? What { get; set; }

    /// <summary>Working days as typed.</summary>
    [BindProperty]
    public string? Days { get; set; } = "5";

    public bool MayAsk => Caller.Kind != CallerKind.Supervisor;

    public TasksForAll List { get; private set; } = null!;

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => ActAsync(
        new AskAllHolders(Caller, Community, Post, What, int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : 0),
        "asked-all", cancellationToken, batch => $"/board/tasks/{batch}");

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListTasksForAll(Caller, Community, PageAsked()), list => List = list, cancellationToken);
}

using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Features.Lists;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>One department (责任单位): its lists with what stands on them, and its monthly packs.</summary>
public sealed class DepartmentModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? EndReason { get; set; }

    /// <summary>One a line.</summary>
    [BindProperty]
    public string? Names { get; set; }

    [BindProperty]
    public string? Title { get; set; }

    [BindProperty]
    public int? List { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>A day as typed; empty = none.</summary>
    [BindProperty]
    public string? DueOn { get; set; }

    public DepartmentLine Department { get; private set; } = null!;

    public DepartmentLists Lists { get; private set; } = null!;

    public bool IsOpen(string handler) => string.Equals(Request.Query["handler"], handler, StringComparison.OrdinalIgnoreCase);

    public Task<IActionResult> OnPostEndAsync(CancellationToken cancellationToken) =>
        ActAsync(new EndDepartment(Caller, Community, Id, EndReason), "department-ended", cancellationToken, field: _ => nameof(EndReason));

    public Task<IActionResult> OnPostNameAsync(CancellationToken cancellationToken) =>
        ActAsync(new NameLists(Caller, Community, Id, (Names ?? "").Split('\n')), "lists-named", cancellationToken);

    public Task<IActionResult> OnPostAddAsync(CancellationToken cancellationToken)
    {
        var day = ReadDay(DueOn);
        if (day is null && !string.IsNullOrWhiteSpace(DueOn))
        {
            ModelState.AddModelError(nameof(DueOn), Texts["lists.due-wrong"]);
        }

        return ActAsync(new AddMatter(Caller, Community, Id, List, Title, Reason, day), "matter-added", cancellationToken);
    }

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetDepartment(Caller, Community, Id), department => Department = department, cancellationToken)
            ?? await AskAsync(new GetLists(Caller, Community, Id, PageAsked()), lists => Lists = lists, cancellationToken);
}

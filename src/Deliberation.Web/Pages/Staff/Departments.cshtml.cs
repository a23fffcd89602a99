using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Departments that answer for things (责任单位).</summary>
public sealed class DepartmentsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Post { get; set; }

    public DepartmentList List { get; private set; } = null!;

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => ActAsync(new AddDepartment(Caller, Community, Name, Post), "department-added", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(new ListDepartments(Caller, Community), list => List = list, cancellationToken);
}

using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>One department (责任单位).</summary>
public sealed class DepartmentModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? EndReason { get; set; }

    public DepartmentLine Department { get; private set; } = null!;

    public Task<IActionResult> OnPostEndAsync(CancellationToken cancellationToken) =>
        ActAsync(new EndDepartment(Caller, Community, Id, EndReason), "department-ended", cancellationToken, field: _ => nameof(EndReason));

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(new GetDepartment(Caller, Community, Id), department => Department = department, cancellationToken);
}

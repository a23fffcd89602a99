using Deliberation.Domain;
using Deliberation.Domain.Photos;
using Deliberation.Features.Departments;
using Deliberation.Features.Resolutions;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>One resolution: whose it is and by when, and its proof.</summary>
[RequestSizeLimit(LargestBody)]
public sealed class ResolutionModel(IMediator mediator, ITexts texts) : Board.ResolutionModel(mediator, texts)
{
    private const long LargestBody = PhotoFile.Largest + (1 << 16);

    [BindProperty]
    public Guid? Department { get; set; }

    /// <summary>A day as typed.</summary>
    [BindProperty]
    public string? DueOn { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    [BindProperty]
    public string? Proof { get; set; }

    [BindProperty]
    public IFormFile? Photo { get; set; }

    public DepartmentList Departments { get; private set; } = null!;

    public Task<IActionResult> OnPostAssignAsync(CancellationToken cancellationToken) => ActAsync(
        new AssignResolution(Caller, Community, Id, Department, ReadDay(DueOn), Reason), "resolution-assigned", cancellationToken);

    public async Task<IActionResult> OnPostCompleteAsync(CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        if (Photo is not null)
        {
            await Photo.CopyToAsync(content, cancellationToken);
        }

        return await ActAsync(new CompleteResolution(Caller, Community, Id, Proof, content.ToArray()), "resolution-done", cancellationToken);
    }

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await base.LoadAsync(cancellationToken) ?? await AskAsync(new ListDepartments(Caller, Community), list => Departments = list, cancellationToken);
}

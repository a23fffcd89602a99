using Deliberation.Domain;
using Deliberation.Features.Operations;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Admin;

/// <summary>Recurring jobs, messages by their way, servers, what was put aside; a job can be run now, with a reason.</summary>
public sealed class JobsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public string? Job { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public JobsPage Jobs { get; private set; } = null!;

    public Task<IActionResult> OnPostRunAsync(CancellationToken cancellationToken) =>
        ActAsync(new RunJob(Caller, Community, Job ?? "", Reason ?? ""), "job-asked", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(new GetJobs(Caller, Community), jobs => Jobs = jobs, cancellationToken);
}

using Deliberation.Domain;
using Deliberation.Features.Operations;
using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Board;

/// <summary>Recurring jobs, messages and servers for those who look on: nothing here acts.</summary>
public sealed class JobsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    public JobsPage Jobs { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(new GetJobs(Caller, Community), jobs => Jobs = jobs, cancellationToken);
}

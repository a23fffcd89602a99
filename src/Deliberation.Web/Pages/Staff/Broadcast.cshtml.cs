using Deliberation.Domain;
using Deliberation.Features.Notifications.ByStaff;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>One message that staff sent, and what became of it.</summary>
public sealed class BroadcastModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public BroadcastLog Log { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(new GetBroadcast(Caller, Community, Id), log => Log = log, cancellationToken);
}

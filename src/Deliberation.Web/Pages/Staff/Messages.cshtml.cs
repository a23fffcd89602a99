using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>What was sent to whom, by which channel, and why.</summary>
public sealed class MessagesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid? Project { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Channel { get; set; }

    public Paged<MessageLine> Messages { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(
        new ListMessages(Caller, Community, Project is { } id ? new ProjectId(id) : null, string.IsNullOrEmpty(Channel) ? null : Channel, PageAsked(30)),
        list => Messages = list, cancellationToken);
}

using Deliberation.Domain;
using Deliberation.Features.Tasks;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Open work (待办): mine, my posts', the community's. The filters live in the address, so that a list can be sent to a colleague.</summary>
public sealed class InboxModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    /// <summary>mine, posts or community.</summary>
    [BindProperty(SupportsGet = true)]
    public string? View { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Project { get; set; }

    public Inbox Inbox { get; private set; } = null!;

    public InboxView Asked => View switch { "posts" => InboxView.MyPosts, "community" => InboxView.Community, _ => InboxView.Mine };

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(
        new ListInbox(Caller, Community, Asked, Project is { } id ? new ProjectId(id) : null, PageAsked()), inbox => Inbox = inbox, cancellationToken);
}

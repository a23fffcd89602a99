using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Residents;

/// <summary>What the council told me, newest first, each with the reason why I got it.</summary>
public sealed class MessagesModel(IMediator mediator) : PageModel
{
    public Paged<MessageLine> Messages { get; private set; } = null!;

    public Task OnGetAsync(int number, CancellationToken cancellationToken) => ReadAsync(number, cancellationToken);

    /// <summary>Marks those that this page shows.</summary>
    public async Task<IActionResult> OnPostAsync(int number, CancellationToken cancellationToken)
    {
        await ReadAsync(number, cancellationToken);
        foreach (var message in Messages.Items.Where(m => m.ReadAt is null))
        {
            await mediator.Send(new MarkMessageRead(User.Caller(), HttpContext.Frame().CommunityId, message.Id), cancellationToken);
        }

        return Redirect("/messages");
    }

    private async Task ReadAsync(int number, CancellationToken cancellationToken) =>
        Messages = (await mediator.Send(new ListMyMessages(User.Caller(), HttpContext.Frame().CommunityId, new PageRequest(number, 40)), cancellationToken)).Require();
}

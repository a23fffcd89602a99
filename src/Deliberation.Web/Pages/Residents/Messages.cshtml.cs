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

    public async Task OnGetAsync(int number, CancellationToken cancellationToken) =>
        Messages = (await mediator.Send(new ListMyMessages(User.Caller(), HttpContext.Frame().CommunityId, new PageRequest(number, 40)), cancellationToken)).Require();

    /// <summary>Marks all up to the newest that the page showed.</summary>
    public async Task<IActionResult> OnPostAsync(Guid upTo, CancellationToken cancellationToken)
    {
        (await mediator.Send(new MarkMessagesRead(User.Caller(), HttpContext.Frame().CommunityId, upTo), cancellationToken)).Require();
        return Redirect("/messages");
    }
}

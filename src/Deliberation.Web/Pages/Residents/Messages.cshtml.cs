using Deliberation.Features.Residents;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Residents;

/// <summary>What the council told me, newest first, each with the reason why I got it.</summary>
public sealed class MessagesModel(IMediator mediator) : PageModel
{
    public IReadOnlyList<MessageLine> Messages { get; private set; } = [];

    public async Task OnGetAsync(CancellationToken cancellationToken) =>
        Messages = (await mediator.Send(new ListMyMessages(User.Caller(), HttpContext.Frame().CommunityId), cancellationToken)).Require();

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        await mediator.Send(new MarkMessagesRead(User.Caller(), HttpContext.Frame().CommunityId), cancellationToken);
        return Redirect("/messages");
    }
}

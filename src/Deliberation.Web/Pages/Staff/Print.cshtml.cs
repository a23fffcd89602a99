using Deliberation.Domain;
using Deliberation.Features.Notifications.Prints;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Letters that wait to be printed, by building, and the batches that were taken.</summary>
public sealed class PrintModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    /// <summary>Building whose list is shown; none when empty.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Place { get; set; }

    public PrintDesk Desk { get; private set; } = null!;

    public Task<IActionResult> OnPostAsync(Guid form, string? place, CancellationToken cancellationToken) =>
        ActAsync(new MakePrintBatch(Caller, Community, form, place), "print-made", cancellationToken, batch => $"/staff/print/{batch}");

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetPrintDesk(Caller, Community, string.IsNullOrEmpty(Place) ? null : Place, PageAsked(30)), desk => Desk = desk, cancellationToken);

    /// <summary>The place in words.</summary>
    public static string Name(ITexts texts, string place) => place == PrintDesk.Elsewhere ? texts["print.elsewhere"] : place;
}

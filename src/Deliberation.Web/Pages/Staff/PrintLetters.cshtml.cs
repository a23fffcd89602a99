using Deliberation.Domain;
using Deliberation.Features.Notifications.Channels;
using Deliberation.Features.Notifications.Prints;
using Deliberation.Process.Texts;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The letters of a batch, one a page, each in its reader's language; and which of them were delivered.</summary>
public sealed class PrintLettersModel(IMediator mediator, ITexts texts, TextCatalog catalog, IOptionsMonitor<ChannelOptions> channels) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Keys of the letters that were ticked.</summary>
    [BindProperty]
    public IReadOnlyList<Guid> Letters { get; set; } = [];

    public PrintBatch Batch { get; private set; } = null!;

    private int ThisYear { get; set; }

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => ActAsync(new MarkPrinted(Caller, Community, Id), "print-printed", cancellationToken);

    public Task<IActionResult> OnPostHandedAsync(CancellationToken cancellationToken) =>
        ActAsync(new MarkHanded(Caller, Community, Id, Letters), "print-handed", cancellationToken, count: handed => handed);

    /// <summary>The words of a letter's reader.</summary>
    public ITexts Words(Letter letter) => new Texts(catalog, letter.Locale, ThisYear);

    /// <summary>The page of a fact, as a phone opens it.</summary>
    public string Address(string link) => new Uri(channels.CurrentValue.PublicAddress ?? new Uri($"{Request.Scheme}://{Request.Host}"), link).AbsoluteUri;

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        ThisYear = TimeZoneInfo.ConvertTime(await NowAsync(cancellationToken), Process.Calendar.WorkingCalendar.China.Zone).Year;
        return await AskAsync(new GetPrintBatch(Caller, Community, Id), batch => Batch = batch, cancellationToken);
    }
}

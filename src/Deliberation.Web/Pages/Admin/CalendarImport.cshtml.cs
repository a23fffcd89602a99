using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Admin;

/// <summary>Takes the State Council's list of a year, a file or pasted, shows what it would change, and brings it in.</summary>
[RequestFormLimits(ValueLengthLimit = 1 << 20)]
public sealed class CalendarImportModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public string? Year { get; set; }

    [BindProperty]
    public IFormFile? List { get; set; }

    [BindProperty]
    public string? Text { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>Null until there is something to look at.</summary>
    public YearPreview? Preview { get; private set; }

    public async Task<IActionResult> OnPostPreviewAsync(CancellationToken cancellationToken)
    {
        await TakeFileAsync(cancellationToken);
        return await AskAsync(new PreviewYear(Caller, Community, YearOf(), Text ?? ""), preview => Preview = preview, cancellationToken) is { } refusal
            ? await AgainAsync(refusal, cancellationToken)
            : Page();
    }

    public async Task<IActionResult> OnPostSaveAsync(CancellationToken cancellationToken)
    {
        await TakeFileAsync(cancellationToken);
        return await ActAsync(new ImportYear(Caller, Community, YearOf(), Text ?? "", Reason ?? ""), "calendar-saved", cancellationToken, _ => $"/admin/calendar?year={YearOf()}");
    }

    /// <summary>What was typed is looked at again when it is refused.</summary>
    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        if (!string.IsNullOrEmpty(Text))
        {
            await AskAsync(new PreviewYear(Caller, Community, YearOf(), Text), preview => Preview = preview, cancellationToken);
        }

        return null;
    }

    private int YearOf() => int.TryParse(Year, NumberStyles.None, CultureInfo.InvariantCulture, out var year) ? year : 0;

    /// <summary>A file goes before what was pasted; one character more than allowed is enough to see that it is too long.</summary>
    private async Task TakeFileAsync(CancellationToken cancellationToken)
    {
        if (List is null)
        {
            return;
        }

        using var reader = new StreamReader(List.OpenReadStream());
        var characters = new char[ImportYear.MostText + 1];
        Text = new string(characters, 0, await reader.ReadBlockAsync(characters, cancellationToken));
        ModelState.Remove(nameof(Text));
    }
}

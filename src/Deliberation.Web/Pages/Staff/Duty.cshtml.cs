using System.Globalization;
using Deliberation.Domain;
using Deliberation.Domain.Photos;
using Deliberation.Features.Duties;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>One fixed duty: its history, and the form that records a period with its proof.</summary>
[RequestSizeLimit(LargestBody)]
public sealed class DutyModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    private const long LargestBody = PhotoFile.Largest + (1 << 16);

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>First day of the period that is recorded.</summary>
    [BindProperty]
    public DateOnly? Period { get; set; }

    [BindProperty]
    public string? Note { get; set; }

    /// <summary>As typed.</summary>
    [BindProperty]
    public string? Number { get; set; }

    [BindProperty]
    public IFormFile? Photo { get; set; }

    [BindProperty]
    public string? EndReason { get; set; }

    public DutyPage Duty { get; private set; } = null!;

    public async Task<IActionResult> OnPostRecordAsync(CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        if (Photo is not null)
        {
            await Photo.CopyToAsync(content, cancellationToken);
        }

        decimal? number = decimal.TryParse(Number, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var typed) ? typed : null;
        return await ActAsync(new RecordDuty(Caller, Community, Id, Period ?? default, Note, number, content.ToArray()), "duty-recorded", cancellationToken);
    }

    public Task<IActionResult> OnPostEndAsync(CancellationToken cancellationToken) =>
        ActAsync(new EndDuty(Caller, Community, Id, EndReason), "duty-ended", cancellationToken, field: _ => nameof(EndReason));

    public async Task<IActionResult> OnGetPhotoAsync(DateOnly period, CancellationToken cancellationToken)
    {
        DutyPhoto? photo = null;
        if (await AskAsync(new GetDutyPhoto(Caller, Community, Id, period), found => photo = found, cancellationToken) is { } refusal)
        {
            return StatusCode(refusal.Kind.Status());
        }

        Response.Headers.ContentSecurityPolicy = "sandbox";
        return File(photo!.Content, photo.MediaType);
    }

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetDuty(Caller, Community, Id, PageAsked()), duty => Duty = duty, cancellationToken);
}

using Deliberation.Domain;
using Deliberation.Features.Resolutions;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Board;

/// <summary>One resolution with its proof, to read.</summary>
public class ResolutionModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public ResolutionPage Resolution { get; private set; } = null!;

    public async Task<IActionResult> OnGetPhotoAsync(CancellationToken cancellationToken)
    {
        ResolutionPhoto? photo = null;
        if (await AskAsync(new GetResolutionPhoto(Caller, Community, Id), found => photo = found, cancellationToken) is { } refusal)
        {
            return StatusCode(refusal.Kind.Status());
        }

        Response.Headers.ContentSecurityPolicy = "sandbox";
        return File(photo!.Content, photo.MediaType);
    }

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetResolution(Caller, Community, Id), resolution => Resolution = resolution, cancellationToken);
}

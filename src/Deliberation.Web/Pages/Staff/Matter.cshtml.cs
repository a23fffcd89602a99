using Deliberation.Domain;
using Deliberation.Features.Lists;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>One matter on a list: its way so far, and where it goes next.</summary>
public sealed class MatterModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Number of the list, or <c>closed</c>.</summary>
    [BindProperty]
    public string? List { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    public MatterPage Matter { get; private set; } = null!;

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) =>
        ActAsync(new MoveMatter(Caller, Community, Id, List == "closed" ? null : int.TryParse(List, out var number) ? number : 0, Reason), "matter-moved", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(new GetMatter(Caller, Community, Id), matter => Matter = matter, cancellationToken);
}

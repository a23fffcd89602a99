using System.Globalization;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Rehearsals;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The rehearsal of a project's coming ballot (演练): begin it, show its link, see how many managed, end it.</summary>
public sealed class RehearsalModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Question { get; set; }

    [BindProperty]
    public PaperKind Kind { get; set; }

    /// <summary>A line each.</summary>
    [BindProperty]
    public string? Choices { get; set; }

    [BindProperty]
    public string? Marks { get; set; }

    [BindProperty]
    public bool IsSecret { get; set; }

    public RehearsalDesk Desk { get; private set; } = null!;

    /// <summary>What residents open.</summary>
    public string Link => $"{Request.Scheme}://{Request.Host}/rehearsals/{Desk.Rehearsal!.Id}?c={HttpContext.Frame().Community?.Code}";

    private ProjectId Project => new(Id);

    public Task<IActionResult> OnPostStartAsync(CancellationToken cancellationToken) => ActAsync(
        new StartRehearsal(
            Caller, Community, Project, Question ?? "", Kind, (Choices ?? "").Split('\n'),
            int.TryParse(Marks, NumberStyles.None, CultureInfo.InvariantCulture, out var marks) ? marks : 1, IsSecret),
        "rehearsal-started", cancellationToken,
        field: named => named switch { "question" => nameof(Question), "options" => nameof(Choices), _ => nameof(Marks) });

    public Task<IActionResult> OnPostEndAsync(CancellationToken cancellationToken) =>
        ActAsync(new EndRehearsal(Caller, Community, Project), "rehearsal-ended", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetRehearsalDesk(Caller, Community, Project), desk => Desk = desk, cancellationToken);
}

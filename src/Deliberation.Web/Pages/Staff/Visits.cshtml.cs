using Deliberation.Domain;
using Deliberation.Features.Visits;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Household visits (走访): what is covered, what is left, and one form a door.</summary>
public sealed class VisitsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Project { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Building { get; set; }

    /// <summary>Only households that stand so; null = all.</summary>
    [BindProperty(SupportsGet = true)]
    public VisitStanding? Show { get; set; }

    [BindProperty]
    public Guid Round { get; set; }

    [BindProperty]
    public Guid Household { get; set; }

    [BindProperty]
    public string? Wish { get; set; }

    public VisitsPage? Visits { get; private set; }

    /// <summary>Counts of the building that is looked at, or of all.</summary>
    public int HowMany(Func<VisitCount, int> of) => Visits!.Counts.Where(c => string.IsNullOrEmpty(Building) || c.Building == Building).Sum(of);

    /// <summary>Back to the same part of the list.</summary>
    public Task<IActionResult> OnPostAsync(string? outcome, CancellationToken cancellationToken) => ActAsync(
        new LogVisit(Caller, Community, Round, new HouseholdId(Household), outcome ?? "", Wish ?? ""), "visited", cancellationToken,
        _ => With("page-no", PageNumber > 1 ? $"{PageNumber}" : null), visited => visited);

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(
            new GetVisits(Caller, Community, new ProjectId(Project), Show, Building, PageAsked(40)), visits => Visits = visits, cancellationToken);
}

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

    [BindProperty]
    public Guid Round { get; set; }

    [BindProperty]
    public Guid Household { get; set; }

    [BindProperty]
    public string? Wish { get; set; }

    public VisitsPage? Visits { get; private set; }

    public IEnumerable<VisitLine> Shown => Visits!.Households.Where(h => string.IsNullOrEmpty(Building) || h.Building == Building);

    public Task<IActionResult> OnPostAsync(string? outcome, CancellationToken cancellationToken) => ActAsync(
        new LogVisit(Caller, Community, Round, new HouseholdId(Household), outcome ?? "", Wish ?? ""), "visited", cancellationToken,
        _ => Microsoft.AspNetCore.WebUtilities.QueryHelpers.AddQueryString(Request.Path, "building", Building ?? ""), visited => visited);

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetVisits(Caller, Community, new ProjectId(Project)), visits => Visits = visits, cancellationToken);
}

using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Agendas;
using Deliberation.Features.Foundation;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Desks;

/// <summary>The agenda of the body at the top of the ladder: what climbed there, and what was decided. A decision is carried out as it is written down.</summary>
public sealed class AgendaModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public Guid Item { get; set; }

    /// <summary>The community of the item; the reader may look after several.</summary>
    [BindProperty]
    public int Of { get; set; }

    /// <summary>Name of an <see cref="UpperDecision"/>.</summary>
    [BindProperty]
    public string? Act { get; set; }

    [BindProperty]
    public string? Words { get; set; }

    /// <summary>yyyy-MM-dd, as typed.</summary>
    [BindProperty]
    public string? Day { get; set; }

    [BindProperty]
    public string? Post { get; set; }

    /// <summary>Working days as typed.</summary>
    [BindProperty]
    public string? Days { get; set; }

    [BindProperty]
    public string? Outcome { get; set; }

    public Paged<UpperItem> Items { get; private set; } = null!;

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => Enum.TryParse<UpperDecision>(Act, out var decision) && Enum.IsDefined(decision)
        ? ActAsync(
            new DecideUpperItem(
                Caller, new CommunityId(Of), Item, decision, Words ?? "", DateOnly.TryParseExact(Day, "yyyy-MM-dd", out var day) ? day : null, Post,
                int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : 0, Outcome),
            "agenda-decided", cancellationToken, field: named => named == "Reason" ? nameof(Words) : named)
        : AgainAsync(null, cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListUpperAgenda(Caller, Community, null, PageAsked()), items => Items = items, cancellationToken);
}

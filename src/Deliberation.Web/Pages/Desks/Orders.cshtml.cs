using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Desks;

/// <summary>Supervised orders (督办单): what was ordered about late matters, and how it stands. Officials and staff see the same list.</summary>
public sealed class OrdersModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    /// <summary>Name of an <see cref="OrderView"/>; anything else = open.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Show { get; set; }

    public OrderView View => Enum.TryParse<OrderView>(Show, out var view) && Enum.IsDefined(view) ? view : OrderView.Open;

    public bool MayIssue => Caller.Kind != CallerKind.Supervisor;

    public OrderList List { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListOrders(Caller, Community, View, PageAsked()), list => List = list, cancellationToken);
}

using System.Globalization;
using Deliberation.Domain;
using Deliberation.Domain.Photos;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Desks;

/// <summary>One supervised order: its answer with proof by the post, its judgement by who issued it, and all that happened.</summary>
[RequestSizeLimit(LargestBody)]
public sealed class OrderModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    private const long LargestBody = PhotoFile.Largest + (1 << 16);

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Answer { get; set; }

    [BindProperty]
    public IFormFile? Photo { get; set; }

    [BindProperty]
    public string? ReturnReason { get; set; }

    /// <summary>Working days as typed.</summary>
    [BindProperty]
    public string? Days { get; set; }

    public OrderPage Order { get; private set; } = null!;

    /// <summary>Changes of the calendar that moved its day.</summary>
    public IReadOnlyList<MovedDeadline> Moved { get; private set; } = [];

    public bool IsStaff => Caller.Kind is CallerKind.Staff or CallerKind.Admin;

    /// <summary>The form that returns was sent and came back.</summary>
    public bool IsReturned => string.Equals(Request.Query["handler"], "Return", StringComparison.OrdinalIgnoreCase);

    public async Task<IActionResult> OnPostAnswerAsync(CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        if (Photo is not null)
        {
            await Photo.CopyToAsync(content, cancellationToken);
        }

        return await ActOnAsync(of => new AnswerOrder(Caller, of, Id, Answer, content.ToArray()), "order-answered", cancellationToken);
    }

    public Task<IActionResult> OnPostAcceptAsync(CancellationToken cancellationToken) =>
        ActOnAsync(of => new AcceptOrder(Caller, of, Id), "order-accepted", cancellationToken);

    public Task<IActionResult> OnPostReturnAsync(CancellationToken cancellationToken) => ActOnAsync(
        of => new ReturnOrder(Caller, of, Id, ReturnReason ?? "", int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : 0),
        "order-returned", cancellationToken);

    public async Task<IActionResult> OnGetPhotoAsync(Guid @event, CancellationToken cancellationToken)
    {
        PhotoProof? photo = null;
        if (await AskAsync(new GetOrderPhoto(Caller, Community, Id, @event), found => photo = found, cancellationToken) is { } refusal)
        {
            return StatusCode(refusal.Kind.Status());
        }

        Response.Headers.ContentSecurityPolicy = "sandbox";
        return File(photo!.Content, photo.MediaType);
    }

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new GetOrder(Caller, Community, Id), order => Order = order, cancellationToken)
            ?? await AskAsync(new ListDeadlineMoves(Caller, Order.Order.Community, Id), moved => Moved = moved, cancellationToken);

    /// <summary>Acts in the community of the order: the reader may look after several.</summary>
    private async Task<IActionResult> ActOnAsync(Func<CommunityId, IRequest<Result<Done>>> act, string said, CancellationToken cancellationToken) =>
        await LoadAsync(cancellationToken) is { } refusal
            ? StatusCode(refusal.Kind.Status())
            : await ActAsync(act(Order.Order.Community), said, cancellationToken, field: named => named == "Reason" ? nameof(ReturnReason) : named);
}

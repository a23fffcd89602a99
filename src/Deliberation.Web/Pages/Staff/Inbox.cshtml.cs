using Deliberation.Domain;
using Deliberation.Features.Orders;
using Deliberation.Features.Tasks;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Open work (待办) in five views. View and filters live in the address, so that a list can be sent to a colleague.</summary>
public sealed class InboxModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    /// <summary>Views by their word in the address; nothing = mine.</summary>
    public static IReadOnlyList<(string? Word, InboxView View)> Views { get; } =
    [
        (null, InboxView.Mine), ("posts", InboxView.MyPosts), ("waiting", InboxView.Waiting), ("followed", InboxView.Followed), ("community", InboxView.Community),
    ];

    [BindProperty(SupportsGet = true)]
    public string? View { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Project { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Post { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? Kind { get; set; }

    /// <summary>overdue or unanswered; anything else = all.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Only { get; set; }

    /// <summary>First day of the due instant, yyyy-MM-dd; what is no day asks for nothing.</summary>
    [BindProperty(SupportsGet = true)]
    public string? From { get; set; }

    [BindProperty(SupportsGet = true)]
    public string? To { get; set; }

    /// <summary>Words of a title.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Find { get; set; }

    [BindProperty]
    public string? UrgeReason { get; set; }

    public Inbox Inbox { get; private set; } = null!;

    /// <summary>Supervised orders that wait for the reader; on the first view, unless it is narrowed.</summary>
    public IReadOnlyList<OrderLine> Orders { get; private set; } = [];

    public InboxView Asked => Views.FirstOrDefault(known => known.Word == View).View;

    public bool IsFiltered => Filter != new InboxFilter();

    private InboxFilter Filter => new(
        Project is { } id ? new ProjectId(id) : null, Named(Post), Named(Kind), Only == "overdue", Only == "unanswered", Day(From), Day(To), Named(Find));

    public Task<IActionResult> OnPostUrgeAsync(CancellationToken cancellationToken) => ActAsync(
        new UrgeTasks(Caller, Community, Asked, Filter, UrgeReason ?? ""), "tasks-urged", cancellationToken, _ => With("handler", null), urged => urged, _ => "UrgeReason");

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new ListInbox(Caller, Community, Asked, Filter, PageAsked()), inbox => Inbox = inbox, cancellationToken)
        ?? (Asked == InboxView.Mine && !IsFiltered ? await AskAsync(new ListMyOrders(Caller, Community), orders => Orders = orders, cancellationToken) : null);

    private static string? Named(string? typed) => string.IsNullOrWhiteSpace(typed) ? null : typed;

    private static DateOnly? Day(string? typed) => DateOnly.TryParseExact(typed, "yyyy-MM-dd", out var day) ? day : null;
}

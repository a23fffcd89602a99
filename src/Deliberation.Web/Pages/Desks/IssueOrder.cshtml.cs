using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Orders;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Desks;

/// <summary>Late matters to choose from, and the form of an order about the chosen one. The choice lives in the address.</summary>
public sealed class IssueOrderModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    /// <summary>The community of the matter; the reader may look after several.</summary>
    [BindProperty(SupportsGet = true)]
    public int Of { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Project { get; set; }

    [BindProperty(SupportsGet = true)]
    public Guid? Task { get; set; }

    [BindProperty]
    public string? What { get; set; }

    [BindProperty]
    public string? Post { get; set; }

    /// <summary>Working days as typed.</summary>
    [BindProperty]
    public string? Days { get; set; } = "3";

    public LateMatters Late { get; private set; } = null!;

    /// <summary>Null: nothing is chosen, or it is late no more.</summary>
    public LateMatter? Chosen { get; private set; }

    public string Address(LateMatter matter) =>
        string.Create(CultureInfo.InvariantCulture, $"/board/orders/issue?of={matter.Community.Value}&project={matter.Project}&task={matter.Task}&page-no={PageNumber}");

    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => ActAsync(
        new IssueOrder(
            Caller, new CommunityId(Of), Project is { } project ? new ProjectId(project) : null, Task is { } task ? new TaskId(task) : null,
            Post, What, int.TryParse(Days, NumberStyles.None, CultureInfo.InvariantCulture, out var days) ? days : 0),
        "order-issued", cancellationToken, order => $"/board/orders/{order}");

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        var refusal = await AskAsync(new ListLateMatters(Caller, Community, PageAsked(50)), late => Late = late, cancellationToken);
        Chosen = Late?.Matters.Items.FirstOrDefault(matter => matter.Community.Value == Of && matter.Project.Value == Project && matter.Task?.Value == Task);
        return refusal;
    }
}

using Deliberation.Domain;
using Deliberation.Features.Notices;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>One notice with its objections and their answers.</summary>
public sealed class NoticeDeskModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? WithdrawReason { get; set; }

    /// <summary>Objection whose answer was refused, to keep what was typed.</summary>
    public Guid? Answering { get; private set; }

    [BindProperty]
    public string? Answer { get; set; }

    public NoticePage Notice { get; private set; } = null!;

    /// <param name="decision">The button: Dismiss, Uphold, or a remedy.</param>
    public Task<IActionResult> OnPostDecideAsync(Guid objection, string? decision, CancellationToken cancellationToken)
    {
        Answering = objection;
        ObjectionRemedy? remedy = Enum.TryParse<ObjectionRemedy>(decision, out var named) ? named : null;
        return ActAsync(new DecideObjection(Caller, Community, objection, remedy is not null || decision == "Uphold", Answer ?? "", remedy), "objection-decided", cancellationToken);
    }

    public Task<IActionResult> OnPostWithdrawAsync(CancellationToken cancellationToken) =>
        ActAsync(new WithdrawNotice(Caller, Community, Id, WithdrawReason ?? ""), "notice-withdrawn", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetNotice(Caller, Community, Id), notice => Notice = notice, cancellationToken);
}

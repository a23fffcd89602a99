using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Ledger;
using Deliberation.Web.Api;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Board;

/// <summary>The log of votes for those who watch over it: witnesses and their keys, and the auditors' bundle.</summary>
public sealed class LedgerModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public string? Name { get; set; }

    [BindProperty]
    public string? Key { get; set; }

    [BindProperty]
    public string? Witness { get; set; }

    [BindProperty]
    public string? Reason { get; set; }

    /// <summary>Why the key is changed.</summary>
    [BindProperty]
    public string? Why { get; set; }

    public LedgerView Ledger { get; private set; } = null!;

    public bool IsAdmin => Caller.Kind == CallerKind.Admin;

    public bool MayAudit => Caller.Kind is CallerKind.Admin or CallerKind.Supervisor;

    public Task<IActionResult> OnPostAddAsync(CancellationToken cancellationToken) =>
        ActAsync(new AddWitness(Caller, Community, Name ?? "", Key ?? ""), "witness-added", cancellationToken);

    public Task<IActionResult> OnPostRemoveAsync(CancellationToken cancellationToken) =>
        ActAsync(new RemoveWitness(Caller, Community, Witness ?? ""), "witness-removed", cancellationToken);

    public Task<IActionResult> OnPostRotateAsync(CancellationToken cancellationToken) =>
        ActAsync(new RotateLogKey(Caller, Community, Why ?? ""), "key-rotated", cancellationToken, field: _ => nameof(Why));

    public async Task<IActionResult> OnPostBundleAsync(CancellationToken cancellationToken)
    {
        LedgerBundle? bundle = null;
        if (await AskAsync(new ExportAuditorsBundle(Caller, Community, Reason ?? ""), granted => bundle = granted, cancellationToken) is { } refusal)
        {
            return await AgainAsync(refusal, cancellationToken);
        }

        return new BundleResult(bundle!, "ledger-auditors.zip");
    }

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetLedger(Caller, Community), view => Ledger = view, cancellationToken);
}

/// <summary>A bundle as a page's answer, written while it is sent.</summary>
internal sealed class BundleResult(LedgerBundle bundle, string name) : IActionResult
{
    public async Task ExecuteResultAsync(ActionContext context)
    {
        var response = context.HttpContext.Response;
        context.HttpContext.AllowZip();
        response.ContentType = "application/zip";
        response.Headers.ContentDisposition = $"attachment; filename={name}";
        await bundle.WriteAsync(response.Body, context.HttpContext.RequestAborted);
    }
}

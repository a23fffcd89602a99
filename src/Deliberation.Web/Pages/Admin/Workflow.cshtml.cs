using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Admin;

/// <summary>One workflow (流程): why it waits, what went wrong, what it did; tried again, altered or moved to a newer version by hand.</summary>
public sealed class WorkflowModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? RetryReason { get; set; }

    [BindProperty]
    public string? Variable { get; set; }

    [BindProperty]
    public string? Value { get; set; }

    [BindProperty]
    public string? VariableReason { get; set; }

    [BindProperty]
    public string? CancelActivity { get; set; }

    [BindProperty]
    public string? CancelReason { get; set; }

    [BindProperty]
    public string? RunActivity { get; set; }

    [BindProperty]
    public string? RunReason { get; set; }

    [BindProperty]
    public string? MoveReason { get; set; }

    public InstanceDetails Details { get; private set; } = null!;

    /// <summary>What moving to the newer version would do; null when there is none.</summary>
    public Migration? Move { get; private set; }

    /// <summary>Activities that are open: they wait, or have faulted.</summary>
    public IEnumerable<(string Id, string Title)> Open => Details.Waits.Select(wait => (wait.ActivityId, wait.Activity))
        .Concat(Details.SubStatus == "Faulted" ? Details.Incidents.Where(incident => incident.Resolution is null).Select(incident => (incident.ActivityId, incident.Activity)) : [])
        .Distinct();

    public Task<IActionResult> OnPostRetryAsync(CancellationToken cancellationToken) =>
        ActAsync(new RetryInstance(Caller, Community, Id, RetryReason ?? ""), "workflow-retried", cancellationToken, field: _ => nameof(RetryReason));

    public Task<IActionResult> OnPostVariableAsync(CancellationToken cancellationToken) => ActAsync(
        new ModifyInstanceVariable(Caller, Community, Id, Variable ?? "", Value ?? "", VariableReason ?? ""), "workflow-altered", cancellationToken,
        field: field => field == "Reason" ? nameof(VariableReason) : nameof(Value));

    public Task<IActionResult> OnPostCancelAsync(CancellationToken cancellationToken) => ActAsync(
        new CancelInstanceActivity(Caller, Community, Id, CancelActivity ?? "", CancelReason ?? ""), "workflow-altered", cancellationToken,
        field: field => field == "Reason" ? nameof(CancelReason) : nameof(CancelActivity));

    public Task<IActionResult> OnPostRunAsync(CancellationToken cancellationToken) => ActAsync(
        new ScheduleInstanceActivity(Caller, Community, Id, RunActivity ?? "", RunReason ?? ""), "workflow-altered", cancellationToken,
        field: field => field == "Reason" ? nameof(RunReason) : nameof(RunActivity));

    public async Task<IActionResult> OnPostMoveAsync(CancellationToken cancellationToken) =>
        await LoadAsync(cancellationToken) is { } denied ? StatusCode(denied.Kind.Status())
            : await ActAsync(Migrate(isDryRun: false), "workflow-moved", cancellationToken, field: _ => nameof(MoveReason));

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        var refusal = await AskAsync(new GetInstance(Caller, Community, Id, Texts.Language, PageAsked(30)), details => Details = details, cancellationToken);
        return refusal is not null || Details.NewerVersionId is null || Details.SubStatus is "Finished" or "Cancelled"
            ? refusal
            : await AskAsync(Migrate(isDryRun: true), move => Move = move, cancellationToken);
    }

    private MigrateInstances Migrate(bool isDryRun) => new(Caller, Community, Details.VersionId, Details.NewerVersionId ?? "", [Id], isDryRun, MoveReason ?? "");
}

using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Meetings;
using Deliberation.Features.Residents;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The desk of one meeting: agenda, sign-in, decisions, minutes seen by two people, end.</summary>
public sealed class MeetingDeskModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    private static readonly TimeSpan China = TimeSpan.FromHours(8);

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    [BindProperty]
    public string? Who { get; set; }

    [BindProperty]
    public string? Place { get; set; }

    [BindProperty]
    public string? MeetsAt { get; set; }

    [BindProperty]
    public int? ExpectedCount { get; set; }

    [BindProperty]
    public string? AgendaText { get; set; }

    [BindProperty]
    public string? Speaker { get; set; }

    [BindProperty]
    public string? MinutesText { get; set; }

    [BindProperty]
    public int MinutesVersion { get; set; }

    [BindProperty]
    public string? OpenPoints { get; set; }

    [BindProperty]
    public int? PlanVersion { get; set; }

    [BindProperty]
    public string? ConcludeReason { get; set; }

    public MeetingPage Meeting { get; private set; } = null!;

    /// <summary>People found at the door that was typed, to choose from.</summary>
    public IReadOnlyList<ResidentLine> Found { get; private set; } = [];

    public bool IsOpen => Meeting.Outcome is null;

    /// <summary>The meeting's time as the form shows it, in the council's zone.</summary>
    public string MeetsAtTyped => MeetsAt ?? Meeting.MeetsAt.ToOffset(China).ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    public Task<IActionResult> OnPostUpdateAsync(CancellationToken cancellationToken)
    {
        if (!DateTime.TryParseExact(MeetsAt, ["yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
        {
            ModelState.AddModelError(nameof(MeetsAt), Texts["form.not-a-time"]);
        }

        return ActAsync(
            new UpdateMeeting(Caller, Community, Id, Place ?? "", new DateTimeOffset(local, China).ToUniversalTime(), ExpectedCount), "meeting-updated", cancellationToken);
    }

    /// <summary>Signs in by door or name; several people there: the page asks which.</summary>
    public async Task<IActionResult> OnPostSignInAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new FindResident(Caller, Community, Who?.Trim() ?? ""), found => Found = found, cancellationToken) is { } refusal)
        {
            return await AgainAsync(refusal with { Field = nameof(Who) }, cancellationToken);
        }

        var exact = Found.Where(r => r.Door == Who?.Trim() || r.FullName == Who?.Trim()).ToList();
        Found = exact.Count > 0 ? exact : Found;
        var households = Found.Where(r => r.Household is not null).Select(r => r.Household).Distinct().ToList();
        if (households.Count == 1 && Found.All(r => r.Household is not null))
        {
            return await SignAsync(households[0], null, cancellationToken);
        }

        if (Found.Count == 1)
        {
            return await SignAsync(null, Found[0].Resident, cancellationToken);
        }

        ModelState.AddModelError(nameof(Who), Texts[Found.Count == 0 ? "staff.meeting.nobody" : "staff.meeting.several"]);
        return await AgainAsync(null, cancellationToken);
    }

    public Task<IActionResult> OnPostSignAsync(Guid? household, Guid? resident, CancellationToken cancellationToken) =>
        SignAsync(household is { } h ? new HouseholdId(h) : null, resident is { } r && household is null ? new ResidentId(r) : null, cancellationToken);

    public Task<IActionResult> OnPostAgendaAsync(CancellationToken cancellationToken) =>
        ActAsync(new AddAgendaItem(Caller, Community, Id, AgendaText ?? "", Speaker ?? ""), "agenda-added", cancellationToken);

    public Task<IActionResult> OnPostDecisionAsync(Guid item, string? decision, string? owner, string? dueOn, CancellationToken cancellationToken) =>
        ActAsync(
            new RecordAgendaDecision(
                Caller, Community, Id, item, decision ?? "", string.IsNullOrWhiteSpace(owner) ? null : owner,
                DateOnly.TryParseExact(dueOn, "yyyy-MM-dd", out var day) ? day : null),
            "decision-recorded", cancellationToken);

    public Task<IActionResult> OnPostMinutesAsync(CancellationToken cancellationToken) =>
        ActAsync(new WriteMinutes(Caller, Community, Id, MinutesText ?? "", MinutesVersion), "minutes-saved", cancellationToken);

    public Task<IActionResult> OnPostApproveAsync(CancellationToken cancellationToken) =>
        ActAsync(new ApproveMinutes(Caller, Community, Id, MinutesVersion), "minutes-approved", cancellationToken);

    public Task<IActionResult> OnPostConcludeAsync(string? outcome, CancellationToken cancellationToken) => ActAsync(
        new ConcludeMeeting(
            Caller, Community, Id, outcome ?? "",
            (OpenPoints ?? "").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
            PlanVersion, string.IsNullOrWhiteSpace(ConcludeReason) ? null : ConcludeReason),
        "meeting-concluded", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetMeeting(Caller, Community, Id), meeting => Meeting = meeting, cancellationToken);

    private Task<IActionResult> SignAsync(HouseholdId? household, ResidentId? resident, CancellationToken cancellationToken) =>
        ActAsync(new SignIn(Caller, Community, Id, household, resident), "signed-in", cancellationToken, count: present => present);
}

using Deliberation.Domain;
using Deliberation.Features.Laws;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Admin;

/// <summary>The laws that ballots are counted under, and which of them nobody has compared with the official text yet; and how this community may elect its committee.</summary>
public sealed class LawsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public string? OnlineBasis { get; set; }

    [BindProperty]
    public string? Document { get; set; }

    [BindProperty]
    public string? WithdrawReason { get; set; }

    public IReadOnlyList<LawLine> Laws { get; private set; } = [];

    /// <summary>Of this community.</summary>
    public ElectionBasis Elections { get; private set; } = null!;

    public Task<IActionResult> OnPostAllowAsync(CancellationToken cancellationToken) =>
        ActAsync(new AllowOnlineElections(Caller, Community, OnlineBasis ?? "", Document), "online-elections", cancellationToken);

    public Task<IActionResult> OnPostWithdrawAsync(CancellationToken cancellationToken) =>
        ActAsync(new WithdrawOnlineElections(Caller, Community, WithdrawReason ?? ""), "paper-elections", cancellationToken, field: _ => nameof(WithdrawReason));

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        await AskAsync(new ListLaws(Caller, Community), laws => Laws = laws, cancellationToken)
        ?? await AskAsync(new GetElectionBasis(Caller, Community), basis => Elections = basis, cancellationToken);
}

/// <summary>A law profile in words.</summary>
internal static class LawWords
{
    /// <summary>With the year of the text: two texts of one law stand side by side here.</summary>
    public static string LawTitle(this ITexts texts, LawLine law) => texts.Get("law.title", new { law = texts[$"law.{law.Id}"], year = law.Id[(law.Id.LastIndexOf('-') + 1)..] });

    public static string LawDates(this ITexts texts, LawLine law) =>
        law.EffectiveTo is { } last ? texts.Get("law.in-force-until", new { from = law.EffectiveFrom, last }) : texts.Get("law.in-force-from", new { from = law.EffectiveFrom });

    public static StatusPart LawStatus(this ITexts texts, LawLine law) => law.State switch
    {
        LawState.Unconfirmed => new StatusPart("due", texts["law.unconfirmed"]),
        LawState.Confirmed => new StatusPart("ok", texts["law.confirmed"]),
        _ => new StatusPart("ok", texts["law.shipped"]),
    };
}

using Deliberation.Domain;
using Deliberation.Features.Resolutions;
using Deliberation.Process.Resolutions;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Board;

/// <summary>What was adopted and what becomes of it (成果转化): the same list for staff and for those who look on.</summary>
public class ResolutionsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    /// <summary><c>over</c>; anything else shows what waits.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Show { get; set; }

    public bool IsOver => Show == "over";

    public ResolutionList List { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListResolutions(Caller, Community, IsOver, PageAsked()), list => List = list, cancellationToken);
}

/// <summary>Where a resolution stands, in words and colours.</summary>
public static class ResolutionWords
{
    public static StatusPart Status(this ITexts texts, ResolutionStanding standing) => new(
        standing switch
        {
            ResolutionStanding.Done => "ok",
            ResolutionStanding.Overdue => "no",
            ResolutionStanding.Unassigned => "due",
            ResolutionStanding.InWork => "do",
            _ => "",
        },
        texts[$"resolutions.standing.{standing}"]);

    /// <summary>Who and by when, or when it was adopted.</summary>
    public static string Why(this ITexts texts, ResolutionLine resolution) =>
        resolution.DueOn is { } due ? $"{resolution.Department} · {texts.Get("resolutions.by", new { day = texts.Format.Date(due) })}" : texts.Get("resolutions.adopted-at", new { at = resolution.AdoptedAt });
}

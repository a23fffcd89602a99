using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Lists;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>A department's pack of a month (每月调度), as it was made; to read and to print.</summary>
public sealed class PackModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Department { get; set; }

    /// <summary><c>2026-10</c>.</summary>
    [BindProperty(SupportsGet = true)]
    public string? Month { get; set; }

    public Pack Pack { get; private set; } = null!;

    /// <summary>A month in addresses: <c>2026-10</c>.</summary>
    public static string Key(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        ReadDay($"{Month}-01") is { } month
            ? await AskAsync(new GetPack(Caller, Community, Department, month), pack => Pack = pack, cancellationToken)
            : AccessRefusals.NotFound;
}

public static class PackWords
{
    /// <summary>What is said of a line below its title.</summary>
    public static string Line(this ITexts texts, PackLine line) => line.Section switch
    {
        PackSection.New => $"{line.To} · {line.Reason}",
        PackSection.Moved => $"{line.From} → {line.To} · {line.Reason}",
        PackSection.Closed => $"{line.From} · {line.Reason}",
        PackSection.Overdue => $"{line.To} · {texts.Get("resolutions.by", new { day = texts.Format.Date(line.Day!.Value) })}",
        _ => $"{line.Owner} · {texts.LastDay(line.Day)}",
    };
}

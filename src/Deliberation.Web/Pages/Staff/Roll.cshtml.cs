using System.Net.Mime;
using Deliberation.Domain;
using Deliberation.Features.Rolls;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The roll desk (名册): the books door by door, search, export.</summary>
/// <remarks>The search is posted: names stay out of addresses and logs.</remarks>
public sealed class RollModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public string? Building { get; set; }

    [BindProperty]
    public string? Find { get; set; }

    [BindProperty]
    public string? ExportReason { get; set; }

    public RollList List { get; private set; } = null!;

    public Task<IActionResult> OnPostFindAsync(CancellationToken cancellationToken)
    {
        Find = string.IsNullOrWhiteSpace(Find) ? null : Find.Trim();
        return OnGetAsync(cancellationToken);
    }

    public async Task<IActionResult> OnPostExportAsync(string? format, bool names, CancellationToken cancellationToken)
    {
        var isXlsx = format == "xlsx";
        byte[] file = [];
        var refusal = await AskAsync(
            new ExportRoll(Caller, Community, isXlsx, [.. RollColumns.All.Select(column => Texts[$"roll.column.{column}"])], names, ExportReason), made => file = made, cancellationToken);
        return refusal is null
            ? File(file, isXlsx ? TableTypes.Xlsx : MediaTypeNames.Text.Csv, $"roll-{HttpContext.Frame().Community!.Code}.{(isXlsx ? "xlsx" : "csv")}")
            : await AgainAsync(refusal, cancellationToken);
    }

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => AskAsync(
        new ListRoll(Caller, Community, Find is null ? Building : null, Find, Find is null ? PageAsked() : new(1, 50)), list => List = list, cancellationToken);
}

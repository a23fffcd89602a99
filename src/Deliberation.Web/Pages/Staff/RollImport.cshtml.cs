using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Rolls;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Takes a roll table, a file or pasted cells, and leads to its preview. The books stay as they are.</summary>
[RequestSizeLimit(MostBody)]
[RequestFormLimits(MultipartBodyLengthLimit = MostBody, ValueLengthLimit = 1 << 20)]
public sealed class RollImportModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    /// <summary>More than the largest file, so that one a little too large is told so on the page.</summary>
    private const int MostBody = 3 * UploadRoll.MostBytes / 2;

    [BindProperty]
    public IFormFile? Table { get; set; }

    [BindProperty]
    public string? Pasted { get; set; }

    [BindProperty]
    public bool IsComplete { get; set; }

    [BindProperty]
    public bool HasNewBuildings { get; set; }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var isPasted = Table is null && !string.IsNullOrWhiteSpace(Pasted);
        var content = isPasted ? Encoding.UTF8.GetBytes(Pasted!) : await BytesAsync(cancellationToken);
        return await ActAsync(
            new UploadRoll(Caller, Community, isPasted ? Texts["roll.import.pasted"] : Table?.FileName ?? "", content, IsComplete, HasNewBuildings), "roll-uploaded", cancellationToken,
            import => $"/staff/roll/import/{import}");
    }

    public IActionResult OnGetTemplate() => File(
        RollTemplate.Xlsx(Texts["roll.title"], [.. RollColumns.All.Select(column => Texts[$"roll.column.{column}"])]), TableTypes.Xlsx, "roll-template.xlsx");

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) => Task.FromResult<Refusal?>(null);

    private async Task<byte[]> BytesAsync(CancellationToken cancellationToken)
    {
        if (Table is null)
        {
            return [];
        }

        using var bytes = new MemoryStream();
        await Table.CopyToAsync(bytes, cancellationToken);
        return bytes.ToArray();
    }
}

using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Projects;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Documents that a project's next ballots go to the vote with; ballots that have opened keep theirs.</summary>
[RequestSizeLimit(3 << 20)]
public sealed class DocumentsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    /// <summary>Title of the document.</summary>
    [BindProperty]
    public string? Name { get; set; }

    /// <summary>Typed or pasted in; a file goes before it.</summary>
    [BindProperty]
    public string? Words { get; set; }

    [BindProperty]
    public IFormFile? Upload { get; set; }

    public ProjectDocuments Documents { get; private set; } = null!;

    private ProjectId Project => new(Id);

    public async Task<IActionResult> OnPostAddAsync(CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        if (Upload is not null)
        {
            await Upload.CopyToAsync(content, cancellationToken);
        }
        else
        {
            content.Write(Encoding.UTF8.GetBytes((Words ?? "").Trim()));
        }

        return await ActAsync(
            new AttachDocument(Caller, Community, Project, Name ?? "", content.ToArray()), "document-added", cancellationToken,
            field: named => named == "title" ? nameof(Name) : Upload is null ? nameof(Words) : nameof(Upload));
    }

    public Task<IActionResult> OnPostRemoveAsync(string hash, CancellationToken cancellationToken) =>
        ActAsync(new RemoveDocument(Caller, Community, Project, hash), "document-removed", cancellationToken);

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListDocuments(Caller, Community, Project), documents => Documents = documents, cancellationToken);
}

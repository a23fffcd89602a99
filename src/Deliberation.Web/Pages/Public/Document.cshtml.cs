using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>A document as it was put to the vote: a text is read here, a file is taken along. Its hash is its address, so that this very version is what was voted on.</summary>
public sealed class DocumentModel(IMediator mediator, ITexts texts) : PageModel
{
    public Guid Ballot { get; private set; }

    public DocumentContent Read { get; private set; } = null!;

    /// <summary>The lines of a text; empty for a file.</summary>
    public IReadOnlyList<string> Lines { get; private set; } = [];

    public async Task<IActionResult> OnGetAsync(Guid id, string hash, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(new ReadDocument(User.Caller(), HttpContext.Frame().CommunityId, new BallotId(id), hash), cancellationToken);
        if (answer is Result<DocumentContent>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        (Ballot, Read) = (id, answer.Require());
        if (Read.Document.Type == "text/plain")
        {
            Lines = Encoding.UTF8.GetString(Read.Content).Split('\n');
        }

        return Page();
    }

    /// <summary>The file itself, never shown in place: what people upload runs nowhere.</summary>
    public async Task<IActionResult> OnGetFileAsync(Guid id, string hash, CancellationToken cancellationToken) =>
        await mediator.Send(new ReadDocument(User.Caller(), HttpContext.Frame().CommunityId, new BallotId(id), hash), cancellationToken) switch
        {
            Result<DocumentContent>.Accepted { Value: var found } => File(found.Content, found.Document.Type, FileName(found.Document)),
            Result<DocumentContent>.Refused { Reason: var reason } => this.TurnAway(reason, texts),
            _ => throw new InvalidOperationException(),
        };

    private static string FileName(BallotDocument document) =>
        document.Sha256[..8] + document.Type switch { "application/pdf" => ".pdf", "image/jpeg" => ".jpg", "image/png" => ".png", _ => ".txt" };
}

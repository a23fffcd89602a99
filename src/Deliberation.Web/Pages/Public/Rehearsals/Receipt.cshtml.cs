using Deliberation.Web.Language;
using Deliberation.Web.Pages.Residents.Ballots;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Public.Rehearsals;

/// <summary>The receipt of a rehearsal: it looks like one, and says that it is none.</summary>
public sealed class ReceiptModel(IMediator mediator, ITexts texts, Papers papers) : RehearsalPage(mediator, texts, papers)
{
    public string Code { get; private set; } = "";

    public async Task<IActionResult> OnGetAsync(Guid id, string code, CancellationToken cancellationToken)
    {
        Code = code.ToUpperInvariant(); // as on the paper, whatever routing wrote
        return Code.StartsWith("TRY-", StringComparison.Ordinal) ? await ReadAsync(id, cancellationToken) ?? Page() : NotFound();
    }
}

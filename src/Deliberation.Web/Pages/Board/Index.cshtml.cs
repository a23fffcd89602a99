using Deliberation.Domain;
using Deliberation.Features.Boards;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Board;

/// <summary>The district's board: communities by stage, with denominators; never a person, never a ranking of small numbers.</summary>
public sealed class IndexModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    private static readonly TimeSpan Silence = TimeSpan.FromDays(30);

    [BindProperty(SupportsGet = true)]
    public string? Subdistrict { get; set; }

    public IReadOnlyList<BoardLine> All { get; private set; } = [];

    public IEnumerable<BoardLine> Shown => All.Where(line => string.IsNullOrEmpty(Subdistrict) || line.Subdistrict == Subdistrict);

    public DateTimeOffset Now { get; private set; }

    /// <summary>Running projects and nothing on any timeline for 30 days.</summary>
    public bool IsSilent(BoardLine line) => line.Running > 0 && (line.LastEventAt is null || Now - line.LastEventAt >= Silence);

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        Now = await NowAsync(cancellationToken);
        return await AskAsync(new ListBoard(Caller, Community), lines => All = lines, cancellationToken);
    }
}

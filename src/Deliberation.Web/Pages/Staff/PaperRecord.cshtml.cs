using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>The closing record (计票记录) on one sheet: registered, issued, returned, valid, spoilt, set aside, each choice, the arithmetic, the article, the signatures. Choices only after the count.</summary>
public sealed class PaperRecordModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public PaperDeskView Desk { get; private set; } = null!;

    public BallotView Ballot => Desk.Ballot;

    /// <summary>Null before the count.</summary>
    public BallotResultView? Result { get; private set; }

    public Explanation? Explanation { get; private set; }

    /// <summary>Null for a ballot without papers.</summary>
    public PaperKeepingView? Keeping { get; private set; }

    /// <summary>The next election of the office.</summary>
    [BindProperty]
    public Guid Next { get; set; }

    public int Valid => Result!.Turnout.ReturnedUnits - Result.Turnout.Spoilt;

    public Task<IActionResult> OnPostReleaseAsync(CancellationToken cancellationToken) =>
        ActAsync(new ReleaseElectionPapers(Caller, Community, new BallotId(Id), new BallotId(Next)), "papers-released", cancellationToken, field: _ => nameof(Next));

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new GetPaperDesk(Caller, Community, new BallotId(Id)), desk => Desk = desk, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        await AskAsync(new GetBallotResult(Caller, Community, new BallotId(Id)), result => Result = result, cancellationToken);
        await AskAsync(new GetPaperKeeping(Caller, Community, new BallotId(Id)), keeping => Keeping = keeping, cancellationToken);
        Explanation = Result?.Explanation is JsonObject { Count: > 0 } data && data.ContainsKey("tests") ? data.Deserialize<Explanation>(Json) : null;
        return null;
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Web.Access;
using Deliberation.Web.Language;
using Deliberation.Web.Pages.Residents.Ballots;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Pages.Public;

/// <summary>A declared result (结果公示): the answer in words first, then a bar for every test, then the arithmetic.</summary>
public sealed class ResultModel(IMediator mediator, ITexts texts) : PageModel
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public BallotResultView Result { get; private set; } = null!;

    /// <summary>Null when the ballot ended without a count.</summary>
    public Explanation? Explanation { get; private set; }

    /// <summary>Tests about taking part, in the order of testing.</summary>
    public IReadOnlyList<RuleTest> TakingPart => [.. Tests.Where(t => IsAboutTakingPart(t.Code))];

    /// <summary>Tests about agreeing.</summary>
    public IReadOnlyList<RuleTest> Agreeing => [.. Tests.Where(t => !IsAboutTakingPart(t.Code))];

    /// <summary>Every candidate with the line that elects, most votes first; empty where no share of the papers was asked for.</summary>
    public IReadOnlyList<MeterPart> Candidates => [.. Result.Totals
        .Select(total => texts.Candidate(Explanation?.Tests.FirstOrDefault(t => t.Subject == total.Choice), total.Text ?? total.Choice, Result))
        .OfType<MeterPart>()];

    /// <summary>Papers that took part and chose nobody.</summary>
    public int Abstained => Result.Totals.FirstOrDefault(t => t.Choice == BallotWords.Abstain)?.Units ?? 0;

    private IEnumerable<RuleTest> Tests => Explanation?.Tests.Where(t => t.Subject is null) ?? [];

    public async Task<IActionResult> OnGetAsync(Guid id, CancellationToken cancellationToken)
    {
        var (caller, community) = (User.Caller(), HttpContext.Frame().CommunityId);
        var answer = await mediator.Send(new GetBallotResult(caller, community, new BallotId(id)), cancellationToken);
        if (answer is Result<BallotResultView>.Refused { Reason: var reason })
        {
            return this.TurnAway(reason, texts);
        }

        Result = answer.Require();
        Explanation = Result.Explanation is JsonObject { Count: > 0 } data && data.ContainsKey("tests") ? data.Deserialize<Explanation>(Json) : null;
        return Page();
    }

    private static bool IsAboutTakingPart(string code) => code.StartsWith("quorum", StringComparison.Ordinal) || code is "turnout" or "papers";
}

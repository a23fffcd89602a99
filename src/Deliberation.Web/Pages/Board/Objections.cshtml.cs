using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notices;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Board;

/// <summary>Objections to results whose first answer was not enough: the level above answers, once and finally.</summary>
public sealed class ObjectionsModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty]
    public Guid Objection { get; set; }

    /// <summary>The community it is of; an official looks after several.</summary>
    [BindProperty]
    public int Of { get; set; }

    [BindProperty]
    public string? Answer { get; set; }

    public IReadOnlyList<AskedAgain> Waiting { get; private set; } = [];

    public bool MayAnswer => Caller.Kind == CallerKind.Official;

    /// <param name="decision">The button: Dismiss, or a remedy.</param>
    public Task<IActionResult> OnPostAnswerAsync(string? decision, CancellationToken cancellationToken)
    {
        ObjectionRemedy? remedy = Enum.TryParse<ObjectionRemedy>(decision, out var named) ? named : null;
        return ActAsync(
            new AnswerAgain(Caller, new CommunityId(Of), Objection, remedy is not null, Answer ?? "", remedy), "objection-decided", cancellationToken, field: _ => nameof(Answer));
    }

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListAskedAgain(Caller, Community), waiting => Waiting = waiting, cancellationToken);
}

using Deliberation.Domain;
using Deliberation.Features.Duties;
using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Board;

/// <summary>Fixed duties (固定职责) by period for those who look on: nothing here acts.</summary>
public sealed class DutiesModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    public DutyBoard Board { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListDuties(Caller, Community), board => Board = board, cancellationToken);
}

using Deliberation.Domain;
using Deliberation.Features.Timers;
using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Board;

/// <summary>Timers (定时) for those who look on: nothing here acts.</summary>
public sealed class TimersModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    public TimersPage Timers { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new ListTimers(Caller, Community, Texts.Language), page => Timers = page, cancellationToken);
}

using Deliberation.Domain;
using Deliberation.Features.Orders;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Desks;

/// <summary>Board of a task for all: which communities have done it and which have not.</summary>
public sealed class TaskForAllModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public TaskForAllBoard Board { get; private set; } = null!;

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetTaskForAll(Caller, Community, Id), board => Board = board, cancellationToken);
}

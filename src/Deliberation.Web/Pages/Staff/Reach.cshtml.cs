using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Staff;

/// <summary>How staff are reached, and about what.</summary>
public sealed class ReachModel(IMediator mediator, ITexts texts) : ReachPage(mediator, texts);

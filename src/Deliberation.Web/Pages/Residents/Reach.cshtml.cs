using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Residents;

/// <summary>How a resident is reached, and about what.</summary>
public sealed class ReachModel(IMediator mediator, ITexts texts) : ReachPage(mediator, texts);

using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Staff;

/// <summary>What was adopted and what becomes of it (成果转化).</summary>
public sealed class ResolutionsModel(IMediator mediator, ITexts texts) : Board.ResolutionsModel(mediator, texts);

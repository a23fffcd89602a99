using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Projects;
using Deliberation.Features.Templates;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;
using DraftParts = Deliberation.Features.Projects.LaunchParts;

namespace Deliberation.Web.Pages.Staff;

/// <summary>One part of a launch: its questions are made from the template's inputs.</summary>
public sealed class LaunchPartModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    private static readonly string[] Durations = ["Days", "WD", "Hour", "Hours"];

    [BindProperty(SupportsGet = true, Name = "draft")]
    public Guid DraftId { get; set; }

    [BindProperty(SupportsGet = true)]
    public string Part { get; set; } = "";

    [BindProperty]
    public int Version { get; set; }

    public LaunchDraft Draft { get; private set; } = null!;

    /// <summary>Questions by group of the template; the group's text key is <c>group.…</c>.</summary>
    public IReadOnlyList<IGrouping<string, QuestionPart>> Questions { get; private set; } = [];

    public LaunchPreview? Preview { get; private set; }

    public int Place => DraftParts.All.ToList().IndexOf(Part) + 1;

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is { } denied)
        {
            return StatusCode(denied.Kind.Status());
        }

        var answers = new JsonObject();
        foreach (var question in Questions.SelectMany(group => group))
        {
            switch (question.Read([.. Request.Form[question.Name].OfType<string>()]))
            {
                case Result<JsonNode?>.Accepted { Value: { } value }:
                    answers[question.Name] = value;
                    break;
                case Result<JsonNode?>.Accepted when question.IsRequired:
                    ModelState.AddModelError(question.Name, Texts.Get("form.fill", new { field = question.Label }));
                    break;
                case Result<JsonNode?>.Refused { Reason: var reason }:
                    ModelState.AddModelError(question.Name, question.Why(Texts, reason));
                    break;
            }
        }

        if (Part == DraftParts.People)
        {
            answers["confirmed"] = true;
        }

        var stays = Request.Form["again"].Count > 0; // "work it out again": saved, and the same part shown with new dates
        return await ActAsync(
            new SaveDraft(Caller, Community, DraftId, Part, answers, Version), "draft-saved", cancellationToken,
            _ => stays ? Request.Path : NextAddress());
    }

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        if (!DraftParts.All.Contains(Part) || Part == DraftParts.Template)
        {
            return Refusal.NotFound("access.not-found");
        }

        IReadOnlyList<TemplateSummary> templates = [];
        var refusal = await AskAsync(new GetDraft(Caller, Community, DraftId), draft => Draft = draft, cancellationToken)
            ?? await AskAsync(new ListTemplates(Caller, Community), list => templates = list, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        if (templates.FirstOrDefault(t => t.DefinitionId == Draft.TemplateId) is not { } template)
        {
            return Refusal.NotFound("access.not-found");
        }

        Questions = [.. Ask(template).GroupBy(asked => asked.Group, asked => Retype(asked.Question))];
        if (Part is DraftParts.Roll or DraftParts.Calendar or DraftParts.People or DraftParts.Rules)
        {
            // What is already answered is worked out; what is not takes the template's defaults.
            _ = await AskAsync(new PreviewLaunch(Caller, Community, Draft.ToForm()), preview => Preview = preview, cancellationToken);
        }

        return null;
    }

    private IEnumerable<(string Group, QuestionPart Question)> Ask(TemplateSummary template)
    {
        var answers = Draft.Parts.GetValueOrDefault(Part);
        if (Part == DraftParts.What)
        {
            foreach (var (name, type, isRequired) in new[] { ("title", "text", true), ("summary", "longtext", true), ("site", "text", false), ("whoBenefits", "text", false) })
            {
                yield return ("what", new QuestionPart(name, type, Texts[$"launch.{name}"], Texts[$"launch.{name}-hint"], answers?[name]?.ToString(), isRequired, []));
            }
        }

        if (Part == DraftParts.Calendar)
        {
            yield return ("calendar", new QuestionPart("startsOn", "date", Texts["launch.starts-on"], Texts["launch.starts-on-hint"], answers?["startsOn"]?.ToString(), false, []));
        }

        foreach (var input in template.Inputs.Where(input => PartOf(input) == Part))
        {
            yield return (input.Source["group"]?.ToString() ?? "other", QuestionPart.Of(input, Texts, answers?[input.Name]));
        }
    }

    private static string PartOf(TemplateInput input) =>
        input.Name is "RollScope" ? DraftParts.Roll
        : Durations.Any(end => input.Name.EndsWith(end, StringComparison.Ordinal)) || input.Name is "Rounds" ? DraftParts.Calendar
        : DraftParts.Rules;

    /// <summary>After a refused save the form shows what was typed.</summary>
    private QuestionPart Retype(QuestionPart question) =>
        Request.HasFormContentType ? question with { Value = string.Join('\n', Request.Form[question.Name].OfType<string>()) } : question;

    private string NextAddress()
    {
        var next = DraftParts.All.SkipWhile(part => part != Part).Skip(1).FirstOrDefault();
        return next is null ? $"/staff/launch/{DraftId}" : $"/staff/launch/{DraftId}/{next}";
    }
}

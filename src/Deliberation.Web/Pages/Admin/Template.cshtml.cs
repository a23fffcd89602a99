using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Templates;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Admin;

/// <summary>A template's parameters as a plain form. Saving publishes a new version; running projects keep theirs.</summary>
public sealed class TemplateModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public string Id { get; set; } = "";

    /// <summary>Version the form was filled from.</summary>
    [BindProperty]
    public int Version { get; set; }

    [BindProperty]
    public string? Note { get; set; }

    public TemplateDetails Details { get; private set; } = null!;

    public IReadOnlyList<IGrouping<string, QuestionPart>> Questions { get; private set; } = [];

    /// <summary>What somebody else published meanwhile beside what was typed here; empty otherwise.</summary>
    public IReadOnlyList<(string Label, string? Theirs, string? Mine)> Differences { get; private set; } = [];

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is { } denied)
        {
            return StatusCode(denied.Kind.Status());
        }

        var values = new Dictionary<string, JsonNode?>();
        foreach (var question in Questions.SelectMany(group => group))
        {
            switch (question.Read([.. Request.Form[question.Name].OfType<string>()]))
            {
                case Result<JsonNode?>.Accepted { Value: { } value }:
                    values[question.Name] = value;
                    break;
                case Result<JsonNode?>.Refused { Reason: var reason }:
                    ModelState.AddModelError(question.Name, question.Why(Texts, reason));
                    break;
            }
        }

        if (Version != Details.Template.Version)
        {
            Differences = [.. Details.Template.Inputs
                .Select(input => (Now: QuestionPart.Of(input, Texts, null), Mine: Request.Form[input.Name].ToString()))
                .Where(pair => (pair.Now.Value ?? "") != pair.Mine.ReplaceLineEndings("\n"))
                .Select(pair => (pair.Now.Label, pair.Now.Value, (string?)pair.Mine))];
        }

        return await ActAsync(
            new UpdateTemplateParameters(Caller, Community, Id, Version, values, Note ?? ""), "template-published", cancellationToken, count: version => version);
    }

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        if (await AskAsync(new GetTemplate(Caller, Community, Id), details => Details = details, cancellationToken) is { } refusal)
        {
            return refusal;
        }

        Questions = [.. Details.Template.Inputs.GroupBy(input => input.Source["group"]?.ToString() ?? "other", input =>
            QuestionPart.Of(input, Texts, null) is var question && Request.HasFormContentType
                ? question with { Value = Request.Form[input.Name].ToString() }
                : question)];
        return null;
    }
}

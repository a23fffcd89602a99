using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Templates;
using Deliberation.Process.Calendar;

namespace Deliberation.Features.Projects;

/// <summary>A launch form against its template: the preview shows every problem, the launch stops at the first.</summary>
internal static class LaunchCheck
{
    public static IReadOnlyList<Refusal> Problems(LaunchForm form, TemplateRow? template, DateTimeOffset now)
    {
        List<Refusal> problems = [];
        if (form.Title.Trim().Length is < 1 or > 120)
        {
            problems.Add(Refusal.Invalid("project.title-length", "Title"));
        }

        if (form.StartsOn is { } day && day < WorkingCalendar.China.DayOf(now))
        {
            problems.Add(Refusal.Invalid("project.starts-in-the-past", "StartsOn"));
        }

        if (template is null)
        {
            problems.Add(Refusal.Invalid("project.unknown-template", "TemplateId"));
        }
        else if (TemplateInputs.Complete(TemplateInputs.Of(template.Content), form.Inputs) is Result<JsonObject>.Refused { Reason: var fault })
        {
            problems.Add(fault);
        }

        return problems;
    }
}

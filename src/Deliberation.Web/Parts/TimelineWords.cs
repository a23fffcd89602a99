using Deliberation.Features.Projects;
using Deliberation.Process.Texts;
using Deliberation.Web.Language;

namespace Deliberation.Web.Parts;

/// <summary>A line of a project's timeline in the reader's words.</summary>
public static class TimelineWords
{
    public static string Words(this ITexts texts, TimelineLine line) => line.Times == 1
        ? texts.Get(line.TextKey, line.Values)
        : texts.Get("project.times", new { line = texts.Get(line.TextKey, line.Values), count = line.Times });
}

using Deliberation.Features.Projects;
using Deliberation.Web.Language;

namespace Deliberation.Web.Parts;

/// <summary>A project (项目) in a list for residents: its next date and of what, or its state. What has ended looks ended.</summary>
public static class ProjectCells
{
    public static CellPart Cell(this ITexts texts, ProjectLine project)
    {
        var state = texts[$"project.state.{project.State}"];
        var link = $"/projects/{project.Id}";
        return ProjectStates.IsOver(project.State) || project.Stage is not { } stage
            ? new CellPart(link, project.Title, Status: new StatusPart("", state))
            : new CellPart(
                link, project.Title, texts.Next(project) is { } next ? texts.Get($"home.next.{project.NextKind}", new { instant = next }) : state,
                new StatusPart("do", string.Join(" · ", project.Running.DefaultIfEmpty(stage).Select(running => texts[$"stage.{running}"]))));
    }
}

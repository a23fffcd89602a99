using System.Text.Json;
using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Features.Foundation;
using Deliberation.Features.Questions;
using Deliberation.Features.Resolutions;

namespace Deliberation.Features.Seeding;

/// <summary>What the main community's desks hold besides projects; its shape is told in <c>seeds/README.md</c>. Written by the product's own use cases when the story is over.</summary>
internal sealed record DemoRegisters(IReadOnlyList<SeededDepartment> Departments, IReadOnlyList<SeededQuestion> Questions, IReadOnlyList<SeededResolution> Resolutions)
{
    /// <exception cref="JsonException">The file is not of the right shape; shipped with the program, so a fault of ours.</exception>
    public static async Task WriteAsync(string folder, CommunityId community, StoryPeople people, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, "registers.json");
        if (!File.Exists(path))
        {
            return;
        }

        var registers = JsonSerializer.Deserialize<DemoRegisters>(await File.ReadAllTextAsync(path, cancellationToken), JsonSerializerOptions.Web)!;
        var staff = (await people.HoldersAsync(community, "Community", cancellationToken))[0];
        var departments = new Dictionary<string, Guid>();
        foreach (var department in registers.Departments)
        {
            departments[department.Name] = (await people.SendAsync(new AddDepartment(staff, community, department.Name, department.Post), cancellationToken)).Require();
        }

        await registers.AskAsync(community, staff, departments, people, cancellationToken);
        await registers.ResolveAsync(community, staff, departments, people, cancellationToken);
    }

    private async Task AskAsync(CommunityId community, Caller staff, Dictionary<string, Guid> departments, StoryPeople people, CancellationToken cancellationToken)
    {
        var askers = await people.DelegatesAsync(community, Questions.Count, cancellationToken);
        foreach (var (question, asker) in Questions.Zip(askers))
        {
            var id = (await people.SendAsync(new AskQuestion(asker, community, question.Body, question.MayPublish), cancellationToken)).Require();
            if (question.Department is { } name)
            {
                (await people.SendAsync(new AssignQuestion(staff, community, id, departments[name], null), cancellationToken)).Require();
                if (question.Answer is not null)
                {
                    var holder = (await people.HoldersAsync(community, Departments.First(d => d.Name == name).Post, cancellationToken))[0];
                    (await people.SendAsync(new AnswerQuestion(holder, community, id, question.Answer, question.IsPublic, question.Body), cancellationToken)).Require();
                }
            }
        }
    }

    private async Task ResolveAsync(CommunityId community, Caller staff, Dictionary<string, Guid> departments, StoryPeople people, CancellationToken cancellationToken)
    {
        var list = (await people.SendAsync(new ListResolutions(staff, community, IsOver: false, new PageRequest(1, Resolutions.Count)), cancellationToken)).Require(); // those without a department, the oldest first
        foreach (var (seeded, resolution) in Resolutions.Zip(list.Resolutions.Items))
        {
            (await people.SendAsync(
                new AssignResolution(staff, community, resolution.Id, departments[seeded.Department], list.Today.AddDays(seeded.Days), null), cancellationToken)).Require();
            if (seeded.Proof is not null)
            {
                var holder = (await people.HoldersAsync(community, Departments.First(d => d.Name == seeded.Department).Post, cancellationToken))[0];
                (await people.SendAsync(new CompleteResolution(holder, community, resolution.Id, seeded.Proof, null), cancellationToken)).Require();
            }
        }
    }
}

/// <summary>What becomes of the resolutions that the story's projects adopted, the oldest first.</summary>
/// <param name="Days">Last day, from the day on which the demo opens.</param>
/// <param name="Proof">Null = not done.</param>
internal sealed record SeededResolution(string Department, int Days, string? Proof);

internal sealed record SeededDepartment(string Name, string Post);

/// <param name="Department">Null = nobody has said whose it is.</param>
/// <param name="Answer">Null = waits.</param>
internal sealed record SeededQuestion(string Body, bool MayPublish, string? Department, string? Answer, bool IsPublic);

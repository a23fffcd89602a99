using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Projects;

namespace Deliberation.Features.Seeding;

/// <summary>What has happened by the time the demo opens; its shape is told in <c>seeds/README.md</c>.</summary>
internal sealed record StoryFile(int BeginsDaysAgo, IReadOnlyList<StoryProject> Projects, StoryPhrases Phrases)
{
    /// <returns>Null when the folder holds no story.</returns>
    /// <exception cref="JsonException">The file is not of the right shape; shipped with the program, so a fault of ours.</exception>
    public static StoryFile? Read(string folder)
    {
        var path = Path.Combine(folder, "story.json");
        return File.Exists(path) ? JsonSerializer.Deserialize<StoryFile>(File.ReadAllText(path), JsonSerializerOptions.Web) : null;
    }
}

/// <param name="Key">Launch key: played once, however often the demo starts.</param>
/// <param name="Until">Closed, InBuild, Visits, Ballot or Launched.</param>
internal sealed record StoryProject(
    string Key, string Community, string Template, string Title, string Summary, string Site, string WhoBenefits, JsonObject Inputs, string Until)
{
    public LaunchForm Form => new(Template, Title, Summary, Site, WhoBenefits, Inputs, null);
}

/// <summary>Words of the demo's people.</summary>
/// <param name="Fields">What is written into fields of that name.</param>
/// <param name="News">What the office writes to one building.</param>
/// <param name="Budget">What the works of a project may cost, and what is paid for them.</param>
internal sealed record StoryPhrases(
    string Text, string Longtext, IReadOnlyDictionary<string, string> Fields, string Minutes, string Place, IReadOnlyList<string> Agenda, string Speaker, string Wish, string Pledge, string Witness, string Reason,
    IReadOnlyList<string> Clauses, string News, StoryBudget Budget);

/// <param name="MoneyInFen">All that a project received: grant and what people gave.</param>
internal sealed record StoryBudget(long MoneyInFen, IReadOnlyList<StoryPayment> Payments);

/// <summary>A payment that follows its checkpoint's signature.</summary>
internal sealed record StoryPayment(string Checkpoint, string Title, long AmountFen, string Voucher);

/// <summary>A project of the story while it is played.</summary>
/// <param name="Keeps">Household that does not vote: the demo's visitor shall.</param>
internal sealed record PlayedProject(CommunityId Community, ProjectId Project, StoryProject Story, HouseholdId? Keeps);

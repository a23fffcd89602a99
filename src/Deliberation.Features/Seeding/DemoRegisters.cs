using System.Text.Json;
using System.Text.Json.Serialization;
using Deliberation.Domain;
using Deliberation.Features.Departments;
using Deliberation.Features.Duties;
using Deliberation.Features.Foundation;
using Deliberation.Features.Lists;
using Deliberation.Features.Questions;
using Deliberation.Features.Resolutions;
using Deliberation.Features.Zones;
using Deliberation.Process.Duties;

namespace Deliberation.Features.Seeding;

/// <summary>What the main community's desks hold besides projects; its shape is told in <c>seeds/README.md</c>. Written by the product's own use cases.</summary>
internal sealed record DemoRegisters(
    IReadOnlyList<SeededDepartment> Departments, IReadOnlyList<SeededMatter> Matters, IReadOnlyList<SeededZone> Zones, IReadOnlyList<SeededDuty> Duties,
    IReadOnlyList<SeededQuestion> Questions, IReadOnlyList<SeededResolution> Resolutions)
{
    private readonly Dictionary<string, Guid> _departments = [];

    private readonly Dictionary<string, Guid> _zones = [];

    private static readonly JsonSerializerOptions Shape = new(JsonSerializerOptions.Web) { Converters = { new JsonStringEnumConverter() } };

    /// <returns>Null when the folder holds none.</returns>
    /// <exception cref="JsonException">The file is not of the right shape; shipped with the program, so a fault of ours.</exception>
    public static DemoRegisters? Read(string folder)
    {
        var path = Path.Combine(folder, "registers.json");
        return File.Exists(path) ? JsonSerializer.Deserialize<DemoRegisters>(File.ReadAllText(path), Shape) : null;
    }

    /// <summary>On the story's first day: who answers for what, so that packs of many months follow.</summary>
    public async Task BeginAsync(CommunityId community, StoryPeople people, CancellationToken cancellationToken)
    {
        var staff = (await people.HoldersAsync(community, "Community", cancellationToken))[0];
        foreach (var department in Departments)
        {
            var id = (await people.SendAsync(new AddDepartment(staff, community, department.Name, department.Post), cancellationToken)).Require();
            _departments[department.Name] = id;
            (await people.SendAsync(new NameLists(staff, community, id, department.Lists), cancellationToken)).Require();
        }

        foreach (var zone in Zones)
        {
            var owner = await OwnerAsync(community, zone, people, cancellationToken);
            _zones[zone.Street] = (await people.SendAsync(
                new AddZone(staff, community, zone.Street, _departments[zone.Department], owner.Staff!.Value.Value, zone.IntervalDays), cancellationToken)).Require();
        }
    }

    /// <summary>When the story comes to its project of visits: what the lists hold, who was seen, and which duties come round from now on.</summary>
    public async Task GoOnAsync(CommunityId community, StoryPeople people, CancellationToken cancellationToken)
    {
        var staff = (await people.HoldersAsync(community, "Community", cancellationToken))[0];
        var today = (await people.SendAsync(new ListZones(staff, community, new PageRequest(1)), cancellationToken)).Require().Today;
        foreach (var matter in Matters)
        {
            var id = (await people.SendAsync(
                new AddMatter(staff, community, _departments[matter.Department], 1, matter.Title, matter.Reason, matter.Days is { } days ? today.AddDays(days) : null), cancellationToken)).Require();
            foreach (var move in matter.Moves)
            {
                (await people.SendAsync(new MoveMatter(staff, community, id, move.To, move.Reason), cancellationToken)).Require();
            }
        }

        foreach (var zone in Zones.Where(zone => zone.Note is not null))
        {
            var owner = await OwnerAsync(community, zone, people, cancellationToken);
            (await people.SendAsync(new RecordAttendance(owner, community, _zones[zone.Street], today, zone.Note), cancellationToken)).Require();
        }

        foreach (var duty in Duties)
        {
            (await people.SendAsync(new AddDuty(staff, community, duty.Title, duty.Post, duty.Rhythm, duty.Proof, duty.GraceDays), cancellationToken)).Require();
        }
    }

    /// <summary>When the story is over: questions of these days, and what becomes of what was adopted.</summary>
    public async Task EndAsync(CommunityId community, StoryPeople people, CancellationToken cancellationToken)
    {
        var staff = (await people.HoldersAsync(community, "Community", cancellationToken))[0];
        await AskAsync(community, staff, people, cancellationToken);
        await ResolveAsync(community, staff, people, cancellationToken);
    }

    private async Task AskAsync(CommunityId community, Caller staff, StoryPeople people, CancellationToken cancellationToken)
    {
        var askers = await people.DelegatesAsync(community, Questions.Count, cancellationToken);
        foreach (var (question, asker) in Questions.Zip(askers))
        {
            var id = (await people.SendAsync(new AskQuestion(asker, community, question.Body, question.MayPublish), cancellationToken)).Require();
            if (question.Department is { } name)
            {
                (await people.SendAsync(new AssignQuestion(staff, community, id, _departments[name], null), cancellationToken)).Require();
                if (question.Answer is not null)
                {
                    var holder = await HolderAsync(community, name, people, cancellationToken);
                    (await people.SendAsync(new AnswerQuestion(holder, community, id, question.Answer, question.IsPublic, question.Body), cancellationToken)).Require();
                }
            }
        }
    }

    private async Task ResolveAsync(CommunityId community, Caller staff, StoryPeople people, CancellationToken cancellationToken)
    {
        var list = (await people.SendAsync(new ListResolutions(staff, community, IsOver: false, new PageRequest(1, Resolutions.Count)), cancellationToken)).Require(); // those without a department, the oldest first
        foreach (var (seeded, resolution) in Resolutions.Zip(list.Resolutions.Items))
        {
            (await people.SendAsync(
                new AssignResolution(staff, community, resolution.Id, _departments[seeded.Department], list.Today.AddDays(seeded.Days), null), cancellationToken)).Require();
            if (seeded.Proof is not null)
            {
                var holder = await HolderAsync(community, seeded.Department, people, cancellationToken);
                (await people.SendAsync(new CompleteResolution(holder, community, resolution.Id, seeded.Proof, null), cancellationToken)).Require();
            }
        }
    }

    private static async Task<Caller> OwnerAsync(CommunityId community, SeededZone zone, StoryPeople people, CancellationToken cancellationToken) =>
        (await people.HoldersAsync(community, zone.OwnerPost, cancellationToken))[0];

    /// <summary>Who acts for a department now.</summary>
    private async Task<Caller> HolderAsync(CommunityId community, string department, StoryPeople people, CancellationToken cancellationToken) =>
        (await people.HoldersAsync(community, Departments.First(d => d.Name == department).Post, cancellationToken))[0];
}

/// <param name="Lists">Names of its lists.</param>
internal sealed record SeededDepartment(string Name, string Post, IReadOnlyList<string> Lists);

/// <param name="Days">Last day, from the day on which it is put on the first list; null = none.</param>
internal sealed record SeededMatter(string Department, string Title, string Reason, int? Days, IReadOnlyList<SeededMove> Moves);

/// <param name="To">Number of the list; null = closed.</param>
internal sealed record SeededMove(int? To, string Reason);

/// <param name="Note">The attendance when the story comes to its project of visits; null = none.</param>
internal sealed record SeededZone(string Street, string Department, string OwnerPost, int IntervalDays, string? Note);

internal sealed record SeededDuty(string Title, string Post, DutyRhythm Rhythm, DutyProof Proof, int GraceDays);

/// <param name="Department">Null = nobody has said whose it is.</param>
/// <param name="Answer">Null = waits.</param>
internal sealed record SeededQuestion(string Body, bool MayPublish, string? Department, string? Answer, bool IsPublic);

/// <summary>What becomes of the resolutions that the story's projects adopted, the oldest first.</summary>
/// <param name="Days">Last day, from the day on which the demo opens.</param>
/// <param name="Proof">Null = not done.</param>
internal sealed record SeededResolution(string Department, int Days, string? Proof);

using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Seeding;

/// <summary>Writes the demo's places, people, sign-ins and posts. Communities that are there already are left as they are.</summary>
/// <param name="Folder">Folder of the seeds, for example <c>seeds/demo</c>.</param>
/// <param name="Passwords">Password of each login, made by the caller; an account without one is shut until an admin gives it one.</param>
public sealed record SeedDemo(string Folder, IReadOnlyDictionary<string, string> Passwords) : ICommand<SeededDemo>
{
    public Caller Caller => Caller.System;

    public CommunityId Community => new(0);

    public Audience Audience => Audience.None; // only the product itself
}

/// <summary>What the demo holds.</summary>
/// <param name="Communities">Written by this run; 0 when everything was there.</param>
/// <param name="Main">The main community.</param>
/// <param name="EntryToken">QR token of the household that the demo's first link belongs to.</param>
public sealed record SeededDemo(int Communities, CommunityId Main, string EntryToken, HouseholdId EntryHousehold, string EntryName, IReadOnlyList<string> PrintedLogins);

internal sealed class SeedDemoHandler(CouncilSession session) : IRequestHandler<SeedDemo, Result<SeededDemo>>
{
    public async Task<Result<SeededDemo>> Handle(SeedDemo request, CancellationToken cancellationToken)
    {
        // Making people and hashing passwords is work between statements: on a busy machine longer than a use case may be idle, and nobody else waits for it.
        await session.Connection.ExecuteAsync(new CommandDefinition("set local idle_in_transaction_session_timeout = 0", cancellationToken: cancellationToken));
        var read = SeedFiles.Read(request.Folder);
        if (read is not Result<SeedPlan>.Accepted { Value: var plan })
        {
            return ((Result<SeedPlan>.Refused)read).Reason;
        }

        var phones = new SeedPhones(plan.Demo);
        var rolls = new Dictionary<string, DemoRoll>();
        foreach (var compound in plan.Compounds)
        {
            var roll = DemoRoll.Make(compound, plan, phones);
            if (Differs(compound, roll) is { } difference)
            {
                return difference;
            }

            rolls.Add(compound.Community, roll);
        }

        var entry = rolls[plan.Demo.Main].Households.FirstOrDefault(h => h.Door == plan.Demo.EntryDoor);
        if (entry is null)
        {
            return SeedRefusals.Bad("unknown", "demo.json", 1, "entryDoor", ("value", plan.Demo.EntryDoor));
        }

        var writer = new SeedWriter(session.Connection, plan.Demo.Seed);
        var there = await writer.LockAsync(cancellationToken);
        var absent = plan.Communities.Where(c => !there.Contains(c.Code)).ToList();
        await writer.WriteStaffAsync(plan, request.Passwords, cancellationToken);
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var story = (StoryFile.Read(request.Folder)?.Projects ?? []).Select(project => project.Community).ToHashSet();
        foreach (var community in absent)
        {
            await writer.WriteCommunityAsync(community, cancellationToken);
            await writer.WritePostsAsync(community, plan, now, cancellationToken);
            if (rolls.TryGetValue(community.Code, out var roll))
            {
                await writer.WriteRollAsync(community.Id, roll, cancellationToken);
            }

            if (story.Contains(community.Code))
            {
                await writer.WriteElectionBasisAsync(community, plan, now, cancellationToken);
            }

            await session.Connection.AddAuditAsync(
                new AuditEntry(
                    new CommunityId(community.Id), "System", null, nameof(SeedDemo), $"community:{community.Id}", now,
                    Details: new JsonObject { ["seed"] = plan.Demo.Seed }),
                cancellationToken);
        }

        var main = plan.Communities.First(c => c.Code == plan.Demo.Main).Id;
        await writer.WriteEntryTokenAsync(main, entry.Id, plan.Demo.EntryToken, cancellationToken);
        return new SeededDemo(
            absent.Count,
            new CommunityId(main),
            plan.Demo.EntryToken,
            new HouseholdId(entry.Id),
            rolls[plan.Demo.Main].Residents.First(r => r.Id == entry.Delegate).FullName,
            [.. plan.Staff.Where(s => s.IsPrinted).Select(s => s.Login)]);
    }

    /// <summary>Every roll sums to its units, and to what the row promises (domain.md 6).</summary>
    private static Refusal? Differs(SeedCompound compound, DemoRoll roll)
    {
        var persons = roll.Owners.GroupBy(o => o.Unit).Select(unit => string.Join('+', unit.Select(o => o.Resident).Order())).Distinct().Count();
        (string Field, long Promised, long Made)[] sums =
        [
            ("owner_sets", compound.OwnerSets, persons),
            ("occupied", compound.Occupied, roll.Households.Count),
            ("area_total_hundredths", compound.AreaTotal, roll.Units.Sum(u => (long)u.AreaHundredths)),
        ];
        var wrong = sums.FirstOrDefault(s => s.Promised != s.Made);
        return wrong.Field is null
            ? null
            : Refusal.Invalid("seed.sum-differs", wrong.Field, ("community", compound.Community), ("field", wrong.Field), ("promised", wrong.Promised), ("made", wrong.Made));
    }
}

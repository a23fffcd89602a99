using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.Deliveries;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Process.Ballots;
using Deliberation.Process.Calendar;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.BrowserTests;

/// <summary>Ballots of the owners of one building of the demo, whose unreturned papers follow the majority; nobody who looks at other pages owns anything there.</summary>
internal static class OwnersBallots
{
    private const string Building = "6号楼";

    public static async Task<BallotId> OpenAsync(TestApp app, string question)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "select project_id from project where community_id = 1 order by launched_at desc nulls last limit 1";
        var project = new ProjectId((Guid)(await command.ExecuteScalarAsync())!);
        var now = await connection.CouncilNowAsync();
        var step = new StepContext(PaperBallots.Demo, project, Guid.NewGuid(), Guid.NewGuid().ToString("N"), "ballot", connection, now);
        await using var scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IWorkflowCommandHandler<OpenBallotCommand>>().HandleAsync(
            new OpenBallotCommand(
                question, "", new() { ["rule"] = "OwnersAssembly", ["matter"] = 4, ["unreturned"] = "FollowMajority", ["rulesOfProcedure"] = "本院业主大会议事规则（2024 年）第十二条" },
                "Owners", [], Building, "Named", "civil-code-2021", 1, [], now, now.AddDays(30)),
            step, CancellationToken.None);
        command.CommandText = $"select ballot_id from ballot where visit_id = '{step.VisitId}'";
        var ballot = new BallotId((Guid)(await command.ExecuteScalarAsync())!);
        await transaction.CommitAsync();
        return ballot;
    }

    /// <param name="count">Of the roll's first doors; null for all.</param>
    public static async Task DeliverAsync(TestApp app, BallotId ballot, int? count)
    {
        var clerk = await app.StaffAsync("inspector");
        var today = WorkingCalendar.China.DayOf(await app.Database.CouncilNowAsync());
        string?[] units = count is { } most ? [.. (await UnitsAsync(app, ballot)).Take(most).Select(unit => unit.Key)] : [null];
        foreach (var unit in units)
        {
            (await app.SendAsync(new RecordDeliveries(clerk, PaperBallots.Demo, ballot, unit, null, today, DeliveryWay.Signed, "楼组长周敏", "签收单第 7 号"))).Require();
        }
    }

    /// <summary>So many of the units agree, one is against.</summary>
    public static async Task VoteAsync(TestApp app, BallotId ballot, decimal share)
    {
        var units = await UnitsAsync(app, ballot);
        foreach (var (place, unit) in units.Take((int)(units.Count * share)).Index())
        {
            var voter = new Caller(CallerKind.Resident, unit.Owner, null, null, new HashSet<CommunityId> { PaperBallots.Demo });
            (await app.SendAsync(new CastVote(voter, PaperBallots.Demo, ballot, [place == 0 ? "Against" : "For"], Guid.NewGuid().ToString(), unit.Key))).Require();
        }
    }

    private static async Task<List<(string Key, ResidentId Owner)>> UnitsAsync(TestApp app, BallotId ballot)
    {
        await using var command = app.DataSource.CreateCommand(
            "select distinct on (unit_key) unit_key, resident_id from roll_entry_person where ballot_id = $1 order by unit_key, resident_id");
        command.Parameters.AddWithValue(ballot.Value);
        var units = new List<(string, ResidentId)>();
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            units.Add((reader.GetString(0), new ResidentId(reader.GetGuid(1))));
        }

        return units;
    }
}

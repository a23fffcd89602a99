using Deliberation.Domain;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Workflows;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.BrowserTests;

/// <summary>Ballots with papers in the demo's main community, besides those that its projects hold: nobody who looks at other pages is on their rolls.</summary>
internal static class PaperBallots
{
    public static readonly CommunityId Demo = new(1);

    /// <summary>Opens a ballot among so many residents and issues their papers; secret ones' at the gate.</summary>
    /// <param name="rule">Read where there are options.</param>
    public static async Task<BallotId> OpenAsync(TestApp app, string question, string secrecy, int papers, IReadOnlyList<BallotOption>? options = null, string rule = "OfficeElection")
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var members = new List<string>();
        await using (var command = connection.CreateCommand())
        {
            command.CommandText =
                """
                select r.resident_id::text from resident r join household h using (community_id, household_id)
                where r.community_id = 1 and r.birth_year < 2000 and h.door <> '3-502' order by h.building, h.door, r.resident_id limit $1
                """;
            command.Parameters.AddWithValue(papers);
            await using var reader = await command.ExecuteReaderAsync();
            while (await reader.ReadAsync())
            {
                members.Add(reader.GetString(0));
            }
        }

        var project = await OneAsync<Guid>(connection, "select project_id from project where community_id = 1 order by launched_at desc nulls last limit 1");
        var now = await OneAsync<DateTime>(connection, "select council_now()");
        var step = new StepContext(Demo, new ProjectId(project), Guid.NewGuid(), Guid.NewGuid().ToString("N"), "ballot", connection, new DateTimeOffset(now, TimeSpan.Zero));
        await using var scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IWorkflowCommandHandler<OpenBallotCommand>>().HandleAsync(
            new OpenBallotCommand(
                question, "", new() { ["rule"] = options is null ? "Majority" : rule, ["seats"] = 2 }, "Members", members, null, secrecy, "residents-committee-2026", 1,
                options ?? [], step.Now, step.Now.AddDays(30)),
            step, CancellationToken.None);
        var ballot = new BallotId(await OneAsync<Guid>(connection, $"select ballot_id from ballot where visit_id = '{step.VisitId}'"));
        await transaction.CommitAsync();
        (await app.SendAsync(new IssuePapers(await app.StaffAsync("board"), Demo, ballot, secrecy == "Secret" ? "门口" : null, secrecy == "Secret" ? papers : 0))).Require();
        return ballot;
    }

    /// <summary>The window's end.</summary>
    public static async Task CloseAsync(TestApp app, BallotId ballot)
    {
        await using var connection = await app.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var visit = await OneAsync<string>(connection, $"select visit_id from ballot where ballot_id = '{ballot}'");
        var instance = await OneAsync<Guid>(connection, $"select instance_id from ballot where ballot_id = '{ballot}'");
        var project = await OneAsync<Guid>(connection, $"select project_id from ballot where ballot_id = '{ballot}'");
        var now = await OneAsync<DateTime>(connection, "select council_now()");
        await using var scope = app.Services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<IWorkflowCommandHandler<CloseBallotCommand>>().HandleAsync(
            new CloseBallotCommand(), new StepContext(Demo, new ProjectId(project), instance, visit, "ballot", connection, new DateTimeOffset(now, TimeSpan.Zero)), CancellationToken.None);
        await transaction.CommitAsync();
    }

    public static async Task<IReadOnlyList<string>> SerialsAsync(TestApp app, BallotId ballot) =>
        [.. (await app.SendAsync(new ListPapersToPrint(await app.StaffAsync("board"), Demo, ballot, null))).Require().Select(paper => paper.Serial)];

    /// <summary>One reading, by a demo login.</summary>
    public static async Task ReadAsync(TestApp app, BallotId ballot, string login, string serial, params string[] choices)
    {
        var clerk = await app.StaffAsync(login);
        var entry = new EnterPaper(clerk, Demo, ballot, serial, choices, IsSpoilt: choices.Length == 0);
        if (await app.SendAsync(entry) is Result<EnteredPaper>.Refused { Reason.Code: "paper.batch-required" })
        {
            (await app.SendAsync(new OpenPaperBatch(clerk, Demo, ballot, "钱师傅"))).Require();
            (await app.SendAsync(entry)).Require();
        }
    }

    private static async Task<T> OneAsync<T>(Npgsql.NpgsqlConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (T)(await command.ExecuteScalarAsync())!;
    }
}

using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Bench.Votes;

/// <summary>A made-up compound: one adult a household, one slip each, and ballots opened by the product's own handler.</summary>
internal sealed class Council(BenchServer server, int voters = Council.Voters)
{
    public const string Code = "bench";
    public const int Voters = 2_000;

    private static readonly CommunityId Community = new(1);
    private static readonly ProjectId Project = new(new Guid("00000000-0000-7000-8000-00000000be0c"));

    /// <summary>Text of a voter's slip.</summary>
    public static string Slip(int voter) => $"{Code}-{voter}";

    public Task SettleAsync(CancellationToken cancellationToken) => server.ExecuteAsync(
        $"""
        insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours)
        values ({Community.Value}, '{Code}', 'Bench', 'Urban', 'Bench', 'Bench', '-', '-');
        insert into household (community_id, household_id, building, door)
        select {Community.Value}, md5('household' || i)::uuid, (i / 200)::text, i::text from generate_series(0, {voters - 1}) i;
        insert into resident (community_id, resident_id, household_id, full_name, birth_year)
        select {Community.Value}, md5('resident' || i)::uuid, md5('household' || i)::uuid, 'Resident ' || i, 1950 + i % 50 from generate_series(0, {voters - 1}) i;
        insert into entry_token (community_id, token_id, token_hash, household_id)
        select {Community.Value}, md5('slip' || i)::uuid, sha256(convert_to('{Code}-' || i, 'UTF8')), md5('household' || i)::uuid from generate_series(0, {voters - 1}) i;
        insert into project (community_id, project_id, title, template_id, template_version, state)
        values ({Community.Value}, '{Project.Value}', 'Bench', 'bench', 1, 'Decided');
        """,
        cancellationToken);

    /// <summary>Opens ballots of all households (by name) or all residents (secret), each in a transaction of its own as a workflow's step would.</summary>
    /// <returns>Their ids.</returns>
    public async Task<IReadOnlyList<Guid>> OpenAsync(bool isSecret, int count, CancellationToken cancellationToken)
    {
        var ballots = new List<Guid>(count);
        for (var number = 0; number < count; number++)
        {
            await using var scope = server.Services.CreateAsyncScope();
            var handler = scope.ServiceProvider.GetRequiredService<IWorkflowCommandHandler<OpenBallotCommand>>();
            await using var connection = await server.DataSource.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            var now = await connection.CouncilNowAsync(cancellationToken);
            var instance = Guid.CreateVersion7();
            await handler.HandleAsync(
                new OpenBallotCommand(
                    $"Question {number}",
                    "",
                    new JsonObject { ["rule"] = "Majority", ["base"] = "Cast", ["threshold"] = "1/2", ["strict"] = true },
                    isSecret ? "Residents" : "Households",
                    [],
                    null,
                    isSecret ? "Secret" : "Named",
                    "civil-code-2021",
                    1,
                    [],
                    now.AddMinutes(-1),
                    now.AddDays(7)),
                new StepContext(Community, Project, instance, $"{instance}:1", "ballot", connection, now),
                cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            await using var ask = server.DataSource.CreateCommand($"select ballot_id from ballot where instance_id = '{instance}'");
            ballots.Add((Guid)(await ask.ExecuteScalarAsync(cancellationToken))!);
        }

        return ballots;
    }

    /// <summary>Closes and counts a ballot, in a transaction of its own as its workflow's step would.</summary>
    public async Task CloseAsync(Guid ballot, CancellationToken cancellationToken)
    {
        await using var scope = server.Services.CreateAsyncScope();
        var handler = scope.ServiceProvider.GetRequiredService<IWorkflowCommandHandler<CloseBallotCommand>>();
        await using var connection = await server.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = await connection.CouncilNowAsync(cancellationToken);
        await using var ask = server.DataSource.CreateCommand($"select instance_id from ballot where ballot_id = '{ballot}'");
        var instance = (Guid)(await ask.ExecuteScalarAsync(cancellationToken))!;
        await handler.HandleAsync(new CloseBallotCommand(), new StepContext(Community, Project, instance, $"{instance}:1", "ballot", connection, now), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>Reminds those who have not voted, in a transaction of its own as a timer's step would.</summary>
    public async Task RemindAsync(Guid ballot, CancellationToken cancellationToken)
    {
        await using var ask = server.DataSource.CreateCommand($"select instance_id from ballot where ballot_id = '{ballot}'");
        var instance = (Guid)(await ask.ExecuteScalarAsync(cancellationToken))!;
        await using var scope = server.Services.CreateAsyncScope();
        await using var connection = await server.DataSource.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
        var now = await connection.CouncilNowAsync(cancellationToken);
        await scope.ServiceProvider.GetRequiredService<IWorkflowCommandHandler<RemindNonVotersCommand>>().HandleAsync(
            new RemindNonVotersCommand("3wd"), new StepContext(Community, Project, instance, $"{instance}:1", "ballot", connection, now), cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The messages that the openings wrote are not what is measured: delivered, and everything analysed as a night's autovacuum would leave it.</summary>
    public async Task RestAsync(CancellationToken cancellationToken)
    {
        await server.ExecuteAsync("update outbox_message set sent_at = clock_timestamp() where sent_at is null", cancellationToken);
        await server.ExecuteAsync("vacuum analyze", cancellationToken);
        await server.ExecuteAsync("checkpoint", cancellationToken);
    }

    /// <summary>The ledger follows the votes: waits until it has them all, so that no load pays for the one before.</summary>
    /// <returns>How long it took.</returns>
    public async Task<TimeSpan> UntilInLogAsync(CancellationToken cancellationToken)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await Eventually.HoldsAsync(async () => await server.CountAsync("select count(*) from (select from log_pending limit 1) one", cancellationToken) == 0, TimeSpan.FromMinutes(5));
        return clock.Elapsed;
    }

    public Task<long> CountVotesAsync(CancellationToken cancellationToken) =>
        server.CountAsync("select (select count(*) from vote) + (select count(*) from participation p)", cancellationToken);
}

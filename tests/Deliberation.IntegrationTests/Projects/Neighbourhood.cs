using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using Deliberation.Testing;
using Deliberation.Workflows.Activities;
using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deliberation.IntegrationTests.Projects;

/// <summary>A small community on a real database: ten households, posts with holders, one running project whose workflow waits.</summary>
/// <remarks>Commands are carried out as a step would, each visit in a transaction of its own; the engine itself is not needed.</remarks>
public sealed class Neighbourhood : IAsyncLifetime
{
    public static readonly CommunityId Community = new(1);

    public static readonly DateTimeOffset Monday = new(2026, 11, 23, 1, 0, 0, TimeSpan.Zero); // 09:00 in Shanghai

    private readonly Guid _instance = Guid.CreateVersion7();
    private TestDatabase _database = null!;
    private ServiceProvider _services = null!;

    public TestDatabase Database => _database;

    public ProjectId Project { get; } = ProjectId.New();

    public StaffId Leader { get; } = StaffId.New();

    public StaffId Deputy { get; } = StaffId.New();

    public StaffId Officer { get; } = StaffId.New();

    public IReadOnlyList<(HouseholdId Household, ResidentId Resident)> Homes { get; } =
        [.. Enumerable.Range(0, 10).Select(_ => (HouseholdId.New(), ResidentId.New()))];

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await _database.SetCouncilTimeAsync(Monday);
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Deliberation"] = _database.ConnectionString })
            .Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddPostgres(configuration);
        services.AddFeatures();
        services.AddSingleton(_database.DataSource);
        _services = services.BuildServiceProvider();
        await SettleAsync();
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    public static Caller Staff(StaffId staff) => new(CallerKind.Staff, null, null, staff, new HashSet<CommunityId> { Community });

    public Caller Resident(int home) => new(CallerKind.Resident, Homes[home].Resident, Homes[home].Household, null, new HashSet<CommunityId> { Community });

    /// <summary>Looks once for suspended projects whose day has come, as the pump does.</summary>
    public async Task<bool> RunDueAsync()
    {
        await using var scope = _services.CreateAsyncScope();
        return await scope.ServiceProvider.GetServices<IDueWorkHandler>().Single(handler => handler.GetType().Name == "ResumeDueProjects").RunOneAsync(default);
    }

    public async Task<Result<T>> SendAsync<T>(IRequest<Result<T>> request)
    {
        await using var scope = _services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
    }

    public async Task<string> RefusedAsync<T>(IRequest<Result<T>> request) =>
        Assert.IsType<Result<T>.Refused>(await SendAsync(request)).Reason.Code;

    /// <summary>Carries a command out as the step of a visit would, at council time now.</summary>
    public async Task<IReadOnlyList<StepEvent>> CarryOutAsync(IWorkflowCommand command, string visit)
    {
        await using var scope = _services.CreateAsyncScope();
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var now = await connection.CouncilNowAsync();
        var step = new StepContext(Community, Project, _instance, visit, "activity", connection, now);
        var events = await scope.ServiceProvider.GetRequiredService<CommandDispatcher>().DispatchAsync(command, step, CancellationToken.None);
        await transaction.CommitAsync();
        return events;
    }

    public async Task<T> QueryAsync<T>(string sql, object? values = null)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, values))!;
    }

    public async Task RunAsync(string sql, object? values = null)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, values);
    }

    /// <summary>What the visit was told under a name; null when nothing waits for it.</summary>
    public async Task<JsonNode?> EventAsync(string visit, string name)
    {
        var payload = await QueryAsync<string?>("select payload::text from workflow_inbox where visit_id = @visit and name = @name", new { visit, name });
        return payload is null ? null : JsonNode.Parse(payload);
    }

    private async Task SettleAsync()
    {
        await RunAsync(
            """
            insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours) values (1, 'test', 'Test', 'Urban', 'One', 'One', '0', '9-17');
            insert into staff (staff_id, login, display_name, kind, password_hash) values (@leader, 'leader', 'Leader', 'Staff', ''), (@deputy, 'deputy', 'Deputy', 'Staff', ''), (@officer, 'officer', 'Officer', 'Staff', '');
            insert into staff_scope (community_id, staff_id) values (1, @leader), (1, @deputy), (1, @officer);
            insert into post (community_id, post_code, rung) values (1, 'GroupLeader', 0), (1, 'Community', 1), (1, 'Subdistrict', 2), (1, 'Inspector', null), (1, 'Lawyer', null);
            insert into post_holder (community_id, post_code, staff_id, is_substitute, held_from) values
                (1, 'GroupLeader', @leader, false, '2020-01-01'), (1, 'GroupLeader', @deputy, true, '2020-01-01'),
                (1, 'Subdistrict', @officer, false, '2020-01-01'), (1, 'Inspector', @leader, false, '2020-01-01');
            insert into project (community_id, project_id, title, template_id, template_version, state, launched_at) values (1, @project, 'Lane', 'lane', 1, 'Submitted', '2026-11-20');
            insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest) values ('lane-1', 'lane', 1, 'Lane', '{}', '', false, false);
            insert into workflow_instance (community_id, instance_id, project_id, definition_version_id, definition_id, status, sub_status, state, created_at, updated_at)
            values (1, @instance, @project, 'lane-1', 'lane', 'Running', 'Suspended', '{}', '2026-11-20', '2026-11-20');
            """,
            new { leader = Leader.Value, deputy = Deputy.Value, officer = Officer.Value, project = Project.Value, instance = _instance });
        for (var i = 0; i < Homes.Count; i++)
        {
            await RunAsync(
                """
                insert into household (community_id, household_id, building, door) values (1, @household, '1', @door);
                insert into resident (community_id, resident_id, household_id, full_name, birth_year) values (1, @resident, @household, @name, 1960);
                """,
                new { household = Homes[i].Household.Value, resident = Homes[i].Resident.Value, door = $"1-{i}", name = $"Resident {i}" });
        }
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Laws;
using Deliberation.Features.Workflows;
using Deliberation.Features;
using Deliberation.Postgres;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Deliberation.Workflows.Activities;
using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>A community of its own with people, one project and its waiting workflow; everything goes through the doors that pages use.</summary>
internal sealed class BallotHall : IAsyncDisposable
{
    private static int _communities;
    private readonly ServiceProvider _services;
    private readonly Dictionary<BallotId, string> _visits = [];

    private BallotHall(TestDatabase database, string keys)
    {
        Database = database;
        Keys = keys;
        Community = new CommunityId(Interlocked.Increment(ref _communities));
        _services = Services();
    }

    private ServiceProvider Services()
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["ConnectionStrings:Deliberation"] = Database.ConnectionString })
            .Build();
        return new ServiceCollection()
            .AddLogging()
            .AddSingleton<IConfiguration>(configuration)
            .AddPostgres(configuration)
            .AddFeatures()
            .AddSingleton(Database.DataSource)
            .Configure<BallotKeyOptions>(options => options.Folder = Keys)
            .BuildServiceProvider();
    }

    /// <summary>Another node of the same installation: its own batches and memories, the same database.</summary>
    public Another Node() => new(Services());

    public TestDatabase Database { get; }

    public string Keys { get; }

    public CommunityId Community { get; }

    public ProjectId Project { get; } = ProjectId.New();

    public Guid Instance { get; } = Guid.CreateVersion7();

    public StaffId Staff { get; } = StaffId.New();

    public string Code => string.Create(CultureInfo.InvariantCulture, $"town{Community.Value}");

    public T Service<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <param name="keys">Folder of the ballots' keys; one of its own unless given.</param>
    public static async Task<BallotHall> OpenAsync(TestDatabase database, string? keys = null)
    {
        var hall = new BallotHall(database, keys ?? Directory.CreateTempSubdirectory("dlbkeys").FullName);
        await hall.ExecuteAsync(
            """
            insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours) values (@Community, @Code, 'Town', 'Urban', 'S', 'D', '1', '1');
            insert into staff (staff_id, login, display_name, kind, password_hash) values (@Staff, @Code, 'Wang', 'Staff', 'x');
            insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest)
            values (@Code, @Code, 1, 'd', '{}', '', true, true);
            insert into project (community_id, project_id, title, template_id, template_version, state) values (@Community, @Project, 'Renovation', @Code, 1, 'InPlan');
            insert into workflow_instance (community_id, instance_id, project_id, definition_version_id, definition_id, status, sub_status, state, created_at, updated_at)
            values (@Community, @Instance, @Project, @Code, @Code, 'Running', 'Suspended', '{}', council_now(), council_now());
            """,
            new { hall.Community, hall.Code, hall.Staff, hall.Project, hall.Instance });
        return hall;
    }

    public async Task<int> ExecuteAsync(string sql, object? values = null)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        return await connection.ExecuteAsync(sql, values);
    }

    public async Task<T> ScalarAsync<T>(string sql, object? values = null)
    {
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql, values))!;
    }

    /// <summary>A household with adults born in the given years; no delegate.</summary>
    public async Task<(HouseholdId Household, ResidentId[] People)> AddHouseholdAsync(string door, params int[] birthYears)
    {
        var household = HouseholdId.New();
        var people = birthYears.Select(_ => ResidentId.New()).ToArray();
        await ExecuteAsync(
            "insert into household (community_id, household_id, building, door) values (@Community, @household, @building, @door)",
            new { Community, household, building = door.Split('-')[0], door });
        for (var i = 0; i < people.Length; i++)
        {
            await AddResidentAsync(people[i], household, birthYears[i]);
        }

        return (household, people);
    }

    public Task AddResidentAsync(ResidentId resident, HouseholdId? household = null, int birthYear = 1960, string? phone = null) => ExecuteAsync(
        "insert into resident (community_id, resident_id, household_id, full_name, birth_year, phone) values (@Community, @resident, @household, 'Zhang Lan', @birthYear, @phone)",
        new { Community, resident, household, birthYear, phone });

    public async Task<List<ResidentId>> AddHouseholdsAsync(int count)
    {
        var people = new List<ResidentId>();
        for (var i = 1; i <= count; i++)
        {
            people.Add((await AddHouseholdAsync(string.Create(CultureInfo.InvariantCulture, $"{(i / 10) + 1}-{i}"), 1970)).People[0]);
        }

        return people;
    }

    public async Task AddUnitAsync(string door, long areaHundredths, string kind, string state, params ResidentId[] owners)
    {
        var unit = Guid.CreateVersion7();
        await ExecuteAsync(
            """
            insert into exclusive_unit (community_id, unit_id, building, door, kind, area_hundredths, area_source, state)
            values (@Community, @unit, @building, @door, @kind, @areaHundredths, 'Register', @state);
            insert into unit_owner (community_id, unit_id, resident_id) select @Community, @unit, unnest(@owners)
            """,
            new { Community, unit, building = door.Split('-')[0], door, kind, areaHundredths, state, owners = owners.Select(o => o.Value).ToArray() });
    }

    /// <summary>Elections that open from now on take votes every way.</summary>
    public async Task AllowOnlineElectionsAsync() =>
        (await SendAsync(new AllowOnlineElections(AsStaff(CallerKind.Admin), Community, "District rules, no. 3", null))).Require();

    public static OpenBallotCommand Question(DateTimeOffset now, string roll = "Households", string secrecy = "Named", JsonObject? rule = null) => new(
        "Shall we?", "", rule ?? new JsonObject { ["rule"] = "Majority", ["base"] = "Cast", ["threshold"] = "1/2", ["strict"] = true },
        roll, [], null, secrecy, "civil-code-2021", 1, [], now, now.AddDays(7));

    public async Task<BallotId> OpenBallotAsync(OpenBallotCommand command)
    {
        var visit = Guid.NewGuid().ToString("N");
        await StepAsync(command, visit);
        var ballot = new BallotId(await ScalarAsync<Guid>(
            "select ballot_id from ballot where community_id = @Community and visit_id = @visit", new { Community, visit }));
        _visits[ballot] = visit;
        return ballot;
    }

    public async Task<BallotId> OpenBallotAsync(string roll = "Households", string secrecy = "Named", JsonObject? rule = null) =>
        await OpenBallotAsync(Question(await Database.CouncilNowAsync(), roll, secrecy, rule));

    /// <returns>What the workflow is answered.</returns>
    public async Task<JsonObject> CloseBallotAsync(BallotId ballot) =>
        (JsonObject)(await StepAsync(new CloseBallotCommand(), _visits[ballot])).Single(e => e.Bookmark == "decided").Payload!;

    public Task RemindAsync(BallotId ballot, string point) => StepAsync(new RemindNonVotersCommand(point), _visits[ballot]);

    public async Task<IReadOnlyList<StepEvent>> StepAsync<TCommand>(TCommand command, string visit)
        where TCommand : IWorkflowCommand
    {
        await using var scope = _services.CreateAsyncScope();
        await using var connection = await Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var step = new StepContext(Community, Project, Instance, visit, "ballot", connection, await connection.CouncilNowAsync());
        var events = await scope.ServiceProvider.GetRequiredService<IWorkflowCommandHandler<TCommand>>().HandleAsync(command, step, CancellationToken.None);
        await transaction.CommitAsync();
        return events;
    }

    public async Task<Result<T>> SendAsync<T>(IRequest<Result<T>> request)
    {
        await using var scope = _services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
    }

    public sealed class Another(ServiceProvider services) : IAsyncDisposable
    {
        public T Service<T>()
            where T : notnull => services.GetRequiredService<T>();

        public async Task<Result<T>> SendAsync<T>(IRequest<Result<T>> request)
        {
            await using var scope = services.CreateAsyncScope();
            return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request);
        }

        public ValueTask DisposeAsync() => services.DisposeAsync();
    }

    public Caller As(ResidentId resident) => new(CallerKind.Resident, resident, null, null, new HashSet<CommunityId> { Community });

    public Caller AsStaff(CallerKind kind = CallerKind.Staff) => new(kind, null, null, Staff, new HashSet<CommunityId> { Community });

    public Task<Result<CastAnswer>> VoteAsync(ResidentId resident, BallotId ballot, string choice, string? key = null, string? unit = null) =>
        VoteAsync(resident, ballot, [choice], key, unit);

    public Task<Result<CastAnswer>> VoteAsync(ResidentId resident, BallotId ballot, string[] choices, string? key = null, string? unit = null) =>
        SendAsync(new CastVote(As(resident), Community, ballot, choices, key ?? Guid.NewGuid().ToString(), unit));

    public Task<Result<CastAnswer>> ReplaceAsync(ResidentId resident, BallotId ballot, string choice, string? code, string? key = null, string? unit = null) =>
        SendAsync(new ReplaceVote(As(resident), Community, ballot, [choice], code!, key ?? Guid.NewGuid().ToString(), unit));

    public static string CodeOf<T>(Result<T> answer) => answer is Result<T>.Refused { Reason: var reason } ? reason.Code : "accepted";

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        if (Directory.Exists(Keys))
        {
            Directory.Delete(Keys, recursive: true);
        }
    }
}

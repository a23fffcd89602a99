using Dapper;
using Deliberation.Domain;
using Deliberation.Features;
using Deliberation.Features.Seeding;
using Deliberation.Testing;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Deliberation.IntegrationTests.Seeding;

public sealed class SeedDemoTests : IAsyncLifetime
{
    private static readonly string Shipped = Path.Combine(AppContext.BaseDirectory, "seeds", "demo");

    private TestDatabase _database = null!;
    private ServiceProvider _services = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        _services = Services(_database);
    }

    public async Task DisposeAsync()
    {
        await _services.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task The_main_community_has_the_numbers_of_the_scenario()
    {
        var seeded = (await SeedAsync(Shipped)).Require();

        Assert.Equal(168, await CountAsync("select count(*) from exclusive_unit where community_id = 1"));
        Assert.Equal(1_260_000, await CountAsync("select sum(area_hundredths)::bigint from exclusive_unit where community_id = 1"));
        Assert.Equal(160, await CountAsync("select count(*) from household where community_id = 1 and moved_out_at is null"));
        Assert.Equal(150, await CountAsync(
            "select count(distinct owners) from (select array_agg(resident_id order by resident_id) owners from unit_owner where community_id = 1 group by unit_id) sets"));
        Assert.Equal(6, await CountAsync("select count(distinct building) from exclusive_unit where community_id = 1"));
        Assert.Equal(new CommunityId(1), seeded.Main);
        Assert.Equal("demo-3-502", seeded.EntryToken);
    }

    [Fact]
    public async Task The_household_of_the_first_link_owns_its_flat_and_can_be_telephoned()
    {
        var seeded = (await SeedAsync(Shipped)).Require();

        Assert.Equal(1, await CountAsync(
            """
            select count(*) from household h
            join resident r on r.community_id = h.community_id and r.resident_id = h.delegate_id
            join exclusive_unit u on u.community_id = h.community_id and u.building = h.building and u.door = h.door
            join unit_owner o on o.community_id = u.community_id and o.unit_id = u.unit_id and o.resident_id = r.resident_id
            where h.community_id = 1 and h.door = '3-502' and r.phone is not null and r.lives_here
            """));
        Assert.NotEqual(Guid.Empty, seeded.EntryHousehold.Value);
    }

    [Fact]
    public async Task Seeding_twice_changes_nothing()
    {
        await SeedAsync(Shipped);
        var first = await FingerprintAsync(_database);

        var again = (await SeedAsync(Shipped)).Require();

        Assert.Equal(0, again.Communities);
        Assert.Equal(first, await FingerprintAsync(_database));
    }

    [Fact]
    public async Task Two_runs_of_one_seed_are_equal()
    {
        await SeedAsync(Shipped);
        await using var other = await TestDatabase.CreateAsync();
        await using var services = Services(other);
        await SeedAsync(Shipped, services);

        Assert.Equal(await FingerprintAsync(_database), await FingerprintAsync(other));
    }

    [Fact]
    public async Task Telephones_are_of_the_block_that_nobody_can_have_and_names_are_nobody_s_twice()
    {
        await SeedAsync(Shipped);

        Assert.Equal(0, await CountAsync("select count(*) from resident where phone !~ '^100-0000-[0-9]{4}$'"));
        Assert.Equal(0, await CountAsync("select count(*) - count(distinct (community_id, full_name)) from resident"));
        Assert.Equal(0, await CountAsync("select count(phone) - count(distinct phone) from resident"));
    }

    [Fact]
    public async Task An_account_without_a_password_is_shut()
    {
        await SeedAsync(Shipped);

        Assert.Equal("staff", await _database.DataSource.OpenConnection().ExecuteScalarAsync<string>("select string_agg(login, ' ') from staff where is_enabled"));
    }

    [Theory]
    [InlineData("communities.csv", 3, "kind", "Urban", "Suburban", "seed.not-one-of")]
    [InlineData("compounds.csv", 2, "floors", ",7,2,150", ",41,2,150", "seed.not-in-range")]
    [InlineData("staff.csv", 2, "communities", "demo guihua", "demo nowhere", "seed.unknown")]
    [InlineData("posts.csv", 2, "holders", "leader", "nobody", "seed.unknown")]
    public async Task A_bad_row_is_refused_with_file_line_and_field_and_nothing_is_written(
        string file, int line, string field, string right, string wrong, string code)
    {
        var folder = Copy();
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, file));
        Assert.Contains(right, lines[line - 1]);
        lines[line - 1] = lines[line - 1].Replace(right, wrong);
        await File.WriteAllLinesAsync(Path.Combine(folder, file), lines);

        var refused = Assert.IsType<Result<SeededDemo>.Refused>(await SeedAsync(folder)).Reason;

        Assert.Equal((code, field), (refused.Code, refused.Field));
        Assert.Equal((file, line), (refused.Values!["file"], refused.Values["line"]));
        Assert.Equal(0, await CountAsync("select (select count(*) from community) + (select count(*) from staff) + (select count(*) from resident)"));
    }

    [Fact]
    public async Task A_row_with_a_field_too_many_is_refused_with_its_line()
    {
        var folder = Copy();
        await File.AppendAllTextAsync(Path.Combine(folder, "staff.csv"), "guest,Staff,demo,no,surplus\n");

        var refused = Assert.IsType<Result<SeededDemo>.Refused>(await SeedAsync(folder)).Reason;

        Assert.Equal("seed.wrong-field-count", refused.Code);
        Assert.Equal(22, refused.Values!["line"]);
    }

    private static ServiceProvider Services(TestDatabase database)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(database.DataSource);
        services.AddFeatures();
        return services.BuildServiceProvider();
    }

    private static string Copy()
    {
        var folder = Directory.CreateTempSubdirectory("seeds").FullName;
        foreach (var file in Directory.GetFiles(Shipped))
        {
            File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
        }

        return folder;
    }

    private Task<Result<SeededDemo>> SeedAsync(string folder) => SeedAsync(folder, _services);

    private static async Task<Result<SeededDemo>> SeedAsync(string folder, ServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(
            new SeedDemo(folder, new Dictionary<string, string> { ["staff"] = "correct horse battery" }));
    }

    private async Task<long> CountAsync(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(sql);
    }

    /// <summary>Everything the seed makes but instants and password hashes.</summary>
    private static async Task<string?> FingerprintAsync(TestDatabase database)
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string>(
            """
            select md5(string_agg(line, '|' order by line)) from (
                select c::text as line from community c
                union all select h::text from household h
                union all select (community_id, resident_id, household_id, full_name, phone, birth_year, lives_here, away_group, locale)::text from resident
                union all select u::text from exclusive_unit u
                union all select o::text from unit_owner o
                union all select (staff_id, login, display_name, kind, is_enabled)::text from staff
                union all select p::text from post p
                union all select (community_id, post_code, staff_id, is_substitute)::text from post_holder) all_lines
            """);
    }
}

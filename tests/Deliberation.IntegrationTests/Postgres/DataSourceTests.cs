using Deliberation.Postgres;
using Deliberation.Testing;
using Npgsql;
using Xunit;

namespace Deliberation.IntegrationTests.Postgres;

public sealed class DataSourceTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public void What_a_connection_string_leaves_open_is_filled_in()
    {
        using var dataSource = DataSources.Create("Host=db;Username=council");
        var settings = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);

        Assert.Equal((5, 10, 200, 40), (settings.Timeout, settings.CommandTimeout, settings.MaxAutoPrepare, settings.MaxPoolSize));
    }

    [Fact]
    public void What_a_connection_string_says_stays()
    {
        using var dataSource = DataSources.Create("Server=db;User Id=council;Command Timeout=7;MaxPoolSize=3");
        var settings = new NpgsqlConnectionStringBuilder(dataSource.ConnectionString);

        Assert.Equal(("db", 7, 3), (settings.Host, settings.CommandTimeout, settings.MaxPoolSize));
    }

    [Fact]
    public async Task A_statement_that_repeats_is_parsed_and_planned_once()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        for (var i = 0; i < 10; i++)
        {
            await using var repeated = new NpgsqlCommand("select council_now() - $1::interval", connection) { Parameters = { new() { Value = TimeSpan.FromSeconds(i) } } };
            await repeated.ExecuteScalarAsync();
        }

        await using var prepared = new NpgsqlCommand("select count(*) from pg_prepared_statements where statement like 'select council_now() - %'", connection);
        Assert.Equal(1L, await prepared.ExecuteScalarAsync());
    }
}

using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Postgres;

public sealed class RowMappingTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private enum Colour
    {
        Red,
        Blue,
    }

    [Fact]
    public async Task A_positional_record_takes_snake_case_columns_of_every_type_of_ours()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var row = new Row(
            new CommunityId(7), ProjectId.New(), new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.Zero), null,
            new DateOnly(2026, 2, 28), null, new JsonObject { ["a"] = 1 }, Colour.Blue, [1, 2], null, 1);

        var read = await connection.QuerySingleAsync<Row>(
            """
            select @CommunityId as community_id, @ProjectId as project_id, @OpensAt as opens_at, @ClosesAt::timestamptz as closes_at,
                @DueOn as due_on, @PaidOn::date as paid_on, @Inputs as inputs, @colour as colour, @Numbers as numbers, null::uuid as staff_id, count(*) as times
            """,
            new { row.CommunityId, row.ProjectId, row.OpensAt, row.ClosesAt, row.DueOn, row.PaidOn, row.Inputs, colour = row.Colour.ToString(), row.Numbers });

        Assert.Equal(row with { Inputs = read.Inputs, Numbers = read.Numbers }, read);
        Assert.Equal("""{"a":1}""", read.Inputs.ToJsonString());
        Assert.Equal(row.Numbers, read.Numbers);
    }

    [Fact]
    public async Task An_array_of_ids_is_a_parameter_of_any()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        Guid[] ids = [Guid.CreateVersion7(), Guid.CreateVersion7()];

        Assert.True(await connection.ExecuteScalarAsync<bool>("select @id = any(@ids)", new { id = ids[1], ids }));
    }

    [Fact]
    public async Task An_instant_with_an_offset_is_stored_as_the_same_instant()
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        var beijing = new DateTimeOffset(2026, 11, 22, 8, 0, 0, TimeSpan.FromHours(8));

        var read = await connection.ExecuteScalarAsync<DateTimeOffset>("select @beijing", new { beijing });

        Assert.Equal(beijing, read);
        Assert.Equal(TimeSpan.Zero, read.Offset);
    }

    private sealed record Row(
        CommunityId CommunityId,
        ProjectId ProjectId,
        DateTimeOffset OpensAt,
        DateTimeOffset? ClosesAt,
        DateOnly DueOn,
        DateOnly? PaidOn,
        JsonObject Inputs,
        Colour Colour,
        int[] Numbers,
        StaffId? StaffId,
        int Times);
}

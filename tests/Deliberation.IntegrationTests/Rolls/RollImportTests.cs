using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Rolls;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Testing;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Rolls;

/// <summary>A table from its upload to the books.</summary>
public sealed class RollImportTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task A_table_is_previewed_then_applied_once_and_repeating_it_changes_nothing()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var import = await UploadAsync(hall, Tables.Csv(
            Tables.Owner("1", "1-101", "王小明", "100-0000-0001", "89.65"),
            "1,1,1-101,住宅,89.65,登记,已交付,李华,100-0000-0002,1962,是,是,,,",
            "1,1,1-101,,,,,王东,,1990,,,,东莞,",
            "1,,S-1,商铺,40,测绘,已交付,赵店,100-0000-0003,1980,,,,,小赵面馆"));
        (await CountAsync(hall)).ShouldBe((0, 0, 0, 0, 0));

        var preview = await PreviewAsync(hall, import);
        (preview.ProblemCount, preview.New, preview.Changed, preview.Gone, preview.Same).ShouldBe((0, 9, 0, 0, 0)); // 2 units, 2 owners, a household, 3 people of it, a business
        var counts = (await hall.SendAsync(Apply(hall, import, preview))).Require();
        (await CountAsync(hall)).ShouldBe((2, 2, 1, 4, 1));
        (await hall.SendAsync(Apply(hall, import, preview))).Require().ShouldBe(counts);
        (await CountAsync(hall)).ShouldBe((2, 2, 1, 4, 1));
        (await hall.ScalarAsync<int>("select count(*)::int from roll_import where community_id = @Community and content is not null", new { hall.Community })).ShouldBe(0);
        (await hall.ScalarAsync<long>("select area_hundredths from exclusive_unit where community_id = @Community and kind = 'Residential'", new { hall.Community })).ShouldBe(8_965);

        // The same table again: all of it is there.
        var again = await PreviewAsync(hall, await UploadAsync(hall, Tables.Csv(Tables.Owner("1", "1-101", "王小明", "10000000001", "89.65"), "1,1,1-101,住宅,89.65,登记,已交付,李华,100-0000-0002,1962,是,是,,,")));
        (again.ProblemCount, again.New, again.Changed, again.Gone).ShouldBe((0, 0, 0, 0));
        again.Same.ShouldBe(6);
    }

    [Fact]
    public async Task What_is_changed_and_gone_is_shown_and_done()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await ImportAsync(hall, Tables.Owner("1", "1-101", "王小明", "100-0000-0001"), Tables.Owner("1", "1-102", "李华", "100-0000-0002"), Tables.Owner("2", "2-101", "赵四", "100-0000-0003"));

        var import = await UploadAsync(hall, Tables.Csv(Tables.Owner("1", "1-101", "王小明", "100-0000-0009", "81")), isComplete: true);
        var preview = await PreviewAsync(hall, import);

        preview.Lines.Select(line => $"{line.Kind} {line.Subject} {line.Door} {line.Name}").ShouldBe(
            ["Gone Unit 1-102 ", "Gone Owner 1-102 李华", "Gone Member 1-102 李华", "Gone Household 1-102 ", "Changed Member 1-101 王小明", "Changed Unit 1-101 "], ignoreOrder: true);
        preview.Lines.Single(line => line.Subject == "Unit" && line.Kind == RollDiffKind.Changed).Changes.ShouldBe([new RollValueChange(RollColumns.Area, "8000", "8100")]);
        (await hall.SendAsync(Apply(hall, import, preview))).Require();
        (await CountAsync(hall)).ShouldBe((2, 2, 2, 3, 0)); // 2-101 is of another building: it stays
        (await hall.ScalarAsync<string>("select phone from resident where community_id = @Community and full_name = '王小明'", new { hall.Community })).ShouldBe("100-0000-0009");
        var door = (await hall.SendAsync(new GetRollDoor(hall.AsStaff(), hall.Community, "1", "1-102"))).Require();
        door.History.Select(line => (line.Kind, line.Name, line.IsImport)).ShouldContain(("OwnerRemoved", "李华", true));
    }

    [Fact]
    public async Task A_table_with_mistakes_changes_nothing_however_it_is_confirmed()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await ImportAsync(hall, Tables.Owner("1", "1-101", "王小明", "100-0000-0001"));
        var import = await UploadAsync(hall, Tables.Csv(
            Tables.Owner("1", "1-102", "李华", "100-0000-0002"),
            Tables.Owner("9", "9-101", "赵四", "100-0000-0003"), // no such building
            Tables.Owner("1", "1-103", "钱五", "100-0000-0001"), // 王小明's telephone
            Tables.Owner("1", "1-104", "孙六", "100-0000-0004", "-3")));

        var preview = await PreviewAsync(hall, import);

        preview.Problems.Select(p => $"{p.Row} {p.Column} {p.Code}").ShouldBe(["3 building unknown-building", "5 area area-negative"]);
        (preview.New, preview.Lines.Count).ShouldBe((0, 0));
        BallotHall.CodeOf(await hall.SendAsync(Apply(hall, import, preview))).ShouldBe("roll.has-problems");
        (await CountAsync(hall)).ShouldBe((1, 1, 1, 1, 0));

        // With the rows themselves right, the books are asked too.
        var taken = await PreviewAsync(hall, await UploadAsync(hall, Tables.Csv(Tables.Owner("1", "1-103", "钱五", "100-0000-0001"))));
        taken.Problems.Select(p => $"{p.Row} {p.Column} {p.Code}").ShouldBe(["2 phone phone-taken"]);
    }

    [Fact]
    public async Task Books_that_changed_after_the_preview_are_looked_at_again()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await ImportAsync(hall, Tables.Owner("1", "1-101", "王小明", "100-0000-0001"));
        var import = await UploadAsync(hall, Tables.Csv(Tables.Owner("1", "1-101", "王小明", "100-0000-0001", "81")));
        var preview = await PreviewAsync(hall, import);
        await hall.ExecuteAsync("update exclusive_unit set area_hundredths = 7900 where community_id = @Community", new { hall.Community });

        BallotHall.CodeOf(await hall.SendAsync(Apply(hall, import, preview))).ShouldBe("roll.books-changed");
        BallotHall.CodeOf(await hall.SendAsync(Apply(hall, import, preview) with { Reason = " " })).ShouldBe("roll.reason-required");
        (await hall.ScalarAsync<long>("select area_hundredths from exclusive_unit where community_id = @Community", new { hall.Community })).ShouldBe(7_900);
        (await hall.SendAsync(Apply(hall, import, await PreviewAsync(hall, import)))).Require().Changed.ShouldBe(1);
    }

    [Fact]
    public async Task A_failure_in_the_middle_leaves_the_books_as_they_were_and_the_file_to_try_again()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var import = await UploadAsync(hall, Tables.Csv(Tables.Owner("1", "1-101", "王小明", "100-0000-0001"), Tables.Owner("1", "1-102", "李华", "100-0000-0002")));
        var preview = await PreviewAsync(hall, import);
        await hall.ExecuteAsync(
            $"""
            create function break_{hall.Code}() returns trigger language plpgsql as $$ begin if new.community_id = {hall.Community} then raise exception 'the disk is full'; end if; return new; end $$;
            create trigger break_{hall.Code} before insert on unit_owner for each row execute function break_{hall.Code}()
            """);

        await Should.ThrowAsync<PostgresException>(() => hall.SendAsync(Apply(hall, import, preview)));
        (await CountAsync(hall)).ShouldBe((0, 0, 0, 0, 0));
        (await hall.ScalarAsync<int>("select count(*)::int from roll_event where community_id = @Community", new { hall.Community })).ShouldBe(0);

        await hall.ExecuteAsync($"drop trigger break_{hall.Code} on unit_owner");
        (await hall.SendAsync(Apply(hall, import, preview))).Require();
        (await CountAsync(hall)).ShouldBe((2, 2, 2, 2, 0));
    }

    [Fact]
    public async Task Two_confirmations_at_once_write_once()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var import = await UploadAsync(hall, Tables.Csv([.. Enumerable.Range(1, 50).Select(i => Tables.Owner("1", $"1-{i}", $"王{i}", $"100-0000-{i:0000}"))]));
        var preview = await PreviewAsync(hall, import);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => hall.SendAsync(Apply(hall, import, preview))));

        answers.Select(answer => answer.Require().New).ShouldAllBe(count => count == preview.New);
        (await CountAsync(hall)).ShouldBe((50, 50, 50, 50, 0));
    }

    [Fact]
    public async Task A_file_waits_a_day_and_five_of_them_at_most()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var first = await UploadAsync(hall, Tables.Csv(Tables.Owner("1", "1-1", "王", "100-0000-0001")));
        await hall.ExecuteAsync("update roll_import set uploaded_at = clock_timestamp() - interval '23 hours 59 minutes' where import_id = @first", new { first });
        await PreviewAsync(hall, first);
        await hall.ExecuteAsync("update roll_import set uploaded_at = clock_timestamp() - interval '24 hours' where import_id = @first", new { first });
        BallotHall.CodeOf(await hall.SendAsync(new PreviewRollImport(hall.AsStaff(), hall.Community, first))).ShouldBe("roll.import-gone");

        var many = new List<Guid>();
        for (var i = 0; i < 6; i++)
        {
            many.Add(await UploadAsync(hall, "a"u8.ToArray()));
        }

        BallotHall.CodeOf(await hall.SendAsync(new PreviewRollImport(hall.AsStaff(), hall.Community, many[0]))).ShouldBe("roll.import-gone");
        await PreviewAsync(hall, many[1]);
        (await hall.SendAsync(new DiscardRollImport(hall.AsStaff(), hall.Community, many[1]))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new PreviewRollImport(hall.AsStaff(), hall.Community, many[1]))).ShouldBe("roll.import-gone");
        BallotHall.CodeOf(await hall.SendAsync(new UploadRoll(hall.AsStaff(), hall.Community, "a.csv", default, false, true))).ShouldBe("roll.file-missing");
        BallotHall.CodeOf(await hall.SendAsync(new UploadRoll(hall.AsStaff(), hall.Community, "a.csv", new byte[UploadRoll.MostBytes + 1], false, true))).ShouldBe("roll.file-too-large");
    }

    [Fact]
    public async Task Ten_thousand_rows_are_previewed_and_written_within_the_limits_of_a_command()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var rows = Enumerable.Range(0, 10_000).Select(i => Tables.Owner($"{(i / 100) + 1}", $"{(i / 100) + 1}-{i % 100:000}", $"王{i}", $"1{i:0000000000}")).ToArray();
        var import = await UploadAsync(hall, Tables.Csv(rows));

        var preview = await PreviewAsync(hall, import);
        (preview.ProblemCount, preview.New).ShouldBe((0, 40_000));
        (await hall.SendAsync(Apply(hall, import, preview))).Require(); // statements of at most 5 s
        (await CountAsync(hall)).ShouldBe((10_000, 10_000, 10_000, 10_000, 0));
        (await PreviewAsync(hall, await UploadAsync(hall, Tables.Csv(rows)))).Same.ShouldBe(40_000);
        var list = (await hall.SendAsync(new ListRoll(hall.AsStaff(), hall.Community, null, "王9999", new PageRequest(1)))).Require();
        list.Doors.Items.ShouldHaveSingleItem().Door.ShouldBe("100-099");
    }

    [Fact]
    public async Task An_export_is_masked_on_record_and_reads_back_as_the_same_books()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await ImportAsync(
            hall, Tables.Owner("1", "1-101", "王小明", "100-0000-0001", "89.65"), "1,1,1-101,车位,12.50,合同,已交付,王小明,100-0000-0001,1960,是,,,,", "1,1,1-101,,,,,王东,,1990,,,,东莞,",
            "1,,S-1,商铺,40,测绘,已交付,赵店,100-0000-0003,1980,是,,,,小赵面馆", "1,1,1-102,住宅,90,登记,未售,,,,,,,,");
        var headings = Tables.Headings.Split(',');
        var export = new ExportRoll(hall.AsStaff(), hall.Community, IsXlsx: false, headings, HasNames: false, null);

        var masked = Encoding.UTF8.GetString((await hall.SendAsync(export)).Require());
        masked.ShouldContain("王*明");
        masked.ShouldNotContain("王小明");
        masked.ShouldNotContain("100-0000-0001");
        BallotHall.CodeOf(await hall.SendAsync(export with { HasNames = true, Reason = "for the printer" })).ShouldBe("access.not-allowed");
        var admin = export with { Caller = hall.AsStaff(CallerKind.Admin), HasNames = true };
        BallotHall.CodeOf(await hall.SendAsync(admin with { Reason = "no" })).ShouldBe("roll.export-reason");
        foreach (var isXlsx in new[] { false, true })
        {
            var whole = (await hall.SendAsync(admin with { IsXlsx = isXlsx, Reason = "to the election board" })).Require();
            var preview = await PreviewAsync(hall, await UploadAsync(hall, whole, isComplete: true));
            (preview.ProblemCount, preview.New, preview.Changed, preview.Gone).ShouldBe((0, 0, 0, 0));
        }

        (await hall.ScalarAsync<int>("select count(*)::int from audit_entry where community_id = @Community and action = 'ExportRoll'", new { hall.Community })).ShouldBe(3);
        var board = (await hall.SendAsync(new ListRoll(hall.AsStaff(CallerKind.Official), hall.Community, null, null, new PageRequest(1)))).Require();
        board.Doors.Items.SelectMany(door => door.Owners).ShouldBe(["王*明", "赵*"], ignoreOrder: true);
    }

    [Fact]
    public async Task One_by_one_with_a_reason_and_a_history()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await ImportAsync(hall, Tables.Owner("1", "1-101", "王小明", "100-0000-0001"));
        var card = await CardAsync();
        var unit = card.Units.Single();
        var edit = new EditUnit(hall.AsStaff(), hall.Community, unit.Id, 8_100, "Survey", "Delivered", "Surveyed again");

        BallotHall.CodeOf(await hall.SendAsync(edit with { Reason = " " })).ShouldBe("roll.reason-required");
        foreach (var area in new long?[] { null, 0, -1, 100_000_001 })
        {
            BallotHall.CodeOf(await hall.SendAsync(edit with { AreaHundredths = area })).ShouldBe("roll.area-invalid");
        }

        BallotHall.CodeOf(await hall.SendAsync(edit with { AreaSource = "Hearsay" })).ShouldBe("roll.code-invalid");
        BallotHall.CodeOf(await hall.SendAsync(edit with { AreaHundredths = 8_000, AreaSource = "Register" })).ShouldBe("roll.nothing-changed");
        (await CardAsync()).Units.ShouldHaveSingleItem().AreaHundredths.ShouldBe(8_000);
        (await hall.SendAsync(edit)).Require();
        (await hall.SendAsync(edit with { AreaHundredths = 100_000_000 })).Require();

        var add = new AddToUnit(hall.AsStaff(), hall.Community, unit.Id, "李华", "100-0000-0002", 1962, null, "Certificate shown");
        BallotHall.CodeOf(await hall.SendAsync(add with { BirthYear = null })).ShouldBe("roll.year-invalid");
        BallotHall.CodeOf(await hall.SendAsync(add with { Phone = "100-0000-0001" })).ShouldBe("roll.phone-taken");
        (await hall.SendAsync(add)).Require();
        BallotHall.CodeOf(await hall.SendAsync(add with { BirthYear = null })).ShouldBe("roll.already-there");
        card = await CardAsync();
        card.Units[0].Owners.Select(owner => owner.Name).ShouldBe(["李华", "王小明"], ignoreOrder: true);

        var remove = new RemoveOwner(hall.AsStaff(), hall.Community, unit.Id, card.Units[0].Owners.Single(o => o.Name == "王小明").Id, "Sold");
        (await hall.SendAsync(remove)).Require();
        BallotHall.CodeOf(await hall.SendAsync(remove)).ShouldBe("roll.person-not-found");
        BallotHall.CodeOf(await hall.SendAsync(edit with { State = "Unsold" })).ShouldBe("accepted");
        BallotHall.CodeOf(await hall.SendAsync(add with { Name = "赵四", Phone = null })).ShouldBe("roll.unsold-has-no-owner");
        (await CardAsync()).History.Take(3).Select(line => line.Kind).ShouldBe(["UnitChanged", "OwnerRemoved", "OwnerAdded"]);

        async Task<RollDoor> CardAsync() => (await hall.SendAsync(new GetRollDoor(hall.AsStaff(), hall.Community, "1", "1-101"))).Require();
    }

    internal static async Task<Guid> UploadAsync(BallotHall hall, byte[] content, bool isComplete = false) =>
        (await hall.SendAsync(new UploadRoll(hall.AsStaff(), hall.Community, "roll.csv", content, isComplete, HasNewBuildings: await hall.ScalarAsync<int>(
            "select count(*)::int from household where community_id = @Community", new { hall.Community }) == 0))).Require();

    internal static async Task<RollPreview> PreviewAsync(BallotHall hall, Guid import) =>
        (await hall.SendAsync(new PreviewRollImport(hall.AsStaff(), hall.Community, import))).Require();

    internal static ApplyRollImport Apply(BallotHall hall, Guid import, RollPreview preview) => new(hall.AsStaff(), hall.Community, import, preview.Fingerprint, "Yearly check");

    internal static async Task ImportAsync(BallotHall hall, params string[] rows)
    {
        var import = await UploadAsync(hall, Tables.Csv(rows));
        (await hall.SendAsync(Apply(hall, import, await PreviewAsync(hall, import)))).Require();
    }

    private static async Task<(int Units, int Owners, int Households, int People, int Merchants)> CountAsync(BallotHall hall)
    {
        await using var connection = await hall.Database.DataSource.OpenConnectionAsync();
        return await Dapper.SqlMapper.QuerySingleAsync<(int, int, int, int, int)>(
            connection,
            """
            select (select count(*) from exclusive_unit where community_id = @Community)::int, (select count(*) from unit_owner where community_id = @Community)::int,
                (select count(*) from household where community_id = @Community and moved_out_at is null)::int, (select count(*) from resident where community_id = @Community)::int,
                (select count(*) from merchant where community_id = @Community and closed_at is null)::int
            """,
            new { hall.Community });
    }
}

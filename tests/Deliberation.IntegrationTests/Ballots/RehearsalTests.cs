using System.Globalization;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Rehearsals;
using Deliberation.Testing;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Practice never counts: it stands apart, keeps no choice, and is gone with the statement that opens the ballot.</summary>
public sealed class RehearsalTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    [Fact]
    public async Task The_statement_that_opens_the_ballot_leaves_no_trace_of_its_rehearsal()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await hall.AddHouseholdsAsync(2);
        var rehearsal = await StartAsync(hall);
        var attempt = await FinishAsync(hall, rehearsal, "For");
        await TryAsync(hall, rehearsal, "Against");
        (await LeftAsync(hall)).ShouldBe((1, 2));

        await hall.OpenBallotAsync();

        (await LeftAsync(hall)).ShouldBe((0, 0));
        BallotHall.CodeOf(await hall.SendAsync(new GetRehearsal(Caller.Anonymous, hall.Community, rehearsal))).ShouldBe("rehearsal.over");
        BallotHall.CodeOf(await hall.SendAsync(new TryPaper(Caller.Anonymous, hall.Community, rehearsal, attempt, ["For"]))).ShouldBe("rehearsal.over");
        BallotHall.CodeOf(await hall.SendAsync(new FinishPaper(Caller.Anonymous, hall.Community, rehearsal, attempt))).ShouldBe("rehearsal.over");
    }

    [Fact]
    public async Task An_opening_that_is_rolled_back_leaves_the_rehearsal_as_it_was()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var rehearsal = await StartAsync(hall);
        await FinishAsync(hall, rehearsal, "For");

        await using (var connection = await database.DataSource.OpenConnectionAsync())
        await using (var transaction = await connection.BeginTransactionAsync())
        {
            await InsertBallotAsync(hall, connection);
            await transaction.RollbackAsync();
        }

        (await LeftAsync(hall)).ShouldBe((1, 1));
    }

    /// <summary>Every table of the council, row by row: only the audit line of the beginning is new.</summary>
    [Fact]
    public async Task Nothing_of_a_rehearsal_reaches_any_table_of_the_council()
    {
        await using var own = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(own);
        await hall.AddHouseholdsAsync(2);
        var before = await CountsAsync(hall);

        var rehearsal = await StartAsync(hall);
        await FinishAsync(hall, rehearsal, "For");
        await TryAsync(hall, rehearsal);

        (await CountsAsync(hall)).Except(before).Select(line => line.Split(' ')[0]).ShouldBe(["audit_entry"]);
        (await hall.ScalarAsync<string>("select string_agg(column_name, ' ' order by column_name) from information_schema.columns where table_schema = 'practice' and table_name = 'attempt'"))
            .ShouldBe("attempt_id code community_id corrections rehearsal_id"); // neither who nor what
    }

    [Fact]
    public async Task A_practice_code_is_no_receipt_and_no_ballot_has_a_rehearsals_id()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var rehearsal = await StartAsync(hall);
        var attempt = await FinishAsync(hall, rehearsal, "For");
        var code = (await hall.SendAsync(new FinishPaper(Caller.Anonymous, hall.Community, rehearsal, attempt))).Require();

        code.ShouldMatch("^TRY-[0-9A-Z]{4}-[0-9A-Z]{4}$");
        (await hall.SendAsync(new VerifyReceipt(Caller.Anonymous, hall.Community, code))).Require().ShouldBe(ReceiptStatus.Unknown);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);
        BallotHall.CodeOf(await hall.VoteAsync(people[0], new BallotId(rehearsal), "For")).ShouldBe("ballot.not-found");
    }

    [Fact]
    public async Task An_attempt_in_flight_when_the_ballot_opens_is_refused_or_wiped()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var rehearsal = await StartAsync(hall);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await InsertBallotAsync(hall, connection); // the rehearsal is deleted, not yet for others

        var late = hall.SendAsync(new TryPaper(Caller.Anonymous, hall.Community, rehearsal, Guid.NewGuid(), ["For"]));
        await WaitsAsync("insert into practice.attempt");
        await transaction.CommitAsync();

        BallotHall.CodeOf(await late).ShouldBe("rehearsal.over");
        (await LeftAsync(hall)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_rehearsal_that_is_just_beginning_is_waited_for_and_wiped()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await InsertRehearsalAsync(hall, connection);

        var opening = hall.OpenBallotAsync();
        await WaitsAsync("insert into ballot");
        await transaction.CommitAsync();
        await opening;

        (await LeftAsync(hall)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Beside_an_open_ballot_no_rehearsal_begins_whoever_writes_it()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var ballot = await hall.OpenBallotAsync();

        BallotHall.CodeOf(await hall.SendAsync(Start(hall))).ShouldBe("rehearsal.ballot-is-open");
        await using (var connection = await database.DataSource.OpenConnectionAsync())
        {
            (await Should.ThrowAsync<PostgresException>(() => InsertRehearsalAsync(hall, connection))).ConstraintName.ShouldBe("rehearsal_before_ballot");
        }

        (await hall.SendAsync(new GetRehearsalDesk(hall.AsStaff(), hall.Community, hall.Project))).Require().IsVoting.ShouldBeTrue();
        await hall.CloseBallotAsync(ballot);
        (await hall.SendAsync(Start(hall))).Require(); // of the next one
    }

    [Fact]
    public async Task An_attempt_belongs_to_a_rehearsal_and_to_nothing_else()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        (await Should.ThrowAsync<PostgresException>(() => hall.ExecuteAsync(
            "insert into practice.attempt (community_id, rehearsal_id, attempt_id) values (@Community, gen_random_uuid(), gen_random_uuid())", new { hall.Community })))
            .SqlState.ShouldBe(PostgresErrorCodes.ForeignKeyViolation);
    }

    [Theory]
    [InlineData("Closed")]
    [InlineData("Cancelled")]
    public async Task The_end_of_the_project_ends_its_rehearsal(string state)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await FinishAsync(hall, await StartAsync(hall), "For");

        await hall.ExecuteAsync("update project set state = @state where community_id = @Community and project_id = @Project", new { state, hall.Community, hall.Project });

        (await LeftAsync(hall)).ShouldBe((0, 0));
        BallotHall.CodeOf(await hall.SendAsync(Start(hall))).ShouldBe("project.over");
    }

    [Fact]
    public async Task Staff_see_how_many_tried_managed_and_needed_a_correction_and_nobody_counts_twice()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var rehearsal = await StartAsync(hall, PaperKind.Ranks, "Path", "Lamp");
        await FinishAsync(hall, rehearsal, "o1=1", "o2=2");
        var corrected = Guid.NewGuid();
        (await hall.SendAsync(new TryPaper(Caller.Anonymous, hall.Community, rehearsal, corrected, ["o1=1", "o2=1"]))).Require().ShouldBeFalse();
        (await hall.SendAsync(new TryPaper(Caller.Anonymous, hall.Community, rehearsal, corrected, ["o1=2", "o2=1"]))).Require().ShouldBeTrue();
        var code = (await hall.SendAsync(new FinishPaper(Caller.Anonymous, hall.Community, rehearsal, corrected))).Require();
        (await hall.SendAsync(new FinishPaper(Caller.Anonymous, hall.Community, rehearsal, corrected))).Require().ShouldBe(code);
        await TryAsync(hall, rehearsal);

        var desk = (await hall.SendAsync(new GetRehearsalDesk(hall.AsStaff(), hall.Community, hall.Project))).Require();

        (desk.Tried, desk.Finished, desk.Corrected).ShouldBe((3, 2, 2));
        desk.Rehearsal!.Paper.Form.Kind.ShouldBe(PaperKind.Ranks);
        (await hall.SendAsync(new EndRehearsal(hall.AsStaff(), hall.Community, hall.Project))).Require();
        (await LeftAsync(hall)).ShouldBe((0, 0));
        BallotHall.CodeOf(await hall.SendAsync(new EndRehearsal(hall.AsStaff(), hall.Community, hall.Project))).ShouldBe("rehearsal.over");
    }

    [Fact]
    public async Task A_link_in_many_hands_does_not_fill_the_disk()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var rehearsal = await StartAsync(hall);
        await hall.ExecuteAsync(
            "insert into practice.attempt (community_id, rehearsal_id, attempt_id) select @Community, @rehearsal, gen_random_uuid() from generate_series(2, @most)",
            new { hall.Community, rehearsal, most = TryPaperHandler.Most });
        var last = await TryAsync(hall, rehearsal, "For");

        BallotHall.CodeOf(await hall.SendAsync(new TryPaper(Caller.Anonymous, hall.Community, rehearsal, Guid.NewGuid(), ["For"]))).ShouldBe("rehearsal.full");
        (await hall.SendAsync(new TryPaper(Caller.Anonymous, hall.Community, rehearsal, last, ["For"]))).Require().ShouldBeTrue();
    }

    [Theory]
    [InlineData("", PaperKind.Answer, 0, 1, "rehearsal.question")]
    [InlineData("200", PaperKind.Answer, 0, 1, "accepted")]
    [InlineData("201", PaperKind.Answer, 0, 1, "rehearsal.question")]
    [InlineData("Which?", PaperKind.Ranks, 1, 1, "rehearsal.options")]
    [InlineData("Which?", PaperKind.Scores, 2, 1, "accepted")]
    [InlineData("Which?", PaperKind.Ranks, 30, 1, "accepted")]
    [InlineData("Which?", PaperKind.Ranks, 31, 1, "rehearsal.options")]
    [InlineData("Which?", PaperKind.Marks, 3, 0, "rehearsal.marks")]
    [InlineData("Which?", PaperKind.Marks, 3, 3, "accepted")]
    [InlineData("Which?", PaperKind.Marks, 3, 4, "rehearsal.marks")]
    public async Task A_paper_to_practise_has_bounds(string question, PaperKind kind, int options, int marks, string expected)
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var asked = int.TryParse(question, NumberStyles.None, CultureInfo.InvariantCulture, out var length) ? new string('?', length) : question;
        BallotHall.CodeOf(await hall.SendAsync(new StartRehearsal(
            hall.AsStaff(), hall.Community, hall.Project, asked, kind, [.. Enumerable.Range(1, options).Select(place => $"Option {place}")], marks, false))).ShouldBe(expected);
    }

    [Fact]
    public async Task Only_staff_of_the_place_begin_one_and_one_at_a_time()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        await using var other = await BallotHall.OpenAsync(database);
        var (_, people) = await hall.AddHouseholdAsync("1-1", 1960);

        BallotHall.CodeOf(await hall.SendAsync(Start(hall) with { Caller = hall.As(people[0]) })).ShouldBe("access.not-allowed");
        BallotHall.CodeOf(await hall.SendAsync(Start(hall) with { Caller = other.AsStaff() })).ShouldBe("access.not-found");
        BallotHall.CodeOf(await hall.SendAsync(Start(hall) with { Project = other.Project })).ShouldBe("access.not-found");
        var rehearsal = await StartAsync(hall);
        BallotHall.CodeOf(await hall.SendAsync(Start(hall))).ShouldBe("rehearsal.is-running");
        BallotHall.CodeOf(await hall.SendAsync(new GetRehearsal(Caller.Anonymous, other.Community, rehearsal))).ShouldBe("rehearsal.over");
        (await hall.SendAsync(new ListRehearsals(hall.As(people[0]), hall.Community))).Require().Select(r => r.Id).ShouldBe([rehearsal]);
    }

    private static StartRehearsal Start(BallotHall hall) => new(hall.AsStaff(), hall.Community, hall.Project, "Moon cakes?", PaperKind.Answer, [], 1, true);

    private static async Task<Guid> StartAsync(BallotHall hall, PaperKind kind = PaperKind.Answer, params string[] options) =>
        (await hall.SendAsync(Start(hall) with { Kind = kind, Options = options })).Require();

    private static async Task<Guid> TryAsync(BallotHall hall, Guid rehearsal, params string[] choices)
    {
        var attempt = Guid.NewGuid();
        (await hall.SendAsync(new TryPaper(Caller.Anonymous, hall.Community, rehearsal, attempt, choices))).Require();
        return attempt;
    }

    private static async Task<Guid> FinishAsync(BallotHall hall, Guid rehearsal, params string[] choices)
    {
        var attempt = await TryAsync(hall, rehearsal, choices);
        (await hall.SendAsync(new FinishPaper(Caller.Anonymous, hall.Community, rehearsal, attempt))).Require();
        return attempt;
    }

    private static async Task<(int Rehearsals, int Attempts)> LeftAsync(BallotHall hall) => (
        await hall.ScalarAsync<int>("select count(*)::int from practice.rehearsal where community_id = @Community", new { hall.Community }),
        await hall.ScalarAsync<int>("select count(*)::int from practice.attempt where community_id = @Community", new { hall.Community }));

    /// <summary>The barest ballot, as the statement that opens it writes it.</summary>
    private static Task InsertBallotAsync(BallotHall hall, NpgsqlConnection connection) => Dapper.SqlMapper.ExecuteAsync(
        connection,
        """
        insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, round, max_choices, opens_at, closes_at,
            state, roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash)
        values (@Community, gen_random_uuid(), @Project, @Instance, 'by-hand', 'Shall we?', '{"rule":"Majority"}', 'Households', 'Named', 'civil-code-2021', 1, 1,
            council_now(), council_now() + interval '7 days', 'Open', 0, 0, 0, '', '')
        """,
        new { hall.Community, hall.Project, hall.Instance });

    private static Task InsertRehearsalAsync(BallotHall hall, NpgsqlConnection connection) => Dapper.SqlMapper.ExecuteAsync(
        connection,
        """
        insert into practice.rehearsal (community_id, rehearsal_id, project_id, question, rule, is_secret, started_by, started_at)
        values (@Community, gen_random_uuid(), @Project, 'Moon cakes?', '{"rule":"Majority"}', false, @Staff, council_now())
        """,
        new { hall.Community, hall.Project, hall.Staff });

    /// <summary>Until a statement that begins so stands still behind a lock.</summary>
    private async Task WaitsAsync(string statement) => await Eventually.HoldsAsync(async () =>
    {
        await using var connection = await database.DataSource.OpenConnectionAsync();
        return await Dapper.SqlMapper.ExecuteScalarAsync<bool>(
            connection,
            "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock' and query like @statement || '%')", new { statement });
    });

    /// <summary>A line for each table of the council: its name and how many rows it has.</summary>
    private static async Task<List<string>> CountsAsync(BallotHall hall)
    {
        await using var connection = await hall.Database.DataSource.OpenConnectionAsync();
        return [.. await Dapper.SqlMapper.QueryAsync<string>(
            connection,
            """
            select c.relname || ' ' || (xpath('/row/n/text()', query_to_xml(format('select count(*) as n from %I', c.relname), false, true, '')))[1]::text
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = 'public' and c.relkind in ('r', 'p') order by 1
            """)];
    }
}

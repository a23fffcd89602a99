using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ledger;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Ledger;

/// <summary>
/// Somebody with the whole database tries to find out who chose what in a secret ballot: by transaction ids, by places in tables, by ids, by the order of the log.
/// Votes are cast one after the other and each is put into the log before the next: nothing of the order of arrival is blurred.
/// </summary>
public sealed class JoinTests
{
    private const int Voters = 64;
    private const int Options = 8;

    /// <summary>Chance finds 8 of 64 and more than 24 once in ten million tries.</summary>
    private const int Chance = 24;

    [Theory]
    [InlineData(0)]
    [InlineData(Voters / 2)]
    [InlineData(Voters)]
    public async Task After_the_close_no_join_finds_more_voters_than_chance_does(int replaced)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, truth) = await VotedAsync(hall, replaced);
        await hall.CloseBallotAsync(ballot);
        await AppendAsync(hall);
        await database.DataSource.CreateCommand("vacuum (freeze) urn, opening, superseded, participation, cast_answer, log_pending").ExecuteNonQueryAsync();

        var found = await AttackAsync(database.DataSource, ballot, truth);

        found.Count.ShouldBeGreaterThan(40); // joins that were tried
        found.Where(join => join.Value > Chance).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(Voters / 2)]
    public async Task After_the_close_nothing_tells_who_voted_twice_nor_which_vote_is_the_second(int replaced)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, _) = await VotedAsync(hall, replaced);
        await hall.CloseBallotAsync(ballot);
        await AppendAsync(hall);
        await using var connection = await database.DataSource.OpenConnectionAsync();

        (await connection.ExecuteScalarAsync<int>("select count(*) from superseded where ballot_id = @ballot", new { ballot })).ShouldBe(replaced);
        (await connection.ExecuteScalarAsync<int>("select count(distinct xmin::text) from superseded where ballot_id = @ballot", new { ballot })).ShouldBe(1); // the close's
        (await connection.ExecuteScalarAsync<int>("select count(*) from opening o join superseded s using (ballot_id, commitment)")).ShouldBe(0);
        (await connection.ExecuteScalarAsync<int>("select count(*) from replace_miss")).ShouldBe(0);

        // Answers: everybody on the roll has one, and those of second votes are nobody's.
        (await connection.ExecuteScalarAsync<int>(
            "select count(*) from (select resident_id from cast_answer join roll_entry_person using (community_id, ballot_id, resident_id) where ballot_id = @ballot group by 1 having count(*) = 1) one",
            new { ballot })).ShouldBe(Voters);
        (await connection.ExecuteScalarAsync<int>(
            "select count(*) from cast_answer a where ballot_id = @ballot and not exists (select from roll_entry_person p where p.resident_id = a.resident_id)", new { ballot })).ShouldBe(replaced);

        // The record names one act, as often as votes were cast.
        (await connection.QueryAsync<string>("select distinct action from audit_entry where subject = @subject and action <> 'OpenBallot' and action <> 'CloseBallot'", new { subject = $"ballot:{ballot}" })).ShouldBe(["CastVote"]);
        (await connection.ExecuteScalarAsync<int>("select sum((details ->> 'count')::int) from audit_entry where action = 'CastVote' and subject = @subject", new { subject = $"ballot:{ballot}" })).ShouldBe(Voters + replaced);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(Voters / 4)]
    public async Task Before_the_close_a_vote_is_found_but_not_what_it_says(int replaced)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, truth) = await VotedAsync(hall, replaced);
        await using var connection = await database.DataSource.OpenConnectionAsync();

        (await connection.ExecuteScalarAsync<int>(
            "select count(*) from participation p join ballot_intake i on i.xmin = p.xmin where p.ballot_id = @ballot", new { ballot })).ShouldBe(Voters - replaced); // that is why the intake goes
        (await AttackAsync(database.DataSource, ballot, truth)).Values.Sum().ShouldBe(0);
        foreach (var table in new[] { "participation", "ballot_intake", "log_leaf", "log_pending", "cast_answer", "audit_entry", "outbox_message", "project_event", "replace_miss", "superseded" })
        {
            // Not one row of any table has an option in it, as text or as bytes.
            (await connection.ExecuteScalarAsync<int>(
                $"select count(*) from {table} t where t::text ~ 'optn[0-9]' or t::text ~ '6f70746e3[0-9]'")).ShouldBe(0, table);
        }
    }

    [Fact]
    public async Task Without_the_urn_move_the_same_joins_find_everybody()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, truth) = await VotedAsync(hall);
        await CopyNaivelyAsync(hall, ballot);

        var found = await AttackAsync(database.DataSource, ballot, truth);

        found["participation by place × urn by place"].ShouldBe(Voters);
        found["participation by place × log by index"].ShouldBe(Voters);
        found["answers by transaction × urn by id"].ShouldBe(Voters);
    }

    [Fact]
    public async Task With_the_urn_moved_but_the_participations_left_where_they_were_the_log_finds_everybody()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var hall = await BallotHall.OpenAsync(database);
        var (ballot, truth) = await VotedAsync(hall);
        await hall.ExecuteAsync("create or replace function resettle_ballot(community int, ballot uuid) returns void language sql as 'select 1'");
        await hall.CloseBallotAsync(ballot);
        await AppendAsync(hall);

        var found = await AttackAsync(database.DataSource, ballot, truth);

        found["participation by place × log by index"].ShouldBe(Voters);
        found["answers by transaction × log by index"].ShouldBe(Voters);
        found["participation by place × urn by place"].ShouldBeLessThanOrEqualTo(Chance);
    }

    /// <summary>Every way to lay two tables beside each other.</summary>
    /// <returns>How many voters' choices each finds; joins on equal transaction ids by how likely a guess among the matches is right.</returns>
    private static async Task<Dictionary<string, int>> AttackAsync(NpgsqlDataSource dataSource, BallotId ballot, Dictionary<string, string> truth)
    {
        await using var connection = await dataSource.OpenConnectionAsync();
        var voters = new Dictionary<string, List<Row>>
        {
            ["participation"] = await RowsAsync(connection, "select unit_key as what, xmin::text::bigint as xid, ctid::text as place, unit_key as id from participation where ballot_id = @ballot order by ctid", ballot),
            ["answers"] = await RowsAsync(
                connection,
                """
                select p.unit_key as what, a.xmin::text::bigint as xid, a.ctid::text as place, encode(a.key_hash, 'hex') as id
                from cast_answer a join roll_entry_person p using (community_id, ballot_id, resident_id) where a.ballot_id = @ballot order by a.ctid
                """,
                ballot),
        };
        var choices = new Dictionary<string, List<Row>>
        {
            ["urn"] = await RowsAsync(connection, "select choices[1] as what, xmin::text::bigint as xid, ctid::text as place, lpad((pos::numeric + 9223372036854775808)::text, 20, '0') as id from urn where ballot_id = @ballot order by ctid", ballot),
            ["openings"] = await RowsAsync(connection, "select choices[1] as what, xmin::text::bigint as xid, ctid::text as place, encode(commitment, 'hex') as id from opening where ballot_id = @ballot order by ctid", ballot),
            ["log"] = await RowsAsync(
                connection,
                """
                select o.choices[1] as what, l.xmin::text::bigint as xid, l.ctid::text as place, lpad(l.idx::text, 20, '0') as id
                from log_leaf l join opening o on o.community_id = l.community_id and o.ballot_id = l.ballot_id and o.commitment = l.commitment
                where l.ballot_id = @ballot order by l.ctid
                """,
                ballot),
        };
        var found = new Dictionary<string, int>();
        foreach (var (who, mine) in voters)
        {
            foreach (var (what, theirs) in choices)
            {
                found[$"{who} × {what} by equal transaction"] = (int)mine.Sum(voter =>
                {
                    var matches = theirs.Where(choice => choice.Xid == voter.Xid).ToList();
                    return matches.Count == 0 ? 0 : (double)matches.Count(match => match.What == truth[voter.What]) / matches.Count;
                });
                foreach (var (mineBy, mineOrdered) in Orders(mine, "id"))
                {
                    foreach (var (theirsBy, theirsOrdered) in Orders(theirs, what == "log" ? "index" : "id"))
                    {
                        found[$"{who} by {mineBy} × {what} by {theirsBy}"] = Hits(mineOrdered, theirsOrdered, truth);
                        found[$"{who} by {mineBy} × {what} by {theirsBy}, backwards"] = Hits(mineOrdered, Enumerable.Reverse(theirsOrdered), truth);
                    }
                }
            }
        }

        return found;
    }

    private static int Hits(IEnumerable<Row> voters, IEnumerable<Row> choices, Dictionary<string, string> truth) =>
        voters.Zip(choices).Count(pair => truth[pair.First.What] == pair.Second.What);

    private static IEnumerable<(string By, List<Row> Rows)> Orders(List<Row> rows, string id) =>
    [
        ("place", rows), // as they were read
        ("transaction", [.. rows.OrderBy(row => row.Xid)]),
        (id, [.. rows.OrderBy(row => row.Id, StringComparer.Ordinal)]),
    ];

    private static async Task<List<Row>> RowsAsync(NpgsqlConnection connection, string sql, BallotId ballot) => (await connection.QueryAsync<Row>(sql, new { ballot })).AsList();

    /// <returns>The ballot, and what each unit chose.</returns>
    private static async Task<(BallotId Ballot, Dictionary<string, string> Truth)> VotedAsync(BallotHall hall, int replaced = 0)
    {
        var people = new List<(string Unit, ResidentId Person)>();
        for (var i = 0; i < Voters; i++)
        {
            var (household, adults) = await hall.AddHouseholdAsync($"1-{i + 1}", 1970);
            people.Add(($"h:{household}", adults[0]));
        }

        var arriving = people.ToArray();
        Random.Shared.Shuffle(arriving);
        var options = Enumerable.Range(0, Options).Select(i => new BallotOption($"optn{i}", $"Item {i}", 100)).ToList();
        var rule = new JsonObject { ["rule"] = "EqualShares", ["budgetFen"] = 300, ["utility"] = "Cost", ["completion"] = "None", ["allowReplace"] = replaced > 0 };
        var ballot = await hall.OpenBallotAsync(BallotHall.Question(await hall.Database.CouncilNowAsync(), secrecy: "Secret", rule: rule) with { Options = options });
        var truth = new Dictionary<string, string>();
        var codes = new Dictionary<string, string?>();
        foreach (var (unit, person) in arriving)
        {
            truth[unit] = options[Random.Shared.Next(Options)].Id;
            codes[unit] = (await hall.VoteAsync(person, ballot, truth[unit])).Require().ReplaceCode;
            await AppendAsync(hall);
        }

        Random.Shared.Shuffle(arriving);
        foreach (var (unit, person) in arriving.Take(replaced))
        {
            truth[unit] = options[Random.Shared.Next(Options)].Id;
            (await hall.ReplaceAsync(person, ballot, truth[unit], codes[unit])).Require();
            await AppendAsync(hall);
        }

        return (ballot, truth);
    }

    /// <summary>What a close would do that thinks of no join: opens the papers as they came and copies them, in a transaction of its own.</summary>
    /// <remarks>Not as they lie: each committer's session fills pages of its own.</remarks>
    private static async Task CopyNaivelyAsync(BallotHall hall, BallotId ballot)
    {
        using var key = hall.Service<BallotKeys>().Open(ballot);
        var opener = new PaperOpener(ballot, key);
        await using var connection = await hall.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var intake = (await connection.QueryAsync<byte[]>("select sealed from ballot_intake where ballot_id = @ballot order by xmin::text::bigint", new { ballot })).AsList();
        for (var i = 0; i < intake.Count; i++)
        {
            var paper = opener.Open(intake[i]);
            await connection.ExecuteAsync(
                """
                insert into urn (community_id, ballot_id, pos, choices) values (@Community, @ballot, @i, @Choices);
                insert into opening (community_id, ballot_id, commitment, salt, nonce, choices) values (@Community, @ballot, @commitment, @Salt, @Nonce, @Choices)
                """,
                new { hall.Community, ballot, i = (long)i, paper.Choices, commitment = paper.Commitment(ballot), paper.Salt, paper.Nonce });
        }

        await transaction.CommitAsync();
    }

    private static Task AppendAsync(BallotHall hall) => hall.Service<LedgerSequencer>().AppendAsync(hall.Community, everything: true, CancellationToken.None);

    private sealed record Row(string What, long Xid, string Place, string Id);
}

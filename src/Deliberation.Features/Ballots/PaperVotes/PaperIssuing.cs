using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Foundation;
using Npgsql;

namespace Deliberation.Features.Ballots.PaperVotes;

/// <param name="Unit">Named ballots only.</param>
internal sealed record NewPaper(string Station, string? Unit);

/// <summary>Numbers for papers, by whomever they are given out: the desk, or the opening of a ballot that takes nothing else.</summary>
internal static class PaperIssuing
{
    /// <summary>Numbers papers and puts them into the register. The ballot's first papers give it its number.</summary>
    public static async Task<IReadOnlyList<string>> IssueAsync(
        NpgsqlConnection connection, BallotKeys keys, BallotRow ballot, IReadOnlyList<NewPaper> papers, CancellationToken cancellationToken)
    {
        if (!await connection.ScalarAsync<bool>(
            "select exists (select from paper_run where community_id = @CommunityId and ballot_id = @BallotId)", new { ballot.CommunityId, ballot.BallotId }, cancellationToken))
        {
            await connection.RunAsync("select pg_advisory_xact_lock(hashtextextended('papers:' || @CommunityId, 0))", new { ballot.CommunityId }, cancellationToken);
            await connection.RunAsync(
                """
                insert into paper_run (community_id, ballot_id, number, scan_key)
                select @CommunityId, @BallotId, coalesce(max(number), 0) + 1, @scanKey from paper_run where community_id = @CommunityId
                """,
                new { ballot.CommunityId, ballot.BallotId, scanKey = ballot.IsSecret ? keys.CreateForScans(ballot.BallotId) : null },
                cancellationToken);
        }

        var run = (await connection.RowAsync<Run>(
            """
            update paper_run set last_number = last_number + @count where community_id = @CommunityId and ballot_id = @BallotId
            returning number, last_number
            """,
            new { ballot.CommunityId, ballot.BallotId, count = papers.Count },
            cancellationToken))!;
        var serials = Enumerable.Range(run.LastNumber - papers.Count + 1, papers.Count).Select(paper => PaperSerial.Of(run.Number, paper)).ToArray();
        await connection.RunAsync(
            """
            insert into paper_issue (community_id, ballot_id, serial, station, unit_key)
            select @CommunityId, @BallotId, p.serial, p.station, p.unit from unnest(@serials, @stations, @units) as p (serial, station, unit)
            """,
            new { ballot.CommunityId, ballot.BallotId, serials, stations = papers.Select(p => p.Station).ToArray(), units = papers.Select(p => p.Unit).ToArray() },
            cancellationToken);
        return serials;
    }

    public static Task<IReadOnlyList<NewPaper>> UnitsWithoutPaperAsync(NpgsqlConnection connection, BallotRow ballot, string? building, CancellationToken cancellationToken) =>
        connection.RowsAsync<NewPaper>(
            """
            select left(coalesce(nullif(e.building, ''), '–'), 40) as station, e.unit_key as unit
            from roll_entry e
            where e.community_id = @CommunityId and e.ballot_id = @BallotId and not e.is_removed and (@building::text is null or e.building = @building)
                and not exists (
                    select from paper_issue i
                    where i.community_id = e.community_id and i.ballot_id = e.ballot_id and i.unit_key = e.unit_key and i.state not in ('Spoiled', 'Cancelled'))
            order by length(e.building), e.building, length(e.label), e.label, e.unit_key
            """,
            new { ballot.CommunityId, ballot.BallotId, building },
            cancellationToken);

    /// <summary>Two read, a third decides, three sign; none of them who set the ballot up.</summary>
    /// <param name="setUpBy">Null when nobody on our books did.</param>
    public static async Task<bool> TooFewPeopleAsync(NpgsqlConnection connection, CommunityId community, StaffId? setUpBy, CancellationToken cancellationToken) =>
        await MissingPeopleAsync(connection, community, setUpBy, cancellationToken) > 0;

    /// <summary>How many people more the papers of a ballot would take; 0 = enough.</summary>
    public static async Task<int> MissingPeopleAsync(NpgsqlConnection connection, CommunityId community, StaffId? setUpBy, CancellationToken cancellationToken) => Math.Max(
        0,
        PaperDesk.Signatures - await connection.ScalarAsync<int>(
            """
            select count(*)::int from staff_scope c join staff s using (staff_id)
            where c.community_id = @community and s.is_enabled and s.kind in ('Staff', 'Admin') and s.staff_id is distinct from @setUpBy::uuid
            """,
            new { community, setUpBy = setUpBy?.Value },
            cancellationToken));

    /// <summary>A ballot that takes nothing but papers has them from its opening: one for every unit of its roll, at each building. More can be issued later.
    /// Where too few people could read and sign them, none: the desk says what is missing.</summary>
    /// <returns>How many.</returns>
    public static async Task<int> IssueAtOpeningAsync(NpgsqlConnection connection, BallotKeys keys, CommunityId community, BallotId id, CancellationToken cancellationToken)
    {
        var ballot = (await BallotRow.HoldAsync(connection, community, id, cancellationToken))!;
        if (await TooFewPeopleAsync(connection, community, await SettingUp.ByAsync(connection, community, ballot.ProjectId, cancellationToken), cancellationToken))
        {
            return 0;
        }

        var papers = await UnitsWithoutPaperAsync(connection, ballot, null, cancellationToken);
        await IssueAsync(connection, keys, ballot, ballot.IsSecret ? [.. papers.Select(paper => paper with { Unit = null })] : papers, cancellationToken);
        return papers.Count;
    }

    private sealed record Run(int Number, int LastNumber);
}

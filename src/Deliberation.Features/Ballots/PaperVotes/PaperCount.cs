using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Ledger;
using Deliberation.Features.Foundation;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Npgsql;

namespace Deliberation.Features.Ballots.PaperVotes;

/// <summary>What papers add to the close of a ballot: it waits for them, and then counts them together with all other votes, once.</summary>
internal static class PaperCount
{
    /// <summary>Whether the count must wait: papers were given out, and nobody has certified them yet.</summary>
    public static Task<bool> MustWaitAsync(NpgsqlConnection connection, BallotRow ballot, CancellationToken cancellationToken) => connection.ScalarAsync<bool>(
        """
        select papers_certified_at is null and exists (
            select from paper_issue i where i.community_id = b.community_id and i.ballot_id = b.ballot_id and i.state <> 'Cancelled')
        from ballot b where community_id = @CommunityId and ballot_id = @BallotId
        """,
        new { ballot.CommunityId, ballot.BallotId },
        cancellationToken);

    /// <summary>Nobody votes any more; the papers are read. Said once.</summary>
    public static async Task BeginAsync(NpgsqlConnection connection, BallotRow ballot, StepContext step, CancellationToken cancellationToken)
    {
        if (!ballot.IsRunning)
        {
            return;
        }

        await connection.RunAsync(
            "update ballot set state = 'Counting', paused_at = null where community_id = @CommunityId and ballot_id = @BallotId",
            new { ballot.CommunityId, ballot.BallotId },
            cancellationToken);
        await step.TimelineAsync(
            "Ballot", "ballots.timeline.counting", new JsonObject { ["question"] = ballot.Question }, OpenBallotHandler.Link(ballot.BallotId), cancellationToken);
        await step.AuditAsync("BeginPaperCount", $"ballot:{ballot.BallotId}", cancellationToken);
    }

    /// <summary>
    /// Named: puts each paper among the votes. Where the unit voted another way too, the later counts and the other is kept as replaced; a paper goes before a proxy's vote.
    /// A paper of a unit that was taken off the roll is set aside.
    /// </summary>
    public static async Task MergeNamedAsync(NpgsqlConnection connection, BallotRow ballot, CancellationToken cancellationToken)
    {
        var papers = await connection.RowsAsync<NamedPaper>(
            """
            select i.serial, i.unit_key, i.returned_at, e.choices, f.staff_id, b.witness, r.is_removed, v.vote_id as other_id, v.cast_at as other_at, v.channel = 'Proxy' as is_by_proxy
            from paper_issue i
            join paper_entry e on e.community_id = i.community_id and e.ballot_id = i.ballot_id and e.serial = i.serial and e.pass = case i.reading when 'Decided' then 3 else 1 end
            join paper_entry f on f.community_id = i.community_id and f.ballot_id = i.ballot_id and f.serial = i.serial and f.pass = 1
            join paper_batch b on b.community_id = i.community_id and b.ballot_id = i.ballot_id and b.number = i.batch_number
            join roll_entry r on r.community_id = i.community_id and r.ballot_id = i.ballot_id and r.unit_key = i.unit_key
            left join vote v on v.community_id = i.community_id and v.ballot_id = i.ballot_id and v.unit_key = i.unit_key
            where i.community_id = @CommunityId and i.ballot_id = @BallotId and i.state = 'Returned' and i.reading in ('Agreed', 'Decided')
            order by i.serial
            """,
            new { ballot.CommunityId, ballot.BallotId },
            cancellationToken);
        var mayReplace = ballot.Rule.AllowsReplace(isSecret: false);
        var isLogged = await IsLoggedAsync(connection, ballot, cancellationToken);
        await WriteAsync(connection, ballot, isLogged, "vote", [.. papers.Where(p => p.Counts(mayReplace))], cancellationToken);
        await WriteAsync(connection, ballot, isLogged, "vote_replaced", [.. papers.Where(p => !p.Counts(mayReplace) && !p.IsRemoved)], cancellationToken);
        await connection.RunAsync(
            """
            update paper_issue i set became = p.became from unnest(@serials, @became) as p (serial, became)
            where i.community_id = @CommunityId and i.ballot_id = @BallotId and i.serial = p.serial;
            update paper_issue set became = 'SetAside' where community_id = @CommunityId and ballot_id = @BallotId and reading = 'SetAside'
            """,
            new { ballot.CommunityId, ballot.BallotId, serials = papers.Select(p => p.Serial).ToArray(), became = papers.Select(p => p.Became(mayReplace).ToString()).ToArray() },
            cancellationToken);
    }

    /// <summary>Secret: takes what both read, or the third decided, for the urn, sealed; the readings go, so that nothing joins a serial and a choice.</summary>
    public static async Task<IReadOnlyList<byte[]>> TakeSecretAsync(NpgsqlConnection connection, BallotRow ballot, CancellationToken cancellationToken)
    {
        var papers = await connection.RowsAsync<byte[]>(
            """
            select e.sealed from paper_issue i
            join paper_entry e on e.community_id = i.community_id and e.ballot_id = i.ballot_id and e.serial = i.serial and e.pass = case i.reading when 'Decided' then 3 else 1 end
            where i.community_id = @CommunityId and i.ballot_id = @BallotId and i.state = 'Returned' and i.reading in ('Agreed', 'Decided')
            """,
            new { ballot.CommunityId, ballot.BallotId },
            cancellationToken);
        await connection.RunAsync(
            "delete from paper_entry where community_id = @CommunityId and ballot_id = @BallotId", new { ballot.CommunityId, ballot.BallotId }, cancellationToken);
        return papers;
    }

    /// <summary>Commitments of papers go into the log in one statement with the count: no earlier row tells whose they are.</summary>
    public static Task<int> LogAsync(NpgsqlConnection connection, BallotRow ballot, IEnumerable<byte[]> commitments, CancellationToken cancellationToken) => connection.RunAsync(
        """
        insert into log_pending (community_id, entry, ballot_id)
        select b.community_id, c.entry, b.ballot_id from ballot b, unnest(@commitments) as c (entry)
        where b.community_id = @CommunityId and b.ballot_id = @BallotId and b.is_logged
        order by c.entry
        """,
        new { ballot.CommunityId, ballot.BallotId, commitments = commitments.ToArray() },
        cancellationToken);

    private static Task<bool> IsLoggedAsync(NpgsqlConnection connection, BallotRow ballot, CancellationToken cancellationToken) => connection.ScalarAsync<bool>(
        "select is_logged from ballot where community_id = @CommunityId and ballot_id = @BallotId", new { ballot.CommunityId, ballot.BallotId }, cancellationToken);

    /// <summary>For the closing record: what became of the papers. Secret ballots do not tell papers from other votes.</summary>
    /// <returns>Null for a ballot without papers.</returns>
    public static async Task<JsonObject?> RecordAsync(NpgsqlConnection connection, BallotRow ballot, CancellationToken cancellationToken)
    {
        var papers = await connection.RowsAsync<IssuedPaper>(
            "select serial, station, state, reading from paper_issue where community_id = @CommunityId and ballot_id = @BallotId",
            new { ballot.CommunityId, ballot.BallotId },
            cancellationToken);
        if (papers.Count == 0)
        {
            return null;
        }

        var total = PaperFigures.Of("", [.. papers]);
        JsonObject record = new()
        {
            ["issued"] = total.Issued, ["returned"] = total.Returned, ["spoiled"] = total.Spoiled, ["outstanding"] = total.Outstanding, ["setAside"] = total.SetAside,
        };
        if (!ballot.IsSecret)
        {
            var became = (await connection.RowsAsync<(string Became, int Count)>(
                "select became, count(*)::int from paper_issue where community_id = @CommunityId and ballot_id = @BallotId and became is not null group by became",
                new { ballot.CommunityId, ballot.BallotId },
                cancellationToken)).ToDictionary(row => row.Became, row => row.Count);
            record["counted"] = became.GetValueOrDefault("Counted");
            record["spoilt"] = became.GetValueOrDefault("Spoilt");
            record["replaced"] = became.GetValueOrDefault("Replaced");
            record["setAside"] = became.GetValueOrDefault("SetAside");
        }

        return record;
    }

    /// <summary>One statement for all: into the votes, over what stands there, or beside them as replaced.</summary>
    private static async Task WriteAsync(
        NpgsqlConnection connection, BallotRow ballot, bool isLogged, string table, IReadOnlyList<NamedPaper> papers, CancellationToken cancellationToken)
    {
        if (papers.Count == 0)
        {
            return;
        }

        var salts = papers.Select(_ => RandomNumberGenerator.GetBytes(Commitments.NamedSaltLength)).ToArray();
        var commitments = papers.Select((p, i) => Commitments.Named(ballot.BallotId, p.UnitKey, p.Choices, salts[i])).ToList();
        var values = new
        {
            ballot.CommunityId,
            ballot.BallotId,
            units = papers.Select(p => p.UnitKey).ToArray(),
            ids = papers.Select(_ => Guid.CreateVersion7()).ToArray(),
            choices = papers.Select(p => string.Join('\u001f', p.Choices)).ToArray(),
            status = papers.Select(p => p.Status).ToArray(),
            receipts = commitments.Select(commitment => commitment[..ReceiptCodes.Length]).ToArray(),
            salts = salts.Select(salt => isLogged ? salt : null).ToArray(),
            handedIn = papers.Select(p => p.ReturnedAt.UtcDateTime).ToArray(),
            serials = papers.Select(p => p.Serial).ToArray(),
            staff = papers.Select(p => p.StaffId.Value).ToArray(),
            witnesses = papers.Select(p => p.Witness).ToArray(),
            others = papers.Select(p => p.OtherId ?? Guid.Empty).ToArray(),
        };
        const string from =
            """
            from unnest(@units, @ids, @choices, @status, @receipts, @handedIn, @serials, @staff, @witnesses, @others, @salts)
                as p (unit_key, vote_id, choices, status, receipt, cast_at, serial, staff_id, witness, other_id, salt)
            """;
        await connection.RunAsync(
            table == "vote"
                ? $"""
                  insert into vote (community_id, ballot_id, unit_key, vote_id, choices, status, channel, receipt, cast_at, serial, staff_id, witness, salt)
                  select @CommunityId, @BallotId, p.unit_key, p.vote_id, string_to_array(p.choices, chr(31)), p.status, 'Paper', p.receipt, p.cast_at, p.serial, p.staff_id, p.witness, p.salt {from}
                  on conflict (community_id, ballot_id, unit_key) do update
                      set vote_id = excluded.vote_id, resident_id = null, choices = excluded.choices, status = excluded.status, channel = excluded.channel,
                          receipt = excluded.receipt, cast_at = excluded.cast_at, serial = excluded.serial, staff_id = excluded.staff_id, witness = excluded.witness,
                          salt = excluded.salt
                  """
                : $"""
                  insert into vote_replaced (community_id, ballot_id, vote_id, unit_key, choices, channel, receipt, cast_at, serial, replaced_by, salt)
                  select @CommunityId, @BallotId, p.vote_id, p.unit_key, string_to_array(p.choices, chr(31)), 'Paper', p.receipt, p.cast_at, p.serial, p.other_id, p.salt {from}
                  """,
            values, cancellationToken);
        await LogAsync(connection, ballot, commitments, cancellationToken);
    }

    private sealed record NamedPaper(
        string Serial, string UnitKey, DateTimeOffset ReturnedAt, string[] Choices, StaffId StaffId, string Witness, bool IsRemoved, Guid? OtherId, DateTimeOffset? OtherAt, bool? IsByProxy)
    {
        public bool Counts(bool mayReplace) => !IsRemoved && (OtherAt is not { } at || PaperPrecedence.PaperCounts(ReturnedAt, at, IsByProxy is true, mayReplace));

        public string Status => Choices.Length == 0 ? nameof(VoteStatus.Spoilt) : nameof(VoteStatus.Counted);

        public VoteStatus Became(bool mayReplace) => IsRemoved ? VoteStatus.SetAside : !Counts(mayReplace) ? VoteStatus.Replaced : Enum.Parse<VoteStatus>(Status);
    }
}

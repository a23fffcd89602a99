using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Foundation;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ballots.PaperVotes;

/// <summary>The papers of a ballot as the desk sees them (纸票): figures of papers, never of choices. Refused with <c>ballot.not-found</c>.</summary>
public sealed record GetPaperDesk(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<PaperDeskView>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="HasPapers">Papers were issued.</param>
/// <param name="HandedIn">Voters of a secret ballot who put a paper into the box; 0 for named ballots and after the count.</param>
/// <param name="Buildings">Of the roll: where papers of a named ballot are given out.</param>
/// <param name="MyBatch">The caller's open batch; null when a new one is to be begun.</param>
/// <param name="IsCertified">Enough signatures stand.</param>
/// <param name="SetUpByMe">The caller set the ballot up: he neither reads papers nor signs.</param>
public sealed record PaperDeskView(
    BallotView Ballot,
    bool HasPapers,
    PaperReconciliation Papers,
    int HandedIn,
    IReadOnlyList<string> Buildings,
    IReadOnlyList<PaperBatchLine> Batches,
    PaperBatchLine? MyBatch,
    IReadOnlyList<PaperSignatureLine> Signatures,
    bool IsCertified,
    bool SetUpByMe,
    bool SignedByMe)
{
    /// <summary>Papers can be read now.</summary>
    public bool IsReading => HasPapers && !IsCertified && Signatures.Count == 0
        && (Ballot.State == BallotState.Counting || !Ballot.IsSecret && Ballot.State is BallotState.Open or BallotState.Paused && Ballot.Now >= Ballot.OpensAt);

    /// <summary>Papers can be given out and taken back.</summary>
    public bool IsIssuing => Ballot.State is BallotState.Open or BallotState.Paused && Ballot.Now < Ballot.ClosesAt;

    /// <summary>Signatures that are still needed.</summary>
    public int SignaturesMissing => Math.Max(0, PaperDesk.Signatures - Signatures.Count);
}

/// <param name="Papers">Read so far, at most 50.</param>
public sealed record PaperBatchLine(int Number, string Witness, string OpenedBy, DateTimeOffset OpenedAt, int Papers);

/// <param name="Post">For which the signer acted; null for none.</param>
public sealed record PaperSignatureLine(string Name, string? Post, DateTimeOffset SignedAt);

/// <summary>Papers to print: those out and not accounted for, a station's or all; at most 2,000. Named ballots' go by door; secret ones' in no order of their numbers,
/// so that who was given paper after whom is no clue. Refused with <c>ballot.not-found</c>.</summary>
public sealed record ListPapersToPrint(Caller Caller, CommunityId Community, BallotId Ballot, string? Station) : IQuery<IReadOnlyList<PaperToPrint>>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="Unit">The door of a named ballot's paper; null for secret ones.</param>
public sealed record PaperToPrint(string Serial, string Station, string? Unit);

internal sealed class GetPaperDeskHandler(CouncilSession session) :
    IRequestHandler<GetPaperDesk, Result<PaperDeskView>>,
    IRequestHandler<ListPapersToPrint, Result<IReadOnlyList<PaperToPrint>>>
{
    public async Task<Result<PaperDeskView>> Handle(GetPaperDesk request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await BallotReading.FindAsync(connection, request.Community, request.Ballot, null, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var values = new { request.Community, request.Ballot, staff = request.Caller.Staff?.Value };
        var facts = (await connection.RowAsync<Facts>(
            """
            select exists (select from paper_run r where r.community_id = b.community_id and r.ballot_id = b.ballot_id) as has_papers,
                b.papers_certified_at is not null as is_certified, coalesce(p.launched_by = @staff::uuid, false) as set_up_by_me,
                exists (select from paper_signature s where s.community_id = b.community_id and s.ballot_id = b.ballot_id and s.staff_id = @staff::uuid) as signed_by_me
            from ballot b join project p using (community_id, project_id)
            where b.community_id = @community and b.ballot_id = @ballot
            """,
            values, cancellationToken))!;
        var buildings = await connection.RowsAsync<string>(
            """
            select building from roll_entry where community_id = @community and ballot_id = @ballot and not is_removed and building <> ''
            group by building order by length(building), building
            """,
            values, cancellationToken);
        var batches = await connection.RowsAsync<Batch>(
            """
            select b.number, b.witness, s.display_name as opened_by, b.opened_at, b.opened_by = @staff::uuid as is_mine,
                (select count(*) from paper_issue i where i.community_id = b.community_id and i.ballot_id = b.ballot_id and i.batch_number = b.number)::int as papers
            from paper_batch b join staff s on s.staff_id = b.opened_by
            where b.community_id = @community and b.ballot_id = @ballot order by b.number desc
            """,
            values, cancellationToken);
        var signatures = await connection.RowsAsync<PaperSignatureLine>(
            """
            select s.display_name as name, p.post_code as post, p.signed_at from paper_signature p join staff s using (staff_id)
            where p.community_id = @community and p.ballot_id = @ballot order by p.signed_at, s.display_name
            """,
            values, cancellationToken);
        var mine = batches.FirstOrDefault(batch => batch.IsMine is true);
        return new PaperDeskView(
            ballot,
            facts.HasPapers,
            await PaperRegister.ReconcileAsync(connection, request.Community, request.Ballot, ballot.IsSecret, cancellationToken),
            ballot.IsSecret ? await PaperRegister.HandedInAsync(connection, request.Community, request.Ballot, cancellationToken) ?? 0 : 0,
            buildings,
            [.. batches.Select(batch => batch.ToLine())],
            mine is { Papers: < PaperDesk.BatchSize } ? mine.ToLine() : null,
            signatures,
            facts.IsCertified,
            facts.SetUpByMe,
            facts.SignedByMe);
    }

    public async Task<Result<IReadOnlyList<PaperToPrint>>> Handle(ListPapersToPrint request, CancellationToken cancellationToken) =>
        await BallotReading.FindAsync(session.Connection, request.Community, request.Ballot, null, cancellationToken) is null
            ? BallotRefusals.NotFound
            : new Result<IReadOnlyList<PaperToPrint>>.Accepted(await session.Connection.RowsAsync<PaperToPrint>(
                """
                select i.serial, i.station, e.label as unit
                from paper_issue i left join roll_entry e using (community_id, ballot_id, unit_key)
                where i.community_id = @community and i.ballot_id = @ballot and i.state = 'Issued' and (@station::text is null or i.station = @station)
                order by length(i.station), i.station, length(e.label), e.label, md5(i.ballot_id || i.serial)
                limit 2000
                """,
                new { request.Community, request.Ballot, request.Station },
                cancellationToken));

    private sealed record Facts(bool HasPapers, bool IsCertified, bool SetUpByMe, bool SignedByMe);

    private sealed record Batch(int Number, string Witness, string OpenedBy, DateTimeOffset OpenedAt, bool? IsMine, int Papers)
    {
        public PaperBatchLine ToLine() => new(Number, Witness, OpenedBy, OpenedAt, Papers);
    }
}

/// <summary>The register of papers, put before the rule.</summary>
internal static class PaperRegister
{
    public static async Task<PaperReconciliation> ReconcileAsync(
        NpgsqlConnection connection, CommunityId community, BallotId ballot, bool isSecret, CancellationToken cancellationToken) =>
        PaperReconciliation.Of(
            [.. await connection.RowsAsync<IssuedPaper>(
                "select serial, station, state, reading from paper_issue where community_id = @community and ballot_id = @ballot", new { community, ballot }, cancellationToken)],
            isSecret ? await HandedInAsync(connection, community, ballot, cancellationToken) : null);

    /// <summary>Voters of a secret ballot who handed a paper in; null once the intake is gone.</summary>
    public static async Task<int?> HandedInAsync(NpgsqlConnection connection, CommunityId community, BallotId ballot, CancellationToken cancellationToken) =>
        await connection.ScalarAsync<int?>(
            $"select ({PaperBoxes.HandedIn})::int from ballot where community_id = @community and ballot_id = @ballot and state in ('Open', 'Paused', 'Counting')",
            new { community, ballot },
            cancellationToken);
}

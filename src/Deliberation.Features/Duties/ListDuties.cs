using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Rolls.Tables;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using Deliberation.Process.Duties;
using MediatR;

namespace Deliberation.Features.Duties;

/// <summary>A period on the board.</summary>
/// <param name="RedAt">End of the grace.</param>
/// <param name="HasPhoto">True when a photo proves it.</param>
public sealed record DutyPeriodLine(
    Guid Duty, DateOnly FirstDay, DateOnly LastDay, DateTimeOffset DueAt, DateTimeOffset RedAt, DateTimeOffset? DoneAt, string? DoneBy, string? Note, decimal? Amount, bool HasPhoto)
{
    public DutyStanding Standing(DateTimeOffset now) => DutyStandings.Of(now, DueAt, RedAt, DoneAt);
}

/// <summary>A duty of the board.</summary>
public sealed record DutyLine(Guid Id, string Title, string Post, DutyRhythm Rhythm, DutyProof Proof, int GraceDays, DateTimeOffset? EndedAt);

/// <param name="Periods">The newest of each duty, six at most, oldest first.</param>
/// <param name="Missing">Periods of duties that go on, whose grace is over and which are not done.</param>
/// <param name="Posts">Posts of the community, the ladder first.</param>
public sealed record DutyBoard(DateTimeOffset Now, IReadOnlyList<DutyLine> Duties, ILookup<Guid, DutyPeriodLine> Periods, int Missing, IReadOnlyList<string> Posts);

/// <summary>Duties by period (履职看板), those with something missing first.</summary>
public sealed record ListDuties(Caller Caller, CommunityId Community) : IQuery<DutyBoard>
{
    public Audience Audience => Audience.Readers;
}

/// <summary>One duty with its history, newest first.</summary>
/// <param name="MayRecord">The reader acts for its post.</param>
public sealed record DutyPage(DateTimeOffset Now, DutyLine Duty, Paged<DutyPeriodLine> Periods, bool MayRecord);

public sealed record GetDuty(Caller Caller, CommunityId Community, Guid Duty, PageRequest Page) : IQuery<DutyPage>
{
    public Audience Audience => Audience.Readers;
}

/// <summary>Every period of every duty as a table with the reader's headings.</summary>
public sealed record ExportDuties(Caller Caller, CommunityId Community, IReadOnlyList<string> Headings) : IQuery<byte[]>
{
    public Audience Audience => Audience.Readers;
}

public sealed record DutyPhoto(string MediaType, byte[] Content);

public sealed record GetDutyPhoto(Caller Caller, CommunityId Community, Guid Duty, DateOnly FirstDay) : IQuery<DutyPhoto>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListDutiesHandler(CouncilSession session) :
    IRequestHandler<ListDuties, Result<DutyBoard>>,
    IRequestHandler<GetDuty, Result<DutyPage>>,
    IRequestHandler<ExportDuties, Result<byte[]>>,
    IRequestHandler<GetDutyPhoto, Result<DutyPhoto>>
{
    private const string Duties = "select duty_id as id, title, post_code as post, rhythm, proof, grace_days, ended_at from duty where community_id = @Community";

    private const string Periods =
        """
        select p.duty_id as duty, p.first_day, p.last_day, p.due_at, p.red_at, p.done_at, s.display_name as done_by, p.note, p.amount, p.photo_type is not null as has_photo
        from duty_period p left join staff s on s.staff_id = p.done_by
        where p.community_id = @Community
        """;

    public async Task<Result<DutyBoard>> Handle(ListDuties request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        const string missing = "select count(*)::int from duty_period p where p.community_id = d.community_id and p.duty_id = d.duty_id and p.done_at is null and p.red_at <= @now";
        var duties = await connection.RowsAsync<DutyLine>(
            $"{Duties.Replace("from duty", "from duty d", StringComparison.Ordinal)} and ended_at is null order by ({missing}) > 0 desc, post_code, title", new { request.Community, now }, cancellationToken);
        var periods = await connection.RowsAsync<DutyPeriodLine>(
            $"select b.* from duty d cross join lateral ({Periods} and p.duty_id = d.duty_id order by p.first_day desc limit 6) b where d.community_id = @Community and d.ended_at is null order by b.first_day",
            new { request.Community },
            cancellationToken);
        return new DutyBoard(
            now, duties, periods.ToLookup(period => period.Duty),
            await connection.ScalarAsync<int>($"select coalesce(sum(({missing})), 0)::int from duty d where d.community_id = @Community and d.ended_at is null", new { request.Community, now }, cancellationToken),
            await connection.PostCodesAsync(request.Community, cancellationToken));
    }

    public async Task<Result<DutyPage>> Handle(GetDuty request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.RowAsync<DutyLine>($"{Duties} and duty_id = @Duty", new { request.Community, request.Duty }, cancellationToken) is not { } duty)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var periods = await connection.PageAsync<DutyPeriodLine, DutyPeriodLine>(
            $"{Periods} and p.duty_id = @Duty", "first_day desc", new { request.Community, request.Duty }, request.Page, line => line, cancellationToken);
        return new DutyPage(now, duty, periods, await connection.ActsForAsync(request.Caller, request.Community, [duty.Post], now, cancellationToken));
    }

    public async Task<Result<byte[]>> Handle(ExportDuties request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var duties = (await connection.RowsAsync<DutyLine>(Duties, new { request.Community }, cancellationToken)).ToDictionary(duty => duty.Id);
        var periods = await connection.RowsAsync<DutyPeriodLine>($"{Periods} order by p.first_day, p.duty_id", new { request.Community }, cancellationToken);
        return CsvTable.Write(periods.Select(period => Cells(duties[period.Duty], period, now)).Prepend(request.Headings));
    }

    public async Task<Result<DutyPhoto>> Handle(GetDutyPhoto request, CancellationToken cancellationToken) =>
        await session.Connection.RowAsync<DutyPhoto>(
            "select photo_type as media_type, photo as content from duty_period where community_id = @Community and duty_id = @Duty and first_day = @FirstDay and photo is not null",
            new { request.Community, request.Duty, request.FirstDay },
            cancellationToken) is { } photo ? photo : AccessRefusals.NotFound;

    private static string[] Cells(DutyLine duty, DutyPeriodLine period, DateTimeOffset now) =>
    [
        duty.Title, duty.Post, $"{duty.Rhythm}", DutyPeriods.Key(period.FirstDay), DutyPeriods.Key(period.LastDay), $"{period.Standing(now)}",
        period.DoneAt?.ToString("O", CultureInfo.InvariantCulture) ?? "", period.DoneBy ?? "", period.Note ?? "", period.Amount?.ToString(CultureInfo.InvariantCulture) ?? "",
    ];
}

using Deliberation.Domain;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using Deliberation.Process.Resolutions;
using MediatR;

namespace Deliberation.Features.Resolutions;

/// <summary>A resolution of the list.</summary>
/// <param name="Ballot">The ballot that passed; null = a decision that the project recorded.</param>
/// <param name="Department">Name of the department; null while there is none.</param>
/// <param name="Post">Post that acts for it.</param>
/// <param name="DueOn">Last day, inclusive.</param>
/// <param name="EscalatedTo">Post that was told that no department was named in time.</param>
public sealed record ResolutionLine(
    Guid Id, string Title, ProjectId Project, string ProjectTitle, BallotId? Ballot, DateTimeOffset AdoptedAt, Guid? DepartmentId, string? Department, string? Post, DateOnly? DueOn,
    DateTimeOffset? EscalatedAt, string? EscalatedTo, DateTimeOffset? DoneAt, string? DoneBy, string? Proof, bool HasPhoto, bool IsLapsed)
{
    public ResolutionStanding Standing(DateOnly today) => ResolutionStandings.Of(today, DueOn, DoneAt is not null, IsLapsed);
}

/// <param name="Today">In the community's zone.</param>
/// <param name="Unassigned">Without a department; lapsed ones do not count.</param>
public sealed record ResolutionList(DateOnly Today, Paged<ResolutionLine> Resolutions, int Unassigned, int Overdue);

/// <summary>Resolutions (成果转化): those that wait for something, the first due first and before them those without a department; or those that are over, the newest first.</summary>
public sealed record ListResolutions(Caller Caller, CommunityId Community, bool IsOver, PageRequest Page) : IQuery<ResolutionList>
{
    public Audience Audience => Audience.Readers;
}

/// <param name="MayComplete">The reader acts for its department's post or one above, and it is open.</param>
public sealed record ResolutionPage(DateOnly Today, ResolutionLine Resolution, bool MayComplete);

public sealed record GetResolution(Caller Caller, CommunityId Community, Guid Resolution) : IQuery<ResolutionPage>
{
    public Audience Audience => Audience.Readers;
}

public sealed record ResolutionPhoto(string MediaType, byte[] Content);

public sealed record GetResolutionPhoto(Caller Caller, CommunityId Community, Guid Resolution) : IQuery<ResolutionPhoto>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class ListResolutionsHandler(CouncilSession session) :
    IRequestHandler<ListResolutions, Result<ResolutionList>>, IRequestHandler<GetResolution, Result<ResolutionPage>>, IRequestHandler<GetResolutionPhoto, Result<ResolutionPhoto>>
{
    private const string Lines =
        $"""
        select r.resolution_id as id, r.title, r.project_id as project, p.title as project_title, r.ballot_id as ballot, r.adopted_at, r.department_id, d.name as department, d.post_code as post,
            r.due_on, r.escalated_at, r.escalated_to, r.done_at, s.display_name as done_by, r.proof, r.photo_type is not null as has_photo, {Resolutions.IsLapsed} as is_lapsed
        from resolution r join project p using (community_id, project_id) left join department d using (community_id, department_id) left join staff s on s.staff_id = r.done_by
        left join ballot b on b.community_id = r.community_id and b.ballot_id = r.ballot_id
        where r.community_id = @Community
        """;

    public async Task<Result<ResolutionList>> Handle(ListResolutions request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var today = await TodayAsync(request.Community, cancellationToken);
        const string isOver = $"(r.done_at is not null or {Resolutions.IsLapsed})";
        var list = await connection.PageAsync<ResolutionLine, ResolutionLine>(
            $"{Lines} and {(request.IsOver ? "" : "not ")}{isOver}", request.IsOver ? "coalesce(done_at, adopted_at) desc, id" : "due_on nulls first, adopted_at, id",
            new { request.Community }, request.Page, line => line, cancellationToken);
        var counts = await connection.RowAsync<Counts>(
            $"select count(*) filter (where due_on is null)::int as unassigned, count(*) filter (where due_on < @today)::int as overdue from ({Lines} and not {isOver}) open",
            new { request.Community, today },
            cancellationToken);
        return new ResolutionList(today, list, counts!.Unassigned, counts.Overdue);
    }

    public async Task<Result<ResolutionPage>> Handle(GetResolution request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.RowAsync<ResolutionLine>($"{Lines} and r.resolution_id = @Resolution", new { request.Community, request.Resolution }, cancellationToken) is not { } resolution)
        {
            return AccessRefusals.NotFound;
        }

        var mayComplete = resolution is { DoneAt: null, IsLapsed: false, Post: { } post }
            && await connection.ActsForOrAboveAsync(request.Caller, request.Community, post, await connection.CouncilNowAsync(cancellationToken), cancellationToken);
        return new ResolutionPage(await TodayAsync(request.Community, cancellationToken), resolution, mayComplete);
    }

    public async Task<Result<ResolutionPhoto>> Handle(GetResolutionPhoto request, CancellationToken cancellationToken) =>
        await session.Connection.RowAsync<ResolutionPhoto>(
            "select photo_type as media_type, photo as content from resolution where community_id = @Community and resolution_id = @Resolution and photo is not null",
            new { request.Community, request.Resolution },
            cancellationToken) is { } photo ? photo : AccessRefusals.NotFound;

    private async Task<DateOnly> TodayAsync(CommunityId community, CancellationToken cancellationToken) =>
        (await session.Connection.CalendarAsync(community, cancellationToken)).DayOf(await session.Connection.CouncilNowAsync(cancellationToken));

    private sealed record Counts(int Unassigned, int Overdue);
}

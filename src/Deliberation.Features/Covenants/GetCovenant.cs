using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Covenants;

public sealed record ClauseComment(string Name, string Text, DateTimeOffset MadeAt);

/// <summary>A clause with what it was before.</summary>
/// <param name="Before">Text before the last change; null when never changed.</param>
public sealed record ClauseLine(int No, string Text, int Version, bool IsRemoved, string? Before, IReadOnlyList<ClauseComment> Comments);

/// <summary>A covenant's page (公约).</summary>
/// <param name="MayAdopt">Comments are over and the draft waits to be adopted.</param>
/// <param name="SignaturesByBuilding">Cells below 5 are null.</param>
public sealed record CovenantPage(
    Guid Id,
    ProjectId Project,
    string ProjectTitle,
    string Kind,
    string Title,
    DateTimeOffset CommentsUntil,
    DateTimeOffset DueAt,
    string State,
    int? AdoptedVersion,
    string? Sha256,
    bool MayComment,
    bool MayAdopt,
    bool IsSignedByMe,
    int Signatures,
    IReadOnlyDictionary<string, int?> SignaturesByBuilding,
    IReadOnlyList<ClauseLine> Clauses);

public sealed record GetCovenant(Caller Caller, CommunityId Community, Guid Covenant) : IQuery<CovenantPage>
{
    public Audience Audience => Audience.Everyone;
}

/// <param name="IsProjectOver">Its project has ended: the covenant stands, and nobody is asked to sign it any more.</param>
public sealed record CovenantSummary(
    Guid Id, ProjectId Project, string Title, string State, DateTimeOffset CommentsUntil, int? AdoptedVersion, bool IsSignedByMe, bool IsProjectOver);

public sealed record ListCovenants(Caller Caller, CommunityId Community, ProjectId? Project) : IQuery<IReadOnlyList<CovenantSummary>>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class GetCovenantHandler(CouncilSession session) : IRequestHandler<GetCovenant, Result<CovenantPage>>
{
    /// <summary>Below this a cell could point at one household.</summary>
    private const int SmallestCell = 5;

    public async Task<Result<CovenantPage>> Handle(GetCovenant request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var now = await connection.CouncilNowAsync(cancellationToken);
        var values = new { request.Community, request.Covenant, resident = request.Caller.Resident?.Value };
        var row = await connection.RowAsync<Row>(
            """
            select c.project_id, p.title as project_title, c.kind, c.title, c.comments_until, c.due_at, c.state, c.adopted_version, encode(v.sha256, 'hex') as sha256,
                exists (
                    select 1 from covenant_signature s
                    where s.community_id = c.community_id and s.covenant_id = c.covenant_id and s.version = c.adopted_version and s.resident_id = @resident::uuid) as is_signed_by_me
            from covenant c
            join project p using (community_id, project_id)
            left join covenant_version v on v.community_id = c.community_id and v.covenant_id = c.covenant_id and v.version = c.adopted_version
            where c.community_id = @community and c.covenant_id = @covenant
            """,
            values,
            cancellationToken);
        if (row is null)
        {
            return AccessRefusals.NotFound;
        }

        var clauses = await connection.RowsAsync<ClauseRow>(
            """
            select c.clause_no, c.text, c.version, c.is_removed, h.text as before
            from covenant_clause c
            left join covenant_clause_history h
                on h.community_id = c.community_id and h.covenant_id = c.covenant_id and h.clause_no = c.clause_no and h.version = c.version - 1
            where c.community_id = @community and c.covenant_id = @covenant
            order by c.clause_no
            """,
            values,
            cancellationToken);
        var comments = await connection.RowsAsync<CommentRow>(
            """
            select m.clause_no, r.full_name, m.text, m.made_at
            from clause_comment m join resident r using (community_id, resident_id)
            where m.community_id = @community and m.covenant_id = @covenant
            order by m.made_at, m.comment_id
            """,
            values,
            cancellationToken);
        var buildings = await connection.RowsAsync<BuildingRow>(
            """
            select coalesce(h.building, '') as building, count(*)::int as signatures
            from covenant_signature s
            join covenant c on c.community_id = s.community_id and c.covenant_id = s.covenant_id and c.adopted_version = s.version
            join resident r on r.community_id = s.community_id and r.resident_id = s.resident_id
            left join household h on h.community_id = r.community_id and h.household_id = r.household_id
            where s.community_id = @community and s.covenant_id = @covenant
            group by 1 order by 1
            """,
            values,
            cancellationToken);
        var seesNames = request.Caller.Kind is CallerKind.Staff or CallerKind.Admin;
        return new CovenantPage(
            request.Covenant, row.ProjectId, row.ProjectTitle, row.Kind, row.Title, row.CommentsUntil, row.DueAt, row.State, row.AdoptedVersion, row.Sha256,
            request.Caller.Resident is not null && row.State == "Draft" && now < row.CommentsUntil,
            row.State == "Draft" && now >= row.CommentsUntil,
            row.IsSignedByMe,
            buildings.Sum(building => building.Signatures),
            buildings.ToDictionary(building => building.Building, building => building.Signatures < SmallestCell ? (int?)null : building.Signatures),
            [.. clauses.Select(clause => new ClauseLine(
                clause.ClauseNo, clause.Text, clause.Version, clause.IsRemoved, clause.Before,
                [.. comments.Where(comment => comment.ClauseNo == clause.ClauseNo)
                    .Select(comment => new ClauseComment(seesNames ? comment.FullName : Names.Mask(comment.FullName), comment.Text, comment.MadeAt))]))]);
    }

    private sealed record Row(
        ProjectId ProjectId, string ProjectTitle, string Kind, string Title, DateTimeOffset CommentsUntil, DateTimeOffset DueAt, string State,
        int? AdoptedVersion, string? Sha256, bool IsSignedByMe);

    private sealed record ClauseRow(int ClauseNo, string Text, int Version, bool IsRemoved, string? Before);

    private sealed record CommentRow(int ClauseNo, string FullName, string Text, DateTimeOffset MadeAt);

    private sealed record BuildingRow(string Building, int Signatures);
}

internal sealed class ListCovenantsHandler(CouncilSession session) : IRequestHandler<ListCovenants, Result<IReadOnlyList<CovenantSummary>>>
{
    public async Task<Result<IReadOnlyList<CovenantSummary>>> Handle(ListCovenants request, CancellationToken cancellationToken)
    {
        var rows = await session.Connection.RowsAsync<CovenantSummary>(
            $"""
            select c.covenant_id as id, c.project_id as project, c.title, c.state, c.comments_until, c.adopted_version,
                exists (
                    select 1 from covenant_signature s
                    where s.community_id = c.community_id and s.covenant_id = c.covenant_id and s.version = c.adopted_version and s.resident_id = @resident::uuid) as is_signed_by_me,
                p.state in {ProjectStates.Over} as is_project_over
            from covenant c join project p using (community_id, project_id)
            where c.community_id = @community and (@project::uuid is null or c.project_id = @project::uuid) and c.state <> 'Withdrawn'
            order by c.due_at desc, c.covenant_id
            limit 200
            """,
            new { request.Community, project = request.Project?.Value, resident = request.Caller.Resident?.Value },
            cancellationToken);
        return new Result<IReadOnlyList<CovenantSummary>>.Accepted(rows);
    }
}

using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Outcomes;

/// <summary>A table's part of the archive.</summary>
public sealed record ArchivedTable(string Table, int Rows, string Sha256);

/// <summary>The archive of a closed project.</summary>
/// <param name="IsUnchanged">Whether the records still have the fingerprint that was filed.</param>
public sealed record ProjectArchive(ProjectId Project, DateTimeOffset ClosedAt, int RecordCount, string Sha256, bool IsUnchanged, IReadOnlyList<ArchivedTable> Tables);

public sealed record GetArchive(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<ProjectArchive>
{
    public Audience Audience => Audience.Everyone;
}

internal sealed class GetArchiveHandler(CouncilSession session) : IRequestHandler<GetArchive, Result<ProjectArchive>>
{
    public async Task<Result<ProjectArchive>> Handle(GetArchive request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var filed = await connection.RowAsync<Row>(
            """
            select closed_at, record_count, encode(sha256, 'hex') as sha256
            from project_archive where community_id = @community and project_id = @project
            """,
            new { request.Community, request.Project },
            cancellationToken);
        if (filed is null)
        {
            return AccessRefusals.NotFound;
        }

        var today = await ArchiveManifest.ReadAsync(connection, request.Community, request.Project, cancellationToken);
        return new ProjectArchive(
            request.Project, filed.ClosedAt, filed.RecordCount, filed.Sha256, Convert.ToHexStringLower(today.Sha256) == filed.Sha256, today.Tables);
    }

    private sealed record Row(DateTimeOffset ClosedAt, int RecordCount, string Sha256);
}

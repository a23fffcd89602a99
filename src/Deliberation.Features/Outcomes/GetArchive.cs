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

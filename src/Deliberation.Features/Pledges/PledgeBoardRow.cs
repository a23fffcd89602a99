using Deliberation.Domain;

namespace Deliberation.Features.Pledges;

/// <summary>A pledge board as stored.</summary>
internal sealed record PledgeBoardRow(Guid BoardId, ProjectId ProjectId, string Title, DateTimeOffset OpensAt, DateTimeOffset ClosesAt, string State)
{
    public const string Columns = "board_id, project_id, title, opens_at, closes_at, state";

    public string Link => $"/pledges/{ProjectId}";

    public bool IsOpen(DateTimeOffset now) => State == "Open" && now >= OpensAt && now < ClosesAt;
}

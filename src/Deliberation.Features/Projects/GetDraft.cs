using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Projects;

/// <summary>A draft of the community, to go on with.</summary>
public sealed record GetDraft(Caller Caller, CommunityId Community, Guid DraftId) : IQuery<LaunchDraft>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Drafts not launched yet, newest first.</summary>
public sealed record ListDrafts(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<LaunchDraft>>
{
    public Audience Audience => Audience.Workers;
}

internal sealed record DraftRow(Guid DraftId, string? TemplateId, JsonObject Parts, int Version, DateTimeOffset SavedAt, Guid? LaunchedProjectId)
{
    public LaunchDraft ToDraft() => new(
        DraftId,
        TemplateId,
        Parts.Where(part => part.Value is JsonObject).ToDictionary(part => part.Key, part => part.Value!.DeepClone().AsObject()),
        Version,
        SavedAt,
        LaunchedProjectId);
}

internal static class DraftRows
{
    public const string Columns = "draft_id, template_id, parts, version, saved_at, launched_project_id";

    public static Task<DraftRow?> FindDraftAsync(this NpgsqlConnection connection, CommunityId community, Guid draft, string locking, CancellationToken cancellationToken) =>
        connection.RowAsync<DraftRow>(
            $"select {Columns} from launch_draft where community_id = @community and draft_id = @draft {locking}", new { community, draft }, cancellationToken);
}

internal sealed class GetDraftHandler(CouncilSession session) : IRequestHandler<GetDraft, Result<LaunchDraft>>
{
    public async Task<Result<LaunchDraft>> Handle(GetDraft request, CancellationToken cancellationToken) =>
        await session.Connection.FindDraftAsync(request.Community, request.DraftId, "", cancellationToken) is { } draft
            ? draft.ToDraft()
            : AccessRefusals.NotFound;
}

internal sealed class ListDraftsHandler(CouncilSession session) : IRequestHandler<ListDrafts, Result<IReadOnlyList<LaunchDraft>>>
{
    public async Task<Result<IReadOnlyList<LaunchDraft>>> Handle(ListDrafts request, CancellationToken cancellationToken)
    {
        var rows = await session.Connection.RowsAsync<DraftRow>(
            $"""
            select {DraftRows.Columns} from launch_draft
            where community_id = @community and launched_project_id is null order by saved_at desc limit 50
            """,
            new { request.Community },
            cancellationToken);
        return new Result<IReadOnlyList<LaunchDraft>>.Accepted([.. rows.Select(row => row.ToDraft())]);
    }
}

using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>Saves one part of a launch. The first save makes the draft.</summary>
/// <param name="DraftId">Null makes a new draft.</param>
/// <param name="Part">One of <see cref="LaunchParts"/>.</param>
/// <param name="ExpectedVersion">0 for a new draft; another version is stored → <c>project.draft-changed</c>.</param>
public sealed record SaveDraft(
    Caller Caller,
    CommunityId Community,
    Guid? DraftId,
    string Part,
    JsonObject Answers,
    int ExpectedVersion) : ICommand<LaunchDraft>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class SaveDraftHandler(CouncilSession session) : IRequestHandler<SaveDraft, Result<LaunchDraft>>
{
    public async Task<Result<LaunchDraft>> Handle(SaveDraft request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (!LaunchParts.All.Contains(request.Part))
        {
            return Refusal.Invalid("project.draft-part-unknown", "Part");
        }

        if (request.Caller.Staff is not { } staff)
        {
            return AccessRefusals.NotAllowed;
        }

        var id = request.DraftId ?? Guid.CreateVersion7();
        var stored = request.DraftId is null ? null : await connection.FindDraftAsync(request.Community, id, "for update", cancellationToken);
        if (request.DraftId is not null && stored is null)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if ((stored?.Version ?? 0) != request.ExpectedVersion)
        {
            return Refusal.Conflict("project.draft-changed");
        }

        if (stored?.LaunchedProjectId is not null)
        {
            return Refusal.Conflict("project.draft-launched");
        }

        var parts = stored?.Parts ?? [];
        parts[request.Part] = request.Answers.DeepClone();
        var templateId = request.Part == LaunchParts.Template ? request.Answers["templateId"]?.ToString() : stored?.TemplateId;
        await connection.RunAsync(
            """
            insert into launch_draft (community_id, draft_id, staff_id, template_id, parts, saved_at)
            values (@community, @id, @staff, @templateId, @parts, @now)
            on conflict (community_id, draft_id) do update
            set template_id = excluded.template_id, parts = excluded.parts, version = launch_draft.version + 1, saved_at = excluded.saved_at
            """,
            new { request.Community, id, staff, templateId, parts, now },
            cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(SaveDraft), $"draft:{id}", now, cancellationToken);
        return new DraftRow(id, templateId, parts, request.ExpectedVersion + 1, now, null).ToDraft();
    }
}

using Deliberation.Domain;
using Deliberation.Domain.Photos;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Resolutions;

/// <summary>
/// The department says what was done, with a photo if there is one; in time or late. Refused with <c>resolution.department-first</c>, <c>resolution.not-yours</c>,
/// <c>resolution.already-done</c>, <c>resolution.lapsed</c>, <c>resolution.proof-length</c>, <c>photo.not-a-photo</c>.
/// </summary>
/// <param name="Proof">2 to 1,000 characters.</param>
/// <param name="Photo">JPEG, PNG or WebP, at most 5 MB; null or empty = none.</param>
public sealed record CompleteResolution(Caller Caller, CommunityId Community, Guid Resolution, string? Proof, byte[]? Photo) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class CompleteResolutionHandler(CouncilSession session) : IRequestHandler<CompleteResolution, Result<Done>>
{
    public async Task<Result<Done>> Handle(CompleteResolution request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockResolutionAsync(request.Community, request.Resolution, cancellationToken) is not { } resolution)
        {
            return AccessRefusals.NotFound;
        }

        if (resolution.DoneAt is not null)
        {
            return ResolutionRefusals.AlreadyDone;
        }

        if (resolution.IsLapsed)
        {
            return ResolutionRefusals.Lapsed;
        }

        if (resolution.PostCode is not { } post)
        {
            return ResolutionRefusals.DepartmentFirst;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!await connection.ActsForOrAboveAsync(request.Caller, request.Community, post, now, cancellationToken))
        {
            return ResolutionRefusals.NotYours;
        }

        if (request.Proof?.ReplaceLineEndings("\n").Trim() is not { Length: >= 2 and <= 1000 } proof)
        {
            return ResolutionRefusals.ProofLength;
        }

        PhotoFile? photo = null;
        if (request.Photo is { Length: > 0 } file)
        {
            var cleaned = PhotoFile.Clean(file);
            if (cleaned is not Result<PhotoFile>.Accepted { Value: var clean })
            {
                return ((Result<PhotoFile>.Refused)cleaned).Reason with { Field = "Photo" };
            }

            photo = clean;
        }

        await connection.RunAsync(
            """
            update resolution set done_at = @now, done_by = @Staff, proof = @proof, photo_type = @photoType, photo = @photo
            where community_id = @Community and resolution_id = @Resolution
            """,
            new { now, request.Caller.Staff, proof, photoType = photo?.MediaType, photo = photo?.Content, request.Community, request.Resolution },
            cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(CompleteResolution), $"resolution:{request.Resolution}", now, cancellationToken);
        return Done.Value;
    }
}

using Deliberation.Domain;
using Deliberation.Domain.Photos;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Duties;

/// <summary>
/// Notes that a duty was done, with its proof; early, in time or late. Refused with <c>duty.not-yours</c>, <c>duty.already-done</c>, <c>duty.note-length</c>, <c>duty.number-missing</c>, <c>duty.photo-missing</c>, <c>photo.not-a-photo</c>.
/// </summary>
/// <param name="FirstDay">First day of the period.</param>
/// <param name="Note">2 to 500 characters when the proof is a text; else may be empty.</param>
/// <param name="Number">−9,999,999,999.99 to 9,999,999,999.99, two decimals; when the proof is a number.</param>
/// <param name="Photo">JPEG, PNG or WebP, at most 5 MB; when the proof is a photo.</param>
public sealed record RecordDuty(Caller Caller, CommunityId Community, Guid Duty, DateOnly FirstDay, string? Note, decimal? Number, byte[]? Photo) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class RecordDutyHandler(CouncilSession session) : IRequestHandler<RecordDuty, Result<Done>>
{
    private const decimal Largest = 9_999_999_999.99m;

    public async Task<Result<Done>> Handle(RecordDuty request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.LockDutyAsync(request.Community, request.Duty, cancellationToken) is not { } duty)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (!await connection.ActsForAsync(request.Caller, request.Community, [duty.PostCode], now, cancellationToken))
        {
            return DutyRefusals.NotYours;
        }

        var note = request.Note?.Trim() is { Length: > 0 } typed ? typed : null;
        if (note is { Length: < 2 or > 500 } || (note is null && duty.Proof == DutyProof.Text))
        {
            return DutyRefusals.NoteLength;
        }

        var number = duty.Proof == DutyProof.Number ? request.Number : null;
        if (duty.Proof == DutyProof.Number && (number is not { } given || Math.Abs(given) > Largest || decimal.Round(given, 2) != given))
        {
            return DutyRefusals.NumberMissing;
        }

        PhotoFile? photo = null;
        if (duty.Proof == DutyProof.Photo)
        {
            if (request.Photo is not { Length: > 0 } file)
            {
                return DutyRefusals.PhotoMissing;
            }

            var cleaned = PhotoFile.Clean(file);
            if (cleaned is not Result<PhotoFile>.Accepted { Value: var clean })
            {
                return ((Result<PhotoFile>.Refused)cleaned).Reason with { Field = "Photo" };
            }

            photo = clean;
        }

        var state = await connection.RunAsync(
            """
            update duty_period set done_at = @now, done_by = @staff, note = @note, amount = @number, photo_type = @photoType, photo = @photo
            where community_id = @Community and duty_id = @Duty and first_day = @FirstDay and done_at is null
            """,
            new { now, staff = request.Caller.Staff?.Value, note, number, photoType = photo?.MediaType, photo = photo?.Content, request.Community, request.Duty, request.FirstDay },
            cancellationToken);
        if (state == 0)
        {
            return await connection.ScalarAsync<bool>(
                "select exists (select from duty_period where community_id = @Community and duty_id = @Duty and first_day = @FirstDay)",
                new { request.Community, request.Duty, request.FirstDay },
                cancellationToken) ? DutyRefusals.AlreadyDone : AccessRefusals.NotFound;
        }

        // A reminder that waits for the morning is not sent any more.
        await connection.RunAsync(
            "delete from outbox_message where community_id = @Community and sent_at is null and dedup_key like @reminders",
            new { request.Community, reminders = $"duty:{request.Duty}:{DutyPeriods.Key(request.FirstDay)}:%" },
            cancellationToken);
        await connection.AuditAsync(request.Caller, request.Community, nameof(RecordDuty), $"duty:{request.Duty}", now, cancellationToken);
        return Done.Value;
    }
}

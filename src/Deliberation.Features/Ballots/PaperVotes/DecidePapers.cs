using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Ballots.PaperVotes;

/// <summary>Papers that two people read differently or could not read, oldest first. What they read, nobody is shown: the third reads the paper itself. Refused with <c>ballot.not-found</c>.</summary>
public sealed record ListPaperDifferences(Caller Caller, CommunityId Community, BallotId Ballot) : IQuery<IReadOnlyList<PaperDifference>>
{
    public Audience Audience => Audience.Workers;
}

/// <param name="IsDoubtful">A reader could not tell; else the two differ.</param>
/// <param name="IsMine">The caller is one of the two: a third person decides.</param>
/// <param name="HasPhoto">A photograph belongs to it.</param>
public sealed record PaperDifference(string Serial, string Station, int? Batch, bool IsDoubtful, bool IsMine, bool HasPhoto);

/// <summary>The third person, with a scrutineer, says what the paper says (三人定). Refused with <c>ballot.not-found</c>, <c>paper.no-difference</c>, <c>paper.third-person</c>,
/// <c>paper.scrutineer-required</c>, <c>ballot.reason-required</c>, and like <see cref="EnterPaper"/>.</summary>
/// <param name="Choices">Empty when it is spoilt.</param>
/// <param name="Scrutineer">2 to 60 characters.</param>
/// <param name="Reason">5 to 300 characters.</param>
public sealed record DecidePaper(
    Caller Caller, CommunityId Community, BallotId Ballot, string Serial, IReadOnlyList<string> Choices, bool IsSpoilt, string Scrutineer, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>A photograph of a named ballot's paper. Every look is on record. Refused with <c>ballot.not-found</c>.</summary>
public sealed record GetPaperPhoto(Caller Caller, CommunityId Community, BallotId Ballot, string Serial) : ICommand<PaperPhoto>
{
    public Audience Audience => Audience.Workers;
}

public sealed record PaperPhoto(string MediaType, byte[] Content);

internal sealed class DecidePapersHandler(CouncilSession session, BallotDefinitions definitions) :
    IRequestHandler<ListPaperDifferences, Result<IReadOnlyList<PaperDifference>>>,
    IRequestHandler<DecidePaper, Result<Done>>,
    IRequestHandler<GetPaperPhoto, Result<PaperPhoto>>
{
    public async Task<Result<IReadOnlyList<PaperDifference>>> Handle(ListPaperDifferences request, CancellationToken cancellationToken) =>
        await BallotReading.FindAsync(session.Connection, request.Community, request.Ballot, null, cancellationToken) is null
            ? BallotRefusals.NotFound
            : new Result<IReadOnlyList<PaperDifference>>.Accepted(await session.Connection.RowsAsync<PaperDifference>(
                """
                select i.serial, i.station, i.batch_number as batch, d.is_doubtful,
                    exists (select from paper_entry e where e.community_id = i.community_id and e.ballot_id = i.ballot_id and e.serial = i.serial and e.staff_id = @staff::uuid) as is_mine,
                    exists (select from paper_photo p where p.community_id = i.community_id and p.ballot_id = i.ballot_id and p.serial = i.serial) as has_photo
                from paper_difference d join paper_issue i using (community_id, ballot_id, serial)
                where d.community_id = @community and d.ballot_id = @ballot and d.decided_at is null
                order by d.raised_at, d.serial
                """,
                new { request.Community, request.Ballot, staff = request.Caller.Staff?.Value },
                cancellationToken));

    public async Task<Result<Done>> Handle(DecidePaper request, CancellationToken cancellationToken)
    {
        if (!PaperDesk.IsName(request.Scrutineer))
        {
            return PaperRefusals.ScrutineerRequired;
        }

        if (!PaperDesk.IsReason(request.Reason))
        {
            return BallotRefusals.ReasonRequired;
        }

        var connection = session.Connection;
        if (await PaperDesk.OpenAsync(connection, request.Community, request.Ballot, alone: false, cancellationToken) is not { } desk)
        {
            return BallotRefusals.NotFound;
        }

        if (desk.MayNotRead(request.Caller) is { } refusal)
        {
            return refusal;
        }

        var found = await desk.FindAsync(connection, request.Serial, isLocked: true, cancellationToken);
        if (found is not Result<PaperRow>.Accepted { Value: var paper })
        {
            return ((Result<PaperRow>.Refused)found).Reason;
        }

        if (paper.Reading != PaperReading.Differs)
        {
            return PaperRefusals.NoDifference;
        }

        var staff = request.Caller.Staff!.Value;
        var hasRead = await connection.ScalarAsync<bool>(
            "select exists (select from paper_entry where community_id = @community and ballot_id = @ballot and serial = @Serial and staff_id = @staff)",
            new { request.Community, request.Ballot, paper.Serial, staff },
            cancellationToken);
        if (hasRead)
        {
            return PaperRefusals.ThirdPerson;
        }

        var definition = (await definitions.FindAsync(request.Community, request.Ballot, cancellationToken))!;
        if (ReadingWriter.WrongChoices(definition, request.Choices, isEmpty: request.IsSpoilt) is { } wrong)
        {
            return wrong;
        }

        await ReadingWriter.WriteAsync(connection, desk, definition, paper.Serial, 3, staff, request.Choices, cancellationToken);
        await connection.RunAsync(
            """
            update paper_difference set decided_at = @Now, decided_by = @staff, scrutineer = @scrutineer, reason = @reason
            where community_id = @community and ballot_id = @ballot and serial = @Serial;
            update paper_issue set reading = 'Decided' where community_id = @community and ballot_id = @ballot and serial = @Serial
            """,
            new { request.Community, request.Ballot, paper.Serial, desk.Now, staff, scrutineer = request.Scrutineer.Trim(), reason = request.Reason.Trim() },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(DecidePaper), $"ballot:{request.Ballot}", desk.Now, cancellationToken, request.Reason.Trim(),
            new JsonObject { ["serial"] = paper.Serial, ["scrutineer"] = request.Scrutineer.Trim() });
        return Done.Value;
    }

    public async Task<Result<PaperPhoto>> Handle(GetPaperPhoto request, CancellationToken cancellationToken)
    {
        var photo = PaperSerial.TryParse(request.Serial) is not { } serial ? null : await session.Connection.RowAsync<PaperPhoto>(
            """
            select media_type, content from paper_photo
            where community_id = @community and ballot_id = @ballot and serial = @serial
            order by photo_id limit 1
            """,
            new { request.Community, request.Ballot, serial },
            cancellationToken);
        if (photo is null)
        {
            return BallotRefusals.NotFound;
        }

        await session.Connection.AuditAsync(
            request.Caller, request.Community, nameof(GetPaperPhoto), $"ballot:{request.Ballot}", await session.Connection.CouncilNowAsync(cancellationToken), cancellationToken,
            details: new JsonObject { ["serial"] = request.Serial });
        return photo;
    }
}

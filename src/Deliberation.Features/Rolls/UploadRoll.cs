using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Rolls.Tables;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Rolls;

/// <summary>Keeps a roll table for its preview; the books stay as they are. Refused with <c>roll.file-missing</c>, <c>roll.file-too-large</c>.</summary>
/// <param name="Content">The file's bytes, at most 8 MiB: .xlsx or text.</param>
/// <param name="IsComplete">What the table does not have goes, in the buildings that it names.</param>
/// <param name="HasNewBuildings">Buildings that are not on the books are no mistake.</param>
public sealed record UploadRoll(
    Caller Caller, CommunityId Community, string FileName, ReadOnlyMemory<byte> Content, bool IsComplete, bool HasNewBuildings) : ICommand<Guid>
{
    /// <summary>Largest file.</summary>
    public const int MostBytes = TableFile.MostBytes;

    public Audience Audience => Audience.Workers;
}

internal sealed class UploadRollHandler(CouncilSession session) : IRequestHandler<UploadRoll, Result<Guid>>
{
    /// <summary>Files that one member of staff keeps waiting; the oldest makes room.</summary>
    private const int MostWaiting = 5;

    public async Task<Result<Guid>> Handle(UploadRoll request, CancellationToken cancellationToken)
    {
        if (request.Content.Length == 0)
        {
            return RollRefusals.FileMissing;
        }

        if (request.Content.Length > TableFile.MostBytes)
        {
            return RollRefusals.FileTooLarge(TableFile.MostBytes >> 20);
        }

        var id = Guid.CreateVersion7();
        await session.Connection.RunAsync(
            """
            update roll_import set state = 'Discarded', content = null
            where community_id = @Community and state = 'Waiting' and (uploaded_at <= clock_timestamp() - interval '24 hours' or import_id in (
                select import_id from roll_import
                where community_id = @Community and staff_id = @Staff and state = 'Waiting' order by import_id desc offset @others));
            insert into roll_import (community_id, import_id, staff_id, file_name, content, is_complete, has_new_buildings)
            values (@Community, @id, @Staff, @name, @content, @IsComplete, @HasNewBuildings)
            """,
            new
            {
                request.Community,
                request.Caller.Staff,
                id,
                name = NameOf(request.FileName),
                content = request.Content.ToArray(),
                request.IsComplete,
                request.HasNewBuildings,
                others = MostWaiting - 1,
            },
            cancellationToken);
        await session.Connection.AuditAsync(
            request.Caller, request.Community, nameof(UploadRoll), $"roll-import:{id}", await session.Connection.CouncilNowAsync(cancellationToken), cancellationToken);
        return id;
    }

    /// <summary>The last part of a path, without control characters; shown and never opened.</summary>
    private static string NameOf(string sent)
    {
        var name = new StringBuilder();
        foreach (var rune in sent[(sent.LastIndexOfAny(['/', '\\']) + 1)..].EnumerateRunes())
        {
            if (!Rune.IsControl(rune) && Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.Format && name.Length < 100)
            {
                name.Append(rune);
            }
        }

        return name.Length == 0 ? "?" : name.ToString();
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using Deliberation.Features.Rolls.Tables;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Rolls;

/// <summary>
/// The books as a table that <see cref="UploadRoll"/> reads again. Every export is on record. Names and telephone numbers are masked but for admins, who say why: reliability.md P35 lets staff take no identities away alone.
/// Refused with <c>roll.export-reason</c>, <c>access.not-allowed</c>.
/// </summary>
/// <param name="Headings">In the order of <see cref="RollColumns.All"/>, in the reader's language.</param>
/// <param name="HasNames">Names and telephone numbers as they are.</param>
/// <param name="Reason">5 to 500 characters when names are asked for.</param>
public sealed record ExportRoll(
    Caller Caller, CommunityId Community, bool IsXlsx, IReadOnlyList<string> Headings, bool HasNames, string? Reason) : ICommand<byte[]>
{
    public Audience Audience => Audience.Readers;
}

/// <summary>Headings and nothing else, to be filled in.</summary>
public static class RollTemplate
{
    public static byte[] Xlsx(string sheet, IReadOnlyList<string> headings) => XlsxWriter.Write(sheet, [headings]);
}

internal sealed class ExportRollHandler(CouncilSession session) : IRequestHandler<ExportRoll, Result<byte[]>>
{
    public async Task<Result<byte[]>> Handle(ExportRoll request, CancellationToken cancellationToken)
    {
        if (request.HasNames && request.Caller.Kind != CallerKind.Admin)
        {
            return AccessRefusals.NotAllowed;
        }

        var reason = request.Reason?.Trim();
        if (request.HasNames && reason is not { Length: >= 5 and <= 500 })
        {
            return RollRefusals.ExportNeedsReason;
        }

        var connection = session.Connection;
        var rows = await connection.RowsAsync<Row>(
            """
            with tie as (
                select u.building, u.door, u.kind, o.resident_id, true as is_owner, null::text as business
                from exclusive_unit u left join unit_owner o using (community_id, unit_id) where u.community_id = @community
                union all
                select h.building, h.door, coalesce((select min(u.kind) from exclusive_unit u join unit_owner o using (community_id, unit_id)
                    where u.community_id = h.community_id and u.building = h.building and u.door = h.door and o.resident_id = r.resident_id), 'Residential'), r.resident_id, false, null
                from household h join resident r using (community_id, household_id) where h.community_id = @community and h.moved_out_at is null
                union all
                select m.building, m.door, 'Shop', m.resident_id, false, m.name from merchant m where m.community_id = @community and m.closed_at is null
            ), door as (
                select building, door, kind, resident_id, bool_or(is_owner) as is_owner, max(business) as business from tie group by building, door, kind, resident_id
            )
            select d.building, coalesce(h.stairwell, '') as stairwell, d.door, d.kind, u.area_hundredths, u.area_source, u.state, r.full_name, r.phone, r.birth_year,
                d.is_owner and r.resident_id is not null as is_owner,
                coalesce(r.household_id = h.household_id, false) and r.lives_here and d.kind = first_kind.kind as lives_here,
                coalesce(h.delegate_id = r.resident_id, false) and d.kind = first_kind.kind as is_delegate,
                case when r.household_id = h.household_id and d.kind = first_kind.kind then r.away_group end as away_group, d.business
            from door d
            left join exclusive_unit u on u.community_id = @community and u.building = d.building and u.door = d.door and u.kind = d.kind and d.is_owner
            left join household h on h.community_id = @community and h.building = d.building and h.door = d.door and h.moved_out_at is null
            left join resident r on r.community_id = @community and r.resident_id = d.resident_id
            left join lateral (select min(o.kind) as kind from door o where o.building = d.building and o.door = d.door and o.resident_id = d.resident_id) first_kind on true
            order by length(d.building), d.building, length(d.door), d.door, d.kind, r.birth_year, r.resident_id
            """,
            new { community = request.Community },
            cancellationToken);
        var cells = rows.Select(row => Cells(row, request.HasNames)).Prepend(request.Headings);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(ExportRoll), $"community:{request.Community}", await connection.CouncilNowAsync(cancellationToken), cancellationToken, reason,
            new JsonObject { ["rows"] = rows.Count, ["names"] = request.HasNames });
        return request.IsXlsx ? XlsxWriter.Write("Roll", cells) : CsvTable.Write(cells);
    }

    private static string[] Cells(Row row, bool hasNames) =>
    [
        row.Building, row.Stairwell, row.Door, row.AreaHundredths is null ? "" : row.Kind,
        row.AreaHundredths is { } area ? (area / 100m).ToString("0.00", CultureInfo.InvariantCulture) : "", row.AreaSource ?? "", row.State ?? "",
        row.FullName is null ? "" : hasNames ? row.FullName : NameMask.Of(row.FullName),
        (hasNames ? row.Phone : NameMask.OfPhone(row.Phone)) ?? "",
        row.BirthYear?.ToString(CultureInfo.InvariantCulture) ?? "",
        YesNo(row.IsOwner), YesNo(row.LivesHere), YesNo(row.IsDelegate), row.AwayGroup ?? "", row.Business ?? "",
    ];

    private static string YesNo(bool? answer) => answer == true ? "yes" : "";

    private sealed record Row(
        string Building, string Stairwell, string Door, string Kind, long? AreaHundredths, string? AreaSource, string? State, string? FullName, string? Phone, int? BirthYear,
        bool? IsOwner, bool? LivesHere, bool? IsDelegate, string? AwayGroup, string? Business);
}

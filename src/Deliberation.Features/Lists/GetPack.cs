using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Lists;

/// <summary>What a line of a pack tells.</summary>
public enum PackSection
{
    New,
    Moved,
    Overdue,
    Closed,

    /// <summary>An owner of a zone who was not there.</summary>
    Absent,
}

/// <param name="From">Name of the list it came from, as it was then.</param>
/// <param name="To">Name of the list it went to, or on which it is overdue.</param>
/// <param name="Day">Overdue: its last day; absent: the last attendance, null = none.</param>
/// <param name="Owner">Who was absent.</param>
public sealed record PackLine(PackSection Section, Guid? Matter, Guid? Zone, string Title, string? From, string? To, string? Reason, DateOnly? Day, string? Owner);

/// <param name="FromAt">Inclusive; null = from the beginning.</param>
/// <param name="UntilAt">Exclusive: the beginning of the month's first working day.</param>
public sealed record Pack(string Department, DateOnly Month, DateTimeOffset? FromAt, DateTimeOffset UntilAt, DateTimeOffset MadeAt, ILookup<PackSection, PackLine> Lines);

/// <summary>The pack of a department for a month (每月调度), as it was made.</summary>
/// <param name="Month">First day of the month.</param>
public sealed record GetPack(Caller Caller, CommunityId Community, Guid Department, DateOnly Month) : IQuery<Pack>
{
    public Audience Audience => Audience.Readers;
}

internal sealed class GetPackHandler(CouncilSession session) : IRequestHandler<GetPack, Result<Pack>>
{
    public async Task<Result<Pack>> Handle(GetPack request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var values = new { request.Community, request.Department, request.Month };
        if (await connection.RowAsync<PackRow>(
            """
            select d.name, p.from_at, p.until_at, p.made_at from monthly_pack p join department d using (community_id, department_id)
            where p.community_id = @Community and p.department_id = @Department and p.month = @Month
            """,
            values, cancellationToken) is not { } pack)
        {
            return AccessRefusals.NotFound;
        }

        var lines = await connection.RowsAsync<PackLine>(
            """
            select section, matter_id as matter, zone_id as zone, title, from_list as "from", to_list as "to", reason, day, owner
            from monthly_pack_line where community_id = @Community and department_id = @Department and month = @Month order by line_no
            """,
            values, cancellationToken);
        return new Pack(pack.Name, request.Month, pack.FromAt, pack.UntilAt, pack.MadeAt, lines.ToLookup(line => line.Section));
    }

    private sealed record PackRow(string Name, DateTimeOffset? FromAt, DateTimeOffset UntilAt, DateTimeOffset MadeAt);
}

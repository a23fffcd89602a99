using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Notifications.ByStaff;

/// <summary>Some that staff may write to.</summary>
/// <param name="Kind">Everyone, Households, Building, NotVoted, Signed or Pledged.</param>
/// <param name="Of">Building, or id of the ballot, covenant or project; null of the first two.</param>
/// <param name="Name">Of the building, question, covenant or project; empty of the first two.</param>
public sealed record AudienceChoice(string Kind, string? Of, string Name, ProjectId? Project)
{
    /// <summary>What a form sends: <c>Everyone</c>, <c>Building:3</c>.</summary>
    public string Value => Of is null ? Kind : $"{Kind}:{Of}";
}

public sealed record AudienceList(IReadOnlyList<AudienceChoice> Choices);

/// <summary>To whom staff may write today.</summary>
public sealed record ListAudiences(Caller Caller, CommunityId Community) : IQuery<AudienceList>
{
    public Audience Audience => Audience.Workers;
}

internal static class Audiences
{
    /// <summary>Buildings with people, ballots that are open, covenants that somebody signed, projects to which somebody has pledged.</summary>
    private const string Choices =
        """
        select kind, of, name, project from (
            select 1 as place, 'Everyone' as kind, null as of, '' as name, null::uuid as project
            union all select 2, 'Households', null, '', null
            union all select distinct 3, 'Building', building, building, null::uuid from household where community_id = @community and moved_out_at is null
            union all select 4, 'NotVoted', ballot_id::text, question, project_id from ballot where community_id = @community and state = 'Open' and opens_at <= council_now() and closes_at > council_now()
            union all select 5, 'Signed', covenant_id::text, title, project_id from covenant c where community_id = @community
                and exists (select from covenant_signature s where s.community_id = c.community_id and s.covenant_id = c.covenant_id)
            union all select distinct 6, 'Pledged', p.project_id::text, p.title, p.project_id from project p where community_id = @community
                and exists (select from pledge_board b join pledge g using (community_id, board_id) where b.community_id = p.community_id and b.project_id = p.project_id and g.state <> 'Withdrawn')) choice
        order by place, length(name), name, of
        """;

    private const string Building =
        """
        select r.resident_id
        from resident r left join household h on h.community_id = r.community_id and h.household_id = r.household_id
        where r.community_id = @community and ((h.building = @of and h.moved_out_at is null) or exists (
            select from unit_owner o join exclusive_unit e using (community_id, unit_id)
            where o.community_id = r.community_id and o.resident_id = r.resident_id and e.building = @of))
        """;

    private const string Signed = "select distinct resident_id from covenant_signature where community_id = @community and covenant_id = @id";

    private const string Pledged =
        "select distinct g.resident_id from pledge g join pledge_board b using (community_id, board_id) where g.community_id = @community and b.project_id = @id and g.state <> 'Withdrawn'";

    public static Task<IReadOnlyList<AudienceChoice>> AudiencesAsync(this NpgsqlConnection connection, CommunityId community, CancellationToken cancellationToken) =>
        connection.RowsAsync<AudienceChoice>(Choices, new { community }, cancellationToken);

    /// <returns>Null when nobody may be written to under that name.</returns>
    public static async Task<AudienceChoice?> AudienceAsync(this NpgsqlConnection connection, CommunityId community, string? to, CancellationToken cancellationToken) =>
        (await connection.AudiencesAsync(community, cancellationToken)).FirstOrDefault(choice => choice.Value == to);

    /// <summary>A select of <c>resident_id</c>, each once, with the parameters of <see cref="ValuesOf"/> and <c>@community</c>.</summary>
    public static string SelectOf(AudienceChoice choice) => choice.Kind switch
    {
        "Everyone" => Broadcasts.Everyone,
        "Households" => $"select distinct resident_id from ({Broadcasts.Households}) x where resident_id is not null",
        "Building" => Building,
        "NotVoted" => BallotMessages.Audience,
        "Signed" => Signed,
        _ => Pledged,
    };

    public static object ValuesOf(AudienceChoice choice)
    {
        var id = Guid.TryParse(choice.Of, out var parsed) ? parsed : Guid.Empty;
        return new { of = choice.Of, id, ballot = id, onlyNonVoters = true, isAway = (bool?)null };
    }

    /// <summary>The page of what the audience is about; null when there is none.</summary>
    public static string? LinkOf(AudienceChoice choice) => choice.Kind switch
    {
        "NotVoted" => $"/ballots/{choice.Of}",
        "Signed" => $"/covenants/{choice.Of}",
        "Pledged" => $"/pledges/{choice.Of}",
        _ => null,
    };
}

internal sealed class ListAudiencesHandler(CouncilSession session) : IRequestHandler<ListAudiences, Result<AudienceList>>
{
    public async Task<Result<AudienceList>> Handle(ListAudiences request, CancellationToken cancellationToken) =>
        new AudienceList(await session.Connection.AudiencesAsync(request.Community, cancellationToken));
}

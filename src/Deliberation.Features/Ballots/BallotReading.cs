using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Laws;
using Deliberation.Features.Laws;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Ballots as people see them. Never a choice.</summary>
internal static class BallotReading
{
    /// <summary>True for a unit that has voted, or whose paper was handed in; <c>e</c> is its roll entry.</summary>
    public const string HasVoted =
        """
        (exists (select from vote v where v.community_id = e.community_id and v.ballot_id = e.ballot_id and v.unit_key = e.unit_key)
            or exists (select from paper_issue i where i.community_id = e.community_id and i.ballot_id = e.ballot_id and i.unit_key = e.unit_key and i.state = 'Returned')
            or exists (select from participation t where t.community_id = e.community_id and t.ballot_id = e.ballot_id and t.unit_key = e.unit_key))
        """;

    /// <param name="resident">Whose units are listed; null for staff and the public.</param>
    public static async Task<BallotView?> FindAsync(
        NpgsqlConnection connection, CommunityId community, BallotId ballot, ResidentId? resident, CancellationToken cancellationToken)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            $"""
            select b.ballot_id, b.project_id, p.title as project_title, b.question, b.explanation, b.rule, b.roll_kind, b.roll_scope, b.secrecy, b.law_profile,
                b.round, b.options, b.max_choices, b.opens_at, b.closes_at, b.state, b.state_reason, council_now() as now,
                b.roll_units, b.roll_persons, b.roll_area_hundredths, encode(b.roll_hash, 'hex') as roll_hash,
                b.original_closes_at, b.extension_reason, b.paper_id, b.documents, {LawRecords.IsConfirmed("b.law_profile")} as is_law_confirmed, b.is_paper_only, b.local_closes_at
            from ballot b join project p using (community_id, project_id)
            where b.community_id = @community and b.ballot_id = @ballot
            """,
            new { community, ballot },
            cancellationToken: cancellationToken));
        if (row is null)
        {
            return null;
        }

        var units = resident is { } person ? await UnitsAsync(connection, community, ballot, person, cancellationToken) : [];
        return new BallotView(
            row.BallotId,
            row.ProjectId,
            row.ProjectTitle,
            row.Question,
            row.Explanation,
            row.Rule,
            row.RollKind,
            row.RollScope,
            row.Secrecy == "Secret",
            row.LawProfile,
            row.Round,
            BallotDefinitions.OptionsOf(row.Options),
            row.MaxChoices,
            row.OpensAt,
            row.LocalClosesAt is { } home && units.Count > 0 && units.All(unit => !unit.IsAway) ? home : row.ClosesAt,
            row.State,
            row.StateReason,
            row.Now,
            new BallotRoll(row.RollUnits, row.RollPersons, row.RollAreaHundredths, row.RollHash),
            units)
        {
            LocalClosesAt = row.LocalClosesAt,
            LastClosesAt = row.ClosesAt,
            Extension = row.OriginalClosesAt is { } original ? new BallotExtension(original, row.ExtensionReason!) : null,
            Paper = row.PaperId,
            Documents = BallotDocuments.Of(row.Documents),
            IsPaperOnly = row.IsPaperOnly,
            LawIsUnconfirmed = !row.IsLawConfirmed && LawProfiles.Find(row.LawProfile) is { Confirm: true },
        };
    }

    private static async Task<IReadOnlyList<MyUnit>> UnitsAsync(
        NpgsqlConnection connection, CommunityId community, BallotId ballot, ResidentId resident, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<MyUnit>(new CommandDefinition(
            $"""
            with mine as (
                select unit_key, false as is_proxy from roll_entry_person where community_id = @community and ballot_id = @ballot and resident_id = @resident
                union all
                select unit_key, true from proxy where community_id = @community and ballot_id = @ballot and holder_id = @resident and withdrawn_at is null
            )
            select e.unit_key as key, e.label, e.area_hundredths, {HasVoted} as has_voted,
                exists (select from vote v where v.community_id = e.community_id and v.ballot_id = e.ballot_id and v.unit_key = e.unit_key and v.resident_id = @resident) as is_mine,
                m.is_proxy, e.is_away
            from mine m
            join roll_entry e on e.community_id = @community and e.ballot_id = @ballot and e.unit_key = m.unit_key
            where not e.is_removed
            order by m.is_proxy, e.building, e.label
            """,
            new { community, ballot, resident },
            cancellationToken: cancellationToken))).AsList();

    private sealed record Row(
        BallotId BallotId,
        ProjectId ProjectId,
        string ProjectTitle,
        string Question,
        string Explanation,
        JsonObject Rule,
        string RollKind,
        string? RollScope,
        string Secrecy,
        string LawProfile,
        int Round,
        JsonArray Options,
        int MaxChoices,
        DateTimeOffset OpensAt,
        DateTimeOffset ClosesAt,
        BallotState State,
        string? StateReason,
        DateTimeOffset Now,
        int RollUnits,
        int RollPersons,
        long RollAreaHundredths,
        string RollHash,
        DateTimeOffset? OriginalClosesAt,
        string? ExtensionReason,
        Guid? PaperId,
        JsonArray Documents,
        bool IsLawConfirmed,
        bool IsPaperOnly,
        DateTimeOffset? LocalClosesAt);
}

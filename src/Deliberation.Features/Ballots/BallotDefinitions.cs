using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Process.Ballots;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>What of a ballot never changes once it is open.</summary>
/// <param name="Choices">What may stand on a paper.</param>
/// <param name="Sealer">Seals papers; null for named ballots.</param>
/// <param name="IsLogged">Its votes go into the ledger.</param>
internal sealed record BallotDefinition(
    BallotId Ballot, string CommunityCode, PaperForm Choices, int MaxChoices, PaperSealer? Sealer, bool IsLogged)
{
    public bool IsSecret => Sealer is not null;

    /// <summary>A vote may be cast again until the close, a secret one with the code of its receipt; the later one counts.</summary>
    public bool MayReplace { get; init; }

    /// <summary>The paper it stands on with other questions; null = alone.</summary>
    public Guid? Paper { get; init; }

    /// <summary>Where and when papers can be had, of a ballot that takes nothing else; null when votes come in every way.</summary>
    public PaperPlace? PaperOnly { get; init; }
}

/// <summary>The community's office, as people ask for it.</summary>
internal sealed record PaperPlace(string OfficeHours, string Phone);

/// <summary>Fixed parts of ballots, kept in memory: a cast checks its choices and seals its paper before it needs the database.</summary>
internal sealed class BallotDefinitions(NpgsqlDataSource dataSource, TimeProvider clock)
{
    private const int Most = 5_000;
    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    private readonly ConcurrentDictionary<(int Community, Guid Ballot), BallotDefinition> _known = new();

    public async ValueTask<BallotDefinition?> FindAsync(CommunityId community, BallotId ballot, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue((community.Value, ballot.Value), out var known))
        {
            return known;
        }

        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var found = await ReadAsync(connection, clock, community, ballot, cancellationToken);
        if (found is not null)
        {
            if (_known.Count >= Most)
            {
                _known.Clear();
            }

            _known[(community.Value, ballot.Value)] = found;
        }

        return found;
    }

    /// <summary>As stored, through the caller's connection.</summary>
    public static async Task<BallotDefinition?> ReadAsync(
        NpgsqlConnection connection, TimeProvider clock, CommunityId community, BallotId ballot, CancellationToken cancellationToken)
    {
        var row = await connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            """
            select c.code, b.rule, b.options, b.max_choices, b.public_key, b.paper_id, b.is_logged, b.is_paper_only, c.office_hours, c.phone
            from ballot b join community c using (community_id)
            where b.community_id = @community and b.ballot_id = @ballot
            """,
            new { community, ballot },
            cancellationToken: cancellationToken));
        if (row is null)
        {
            return null;
        }

        var form = FormOf(row.Rule, OptionsOf(row.Options));
        var sealer = row.PublicKey is null ? null : new PaperSealer(ballot, row.PublicKey, SealedPaper.ChoiceBytes(form.Words, form.Most), clock);
        return new BallotDefinition(ballot, row.Code, form, row.MaxChoices, sealer, row.IsLogged)
        {
            MayReplace = row.Rule.AllowsReplace(row.PublicKey is not null),
            Paper = row.PaperId,
            PaperOnly = row.IsPaperOnly ? new PaperPlace(row.OfficeHours, row.Phone) : null,
        };
    }

    public static IReadOnlyList<BallotOption> OptionsOf(JsonNode options) => options.Deserialize<List<BallotOption>>(Camel)!;

    public static JsonArray ToJson(IReadOnlyList<BallotOption> options) => (JsonArray)JsonSerializer.SerializeToNode(options, Camel)!;

    public static PaperForm FormOf(JsonObject rule, IReadOnlyList<BallotOption> options) => PaperForm.Of(BallotRule.Read(rule), [.. options.Select(o => o.Id)]);

    private sealed record Row(string Code, JsonObject Rule, JsonArray Options, int MaxChoices, byte[]? PublicKey, Guid? PaperId, bool IsLogged, bool IsPaperOnly, string OfficeHours, string Phone);
}

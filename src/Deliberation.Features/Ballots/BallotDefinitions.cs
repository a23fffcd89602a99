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
/// <param name="Choices">Everything that may stand on a paper.</param>
/// <param name="Sealer">Seals papers; null for named ballots.</param>
internal sealed record BallotDefinition(
    BallotId Ballot, string CommunityCode, IReadOnlySet<string> Choices, int MaxChoices, PaperSealer? Sealer)
{
    public bool IsSecret => Sealer is not null;
}

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
            select c.code, b.options, b.max_choices, b.public_key
            from ballot b join community c using (community_id)
            where b.community_id = @community and b.ballot_id = @ballot
            """,
            new { community, ballot },
            cancellationToken: cancellationToken));
        if (row is null)
        {
            return null;
        }

        var choices = ChoicesOf(OptionsOf(row.Options));
        var sealer = row.PublicKey is null ? null : new PaperSealer(ballot, row.PublicKey, SealedPaper.ChoiceBytes(choices, row.MaxChoices), clock);
        return new BallotDefinition(ballot, row.Code, choices, row.MaxChoices, sealer);
    }

    public static IReadOnlyList<BallotOption> OptionsOf(JsonNode options) => options.Deserialize<List<BallotOption>>(Camel)!;

    public static JsonArray ToJson(IReadOnlyList<BallotOption> options) => (JsonArray)JsonSerializer.SerializeToNode(options, Camel)!;

    /// <summary>A paper says for, against or abstain; or names options, or abstains.</summary>
    private static HashSet<string> ChoicesOf(IReadOnlyList<BallotOption> options) => options.Count == 0
        ? [.. Enum.GetNames<Choice>()]
        : [.. options.Select(option => option.Id), nameof(Choice.Abstain)];

    private sealed record Row(string Code, JsonArray Options, int MaxChoices, byte[]? PublicKey);
}

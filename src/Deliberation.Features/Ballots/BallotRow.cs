using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Process.Ballots;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>A ballot as stored, read under its exclusive lock by everything that changes it.</summary>
internal sealed record BallotRow(
    CommunityId CommunityId,
    BallotId BallotId,
    ProjectId ProjectId,
    Guid InstanceId,
    string VisitId,
    string Question,
    JsonObject Rule,
    string RollKind,
    string Secrecy,
    string LawProfile,
    JsonArray Options,
    int MaxChoices,
    DateTimeOffset OpensAt,
    DateTimeOffset ClosesAt,
    string State,
    DateTimeOffset? PausedAt,
    byte[]? PublicKey,
    JsonObject? Result,
    DateTimeOffset? OriginalClosesAt,
    Guid? PaperId,
    string? LotSeed,
    string? Outcome,
    int TallyVersion)
{
    private const string Columns =
        """
        community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, options, max_choices,
        opens_at, closes_at, state, paused_at, public_key, result, original_closes_at, paper_id, lot_seed, outcome, tally_version
        """;

    public bool IsSecret => Secrecy == "Secret";

    public bool IsRunning => State is "Open" or "Paused";

    /// <summary>No result yet: running, or its papers are being read.</summary>
    public bool IsUncounted => IsRunning || State is "Counting";

    /// <summary>Ends as Filled, PartlyFilled, Runoff or Invalid.</summary>
    public bool IsElection => BallotRule.Read(Rule) is { IsElection: true } or { Kind: RuleKind.OfficeElection or RuleKind.OwnersCommitteeElection };

    public IReadOnlyList<BallotOption> OptionList => BallotDefinitions.OptionsOf(Options);

    /// <summary>Waits until no vote is in flight, keeps new ones out until the end of the transaction, and reads the ballot. Null when there is none.</summary>
    public static async Task<BallotRow?> LockAsync(NpgsqlConnection connection, CommunityId community, BallotId ballot, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock(ballot_lock_key(@ballot))", new { ballot }, cancellationToken: cancellationToken));
        return await connection.QuerySingleOrDefaultAsync<BallotRow>(new CommandDefinition(
            $"select {Columns} from ballot where community_id = @community and ballot_id = @ballot for update",
            new { community, ballot },
            cancellationToken: cancellationToken));
    }

    /// <summary>Keeps the ballot from being closed or changed until the end of the transaction, while votes and others like this one go on. Null when there is none.</summary>
    public static async Task<BallotRow?> HoldAsync(NpgsqlConnection connection, CommunityId community, BallotId ballot, CancellationToken cancellationToken)
    {
        await connection.ExecuteAsync(new CommandDefinition(
            "select pg_advisory_xact_lock_shared(ballot_lock_key(@ballot))", new { ballot }, cancellationToken: cancellationToken));
        return await connection.QuerySingleOrDefaultAsync<BallotRow>(new CommandDefinition(
            $"select {Columns} from ballot where community_id = @community and ballot_id = @ballot",
            new { community, ballot },
            cancellationToken: cancellationToken));
    }

    /// <summary>As <see cref="LockAsync"/>, for the ballot of a workflow's visit.</summary>
    public static async Task<BallotRow?> LockVisitAsync(NpgsqlConnection connection, CommunityId community, Guid instance, string visit, CancellationToken cancellationToken)
    {
        var ballot = await connection.ExecuteScalarAsync<Guid?>(new CommandDefinition(
            "select ballot_id from ballot where community_id = @community and instance_id = @instance and visit_id = @visit",
            new { community, instance, visit },
            cancellationToken: cancellationToken));
        return ballot is { } id ? await LockAsync(connection, community, new BallotId(id), cancellationToken) : null;
    }
}

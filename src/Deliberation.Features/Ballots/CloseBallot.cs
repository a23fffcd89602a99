using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Ledger;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Process.Ballots;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Closes the visit's ballot and counts it once: every vote in flight is in or out, the urn is moved, the rule decides, the workflow is answered.
/// Where papers were given out the count waits until they are certified; the workflow learns that by the outcome <c>Counting</c>.</summary>
internal sealed class CloseBallotHandler(BallotKeys keys) : IWorkflowCommandHandler<CloseBallotCommand>
{
    private const char Between = '\u001f'; // no option id holds it

    public async Task<IReadOnlyList<StepEvent>> HandleAsync(CloseBallotCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var connection = step.Connection;
        var ballot = await BallotRow.LockVisitAsync(connection, step.Community, step.InstanceId, step.VisitId, cancellationToken)
            ?? throw new InvalidOperationException($"Visit {step.VisitId} has no ballot.");
        if (!ballot.IsUncounted)
        {
            return [new StepEvent("decided", null, Answer(ballot, ballot.Result))];
        }

        if (await PaperCount.MustWaitAsync(connection, ballot, cancellationToken))
        {
            await PaperCount.BeginAsync(connection, ballot, step, cancellationToken);
            return [new StepEvent("decided", null, new JsonObject { ["outcome"] = CloseBallotCommand.Counting, ["ballotId"] = ballot.BallotId.ToString(), ["question"] = ballot.Question })];
        }

        var papers = ballot.IsSecret
            ? await MoveToUrnAsync(connection, ballot, cancellationToken)
            : await NamedPapersAsync(connection, ballot, cancellationToken);
        var (result, returned) = await StoredCount.DecideAsync(connection, ballot, papers, await PresentAtMeeting.CountAsync(connection, ballot, cancellationToken), cancellationToken);
        if (await PaperCount.RecordAsync(connection, ballot, cancellationToken) is { } record)
        {
            result["papers"] = record;
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            update ballot set state = 'Closed', outcome = @outcome, result = @result, closed_at = @now, counted_at = clock_timestamp()
            where community_id = @CommunityId and ballot_id = @BallotId
            """,
            new { ballot.CommunityId, ballot.BallotId, outcome = result["outcome"]!.GetValue<string>(), result, now = step.Now },
            cancellationToken: cancellationToken));
        await connection.LogClosedAsync(ballot, result, papers, returned, cancellationToken);
        if (ballot.IsSecret)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "select drop_ballot_intake(@CommunityId, @BallotId), resettle_ballot(@CommunityId, @BallotId)", new { ballot.CommunityId, ballot.BallotId }, cancellationToken: cancellationToken));
        }

        await TellAsync(connection, ballot, result, step, cancellationToken);
        return [new StepEvent("decided", null, Answer(ballot, result))];
    }

    /// <summary>What the waiting activity learns; a cancelled ballot counts as void.</summary>
    internal static JsonObject Answer(BallotRow ballot, JsonObject? result) => new()
    {
        ["outcome"] = result?["outcome"]?.DeepClone() ?? (ballot.IsElection ? "Invalid" : "Voided"),
        ["ballotId"] = ballot.BallotId.ToString(),
        ["elected"] = result?["elected"]?.DeepClone() ?? new JsonArray(),
        ["runoff"] = result?["runoff"] is JsonArray { Count: > 0 } tied ? tied.DeepClone() : result?["supplementary"]?.DeepClone() ?? new JsonArray(),
        ["vacancies"] = result?["vacancies"]?.DeepClone() ?? 0,
        ["funded"] = result?["funded"]?.DeepClone() ?? new JsonArray(),
    };

    private static async Task<IReadOnlyList<CountedPaper>> NamedPapersAsync(NpgsqlConnection connection, BallotRow ballot, CancellationToken cancellationToken)
    {
        await PaperCount.MergeNamedAsync(connection, ballot, cancellationToken);
        return await StoredCount.NamedPapersAsync(connection, ballot, cancellationToken);
    }

    /// <summary>Opens every paper of the intake and puts the choices into the urn, in random order, in this one transaction (reliability.md E2).</summary>
    private async Task<IReadOnlyList<CountedPaper>> MoveToUrnAsync(NpgsqlConnection connection, BallotRow ballot, CancellationToken cancellationToken)
    {
        using var key = keys.Open(ballot.BallotId);
        var opener = new PaperOpener(ballot.BallotId, key);
        var intake = await connection.QueryAsync<byte[]>(new CommandDefinition(
            "select sealed from ballot_intake where community_id = @CommunityId and ballot_id = @BallotId and sealed is not null",
            new { ballot.CommunityId, ballot.BallotId },
            cancellationToken: cancellationToken));
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into superseded (community_id, ballot_id, commitment)
            select community_id, ballot_id, commitment from ballot_intake where community_id = @CommunityId and ballot_id = @BallotId and sealed is null
            order by commitment
            """,
            new { ballot.CommunityId, ballot.BallotId },
            cancellationToken: cancellationToken));
        var read = (await PaperCount.TakeSecretAsync(connection, ballot, cancellationToken)).Select(opener.Open).ToList();
        await PaperCount.LogAsync(connection, ballot, read.Select(paper => paper.Commitment(ballot.BallotId)), cancellationToken);
        SecretPaper[] papers = [.. intake.Select(opener.Open), .. read];

        RandomNumberGenerator.Shuffle(papers.AsSpan());
        var positions = new HashSet<long>();
        while (positions.Count < papers.Length)
        {
            positions.Add(BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8)));
        }

        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into urn (community_id, ballot_id, pos, choices)
            select @CommunityId, @BallotId, u.pos, string_to_array(u.choices, chr(31))
            from unnest(@positions, @choices) as u (pos, choices)
            order by u.pos
            """,
            new { ballot.CommunityId, ballot.BallotId, positions = positions.ToArray(), choices = papers.Select(p => string.Join(Between, p.Choices)).ToArray() },
            cancellationToken: cancellationToken));

        var openings = papers.Select(p => (Commitment: p.Commitment(ballot.BallotId), p.Salt, p.Nonce, Choices: string.Join(Between, p.Choices))).OrderBy(o => Convert.ToHexString(o.Commitment), StringComparer.Ordinal).ToList();
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into opening (community_id, ballot_id, commitment, salt, nonce, choices)
            select @CommunityId, @BallotId, o.commitment, o.salt, o.nonce, string_to_array(o.choices, chr(31))
            from unnest(@commitments, @salts, @nonces, @choices) as o (commitment, salt, nonce, choices)
            order by o.commitment
            """,
            new
            {
                ballot.CommunityId,
                ballot.BallotId,
                commitments = openings.Select(o => o.Commitment).ToArray(),
                salts = openings.Select(o => o.Salt).ToArray(),
                nonces = openings.Select(o => o.Nonce).ToArray(),
                choices = openings.Select(o => o.Choices).ToArray(),
            },
            cancellationToken: cancellationToken));
        return [.. papers.Select(p => new CountedPaper("", p.Choices, p.Choices.Length == 0 ? "Spoilt" : "Counted"))];
    }

    private static async Task TellAsync(NpgsqlConnection connection, BallotRow ballot, JsonObject result, StepContext step, CancellationToken cancellationToken)
    {
        var outcome = result["outcome"]!.GetValue<string>();
        var chosen = ((ballot.IsElection ? null : result["elected"]) as JsonArray ?? result["funded"] as JsonArray)?.Count ?? 0;
        var key = chosen > 0 ? "chosen" : outcome.ToLowerInvariant(); // a budget chooses: nothing is passed
        var values = new JsonObject
        {
            ["question"] = ballot.Question,
            ["returned"] = result["turnout"]!["returnedUnits"]!.DeepClone(),
            ["roll"] = result["turnout"]!["rollUnits"]!.DeepClone(),
            ["chosen"] = chosen,
        };
        var link = $"/results/{ballot.BallotId}";
        await connection.AddTimelineAsync(
            new TimelineEntry(step.Community, step.Project, step.Now, "Ballot", $"ballots.timeline.{key}", values.DeepClone().AsObject(), true, null, link), cancellationToken);
        await connection.AddAuditAsync(
            new AuditEntry(step.Community, "System", null, "CloseBallot", $"ballot:{ballot.BallotId}", step.Now, Details: new JsonObject { ["outcome"] = outcome }),
            cancellationToken);
        await BallotMessages.TellAsync(
            connection, step.Community, ballot.BallotId, "closed", $"ballots.message.{key}", values, false, link, step.Now, cancellationToken);
    }
}

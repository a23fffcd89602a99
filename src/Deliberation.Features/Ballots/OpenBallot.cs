using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Laws;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Foundation;
using Deliberation.Features.Laws;
using Deliberation.Features.Ledger;
using Deliberation.Features.Workflows;
using Deliberation.Postgres;
using Deliberation.Process.Ballots;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Opens a ballot: freezes the roll, makes the key of a secret one, tells everybody on the roll. A repeated command opens nothing twice.</summary>
internal sealed class OpenBallotHandler(BallotKeys keys) : IWorkflowCommandHandler<OpenBallotCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(OpenBallotCommand command, StepContext step, CancellationToken cancellationToken)
    {
        var isSecret = command.Secrecy == "Secret";
        if (isSecret && command.Roll == "Owners")
        {
            // Areas would tell who chose what: owners' papers are signed (domain.md 5, reliability.md E2).
            throw new InvalidOperationException("An owners' ballot counts areas and is by name.");
        }

        var connection = step.Connection;
        if (await connection.ExecuteScalarAsync<bool>(new CommandDefinition(
            "select exists (select from ballot where community_id = @community and instance_id = @instance and visit_id = @visit)",
            new { community = step.Community, instance = step.InstanceId, visit = step.VisitId },
            cancellationToken: cancellationToken)))
        {
            return [];
        }

        var kind = BallotRule.Read(command.Rule);
        var ballot = new BallotId(Guid.CreateVersion7());
        var roll = await RollBuilding.BuildAsync(connection, step.Community, command.Roll, command.Members, command.RollScope, step.Now, cancellationToken, kind);
        var salt = RandomNumberGenerator.GetBytes(32);
        var documents = await BallotDocuments.BindAsync(connection, step.Community, step.Project, command.Documents, cancellationToken);
        var seed = kind.MayDrawLots ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) : null;
        var rule = Published(command.Rule, seed);
        var root = RollBuilding.Root(roll, salt);
        var options = await NamedAsync(connection, step.Community, command.Options, cancellationToken);
        var form = BallotDefinitions.FormOf(rule, options);
        var maxChoices = form.Most;
        var isPaperOnly = StatutoryElection.Is(kind, command.LawProfile) && !await LawRecords.MayElectOnlineAsync(connection, step.Community, cancellationToken);
        await connection.ExecuteAsync(new CommandDefinition(
            """
            insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, explanation, rule, roll_kind, roll_scope, secrecy,
                law_profile, round, options, max_choices, opens_at, closes_at, state, roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash, public_key, lot_seed, paper_id, documents, is_logged, is_paper_only, local_closes_at)
            values (@community, @ballot, @project, @instance, @visit, @Question, @Explanation, @rule, @Roll, @RollScope, @Secrecy,
                @LawProfile, @Round, @options, @maxChoices, @OpensAt, @ClosesAt, 'Open', @units, @units, @area, @salt, @root, @publicKey, @seed, @paper, @documents, true, @isPaperOnly, @LocalClosesAt)
            """,
            new
            {
                community = step.Community,
                ballot,
                project = step.Project,
                instance = step.InstanceId,
                visit = step.VisitId,
                command.Question,
                command.Explanation,
                rule,
                command.Roll,
                command.RollScope,
                command.Secrecy,
                command.LawProfile,
                command.Round,
                options = BallotDefinitions.ToJson(options),
                maxChoices,
                command.OpensAt,
                command.ClosesAt,
                command.LocalClosesAt,
                units = roll.Count,
                area = roll.Sum(unit => unit.AreaHundredths),
                salt,
                root,
                publicKey = isSecret ? keys.Create(ballot) : null,
                seed,
                paper = SharedPaper.IdOf(step.Project, command, form),
                documents = BallotDocuments.ToJson(documents),
                isPaperOnly,
            },
            cancellationToken: cancellationToken));
        await RollBuilding.FreezeAsync(connection, step.Community, ballot, roll, cancellationToken);
        var code = await connection.ScalarAsync<string>("select code from community where community_id = @Community", new { step.Community }, cancellationToken);
        await connection.LogOpenedAsync(
            step.Community, ballot, LedgerDocuments.Definition(ballot, code, command with { Rule = rule }, options, maxChoices, documents), root, roll.Count, cancellationToken);
        if (isSecret)
        {
            await connection.ExecuteAsync(new CommandDefinition(
                "select open_ballot_intake(@community, @ballot)", new { community = step.Community, ballot }, cancellationToken: cancellationToken));
        }

        var papers = isPaperOnly ? await PaperIssuing.IssueAtOpeningAsync(connection, keys, step.Community, ballot, cancellationToken) : 0;
        var values = new JsonObject { ["question"] = command.Question, ["opensAt"] = Instant(command.OpensAt), ["closesAt"] = Instant(command.ClosesAt), ["units"] = roll.Count };
        var opened = command.Roll is "Households" ? "ballots.timeline.opened-households" : "ballots.timeline.opened-persons";
        await connection.AddTimelineAsync(
            new TimelineEntry(step.Community, step.Project, step.Now, "Ballot", opened, values.DeepClone().AsObject(), true, null, Link(ballot)),
            cancellationToken);
        await connection.AddAuditAsync(
            new AuditEntry(step.Community, "System", null, "OpenBallot", $"ballot:{ballot}", step.Now, Details: new JsonObject { ["units"] = roll.Count, ["papers"] = papers }),
            cancellationToken);
        await BallotMessages.TellByCloseAsync(
            connection, step.Community, ballot, "opened", isPaperOnly ? "ballots.message.opened-paper" : "ballots.message.opened", values, false,
            (command.LocalClosesAt, command.ClosesAt), Link(ballot), step.Now, cancellationToken);
        return [];
    }

    internal static string Link(BallotId ballot) => $"/ballots/{ballot}";

    internal static string Instant(DateTimeOffset instant) => instant.UtcDateTime.ToString("O", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The rule as it is published and never changes: with the hash of the lot's seed, where a lot may have to decide.</summary>
    private static JsonObject Published(JsonObject rule, string? seed)
    {
        var published = rule.DeepClone().AsObject();
        published.Remove("lotHash"); // nobody brings one along
        if (seed is not null)
        {
            published["lotHash"] = Lot.Commit(seed);
        }

        return published;
    }

    /// <summary>Candidates come as resident ids: their names go on the paper.</summary>
    private static async Task<IReadOnlyList<BallotOption>> NamedAsync(
        NpgsqlConnection connection, CommunityId community, IReadOnlyList<BallotOption> options, CancellationToken cancellationToken)
    {
        var nameless = options.Where(o => o.Text == o.Id && Guid.TryParse(o.Id, out _)).Select(o => Guid.Parse(o.Id)).ToArray();
        if (nameless.Length == 0)
        {
            return options;
        }

        var names = (await connection.QueryAsync<(Guid Id, string Name)>(new CommandDefinition(
            "select resident_id, full_name from resident where community_id = @community and resident_id = any(@nameless)",
            new { community, nameless },
            cancellationToken: cancellationToken))).ToDictionary(row => row.Id.ToString(), row => row.Name);
        return [.. options.Select(o => o with { Text = names.GetValueOrDefault(o.Id, o.Text) })];
    }
}

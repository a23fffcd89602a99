using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Covenants;
using Deliberation.Features.Evaluations;
using Deliberation.Features.Foundation;
using Deliberation.Features.Meetings;
using Deliberation.Features.Outcomes;
using Deliberation.Features.Payments;
using Deliberation.Features.Pledges;
using Deliberation.Features.Tasks;
using Deliberation.Features.Visits;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Deliberation.Features.Seeding;

/// <summary>Staff and residents of the demo: each does what a project asks of them, by the same use cases as everybody.</summary>
internal sealed class StoryPeople(NpgsqlDataSource dataSource, IServiceScopeFactory scopes, StoryPhrases phrases)
{
    private readonly HashSet<Guid> _finished = [];

    public async Task<Result<T>> SendAsync<T>(IRequest<Result<T>> request, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<IMediator>().Send(request, cancellationToken);
    }

    public async Task<bool> IsReachedAsync(PlayedProject played, CancellationToken cancellationToken) => played.Story.Until switch
    {
        "Closed" => await ScalarAsync<bool>("select state = 'Closed' from project where community_id = @community and project_id = @project", played, cancellationToken),
        "InBuild" => await ScalarAsync<bool>("select state in ('InBuild', 'Closed') from project where community_id = @community and project_id = @project", played, cancellationToken),
        "Launched" => await ScalarAsync<bool>("select exists (select from work_task where community_id = @community and project_id = @project)", played, cancellationToken),
        "Visits" => await ScalarAsync<long>(
            "select count(*) from visit_entry e join visit_round r using (community_id, visit_round_id) where r.community_id = @community and r.project_id = @project", played, cancellationToken) >= 8,
        _ => await ScalarAsync<bool>(
            "select exists (select from ballot where community_id = @community and project_id = @project and state = 'Open' and opens_at <= council_now() and ballot_id = any (@finished))", played, cancellationToken),
    };

    /// <summary>The last chapter's ballot is a few days off: its candidates are being published.</summary>
    public async Task<bool> IsAlmostThereAsync(PlayedProject played, CancellationToken cancellationToken) => played.Story.Until == "Ballot" && await ScalarAsync<bool>(
        "select exists (select from notice where community_id = @community and project_id = @project and kind = 'Nominees')", played, cancellationToken);

    /// <summary>Does one round of what the project asks for now.</summary>
    /// <returns>False when nobody could do anything.</returns>
    public async Task<bool> ActAsync(PlayedProject played, CancellationToken cancellationToken)
    {
        var acted = await DoTasksAsync(played, cancellationToken);
        acted |= await VisitAsync(played, cancellationToken);
        acted |= await MeetAsync(played, cancellationToken);
        acted |= await VoteAsync(played, cancellationToken);
        acted |= await DeclareAsync(played, cancellationToken);
        acted |= await PledgeAsync(played, cancellationToken);
        acted |= await KeepPledgesAsync(played, cancellationToken);
        acted |= await PayAsync(played, cancellationToken);
        acted |= await WriteCovenantAsync(played, cancellationToken);
        acted |= await EvaluateAsync(played, cancellationToken);
        return acted;
    }

    /// <summary>Those who act for a post now; the first is the one who is told.</summary>
    public async Task<IReadOnlyList<Caller>> HoldersAsync(CommunityId community, string post, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var ids = await connection.RowsAsync<Guid>(
            "select staff_id from acting_holder(@community, council_now()) where post_code = @post order by held_from, staff_id", new { community, post }, cancellationToken);
        return [.. ids.Select(id => new Caller(CallerKind.Staff, null, null, new StaffId(id), new HashSet<CommunityId> { community }))];
    }

    /// <summary>Residents who act for their households, in the order of doors.</summary>
    public async Task<IReadOnlyList<Caller>> DelegatesAsync(CommunityId community, int count, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var rows = await connection.RowsAsync<VoterRow>(
            "select '' as unit_key, delegate_id as resident_id, household_id from household where community_id = @community and delegate_id is not null order by building, door limit @count",
            new { community, count }, cancellationToken);
        return [.. rows.Select(row => new Caller(
            CallerKind.Resident, new ResidentId(row.ResidentId), new HouseholdId(row.HouseholdId!.Value), null, new HashSet<CommunityId> { community }))];
    }

    private async Task<bool> DoTasksAsync(PlayedProject played, CancellationToken cancellationToken)
    {
        var acted = false;
        foreach (var task in await RowsAsync<TaskRow>(
            "select task_id, post_code, outcomes, form::text as form from work_task where community_id = @community and project_id = @project and state = 'Open' order by created_at",
            played, cancellationToken))
        {
            var holders = await HoldersAsync(played.Community, task.PostCode, cancellationToken);
            if (holders.Count == 0)
            {
                continue; // vacant: it climbs
            }

            var data = new JsonObject();
            foreach (var field in (JsonNode.Parse(task.Form)!["fields"] as JsonArray ?? []).OfType<JsonObject>())
            {
                data[field["name"]!.ToString()] = await AnswerAsync(played, field, cancellationToken);
            }

            acted |= await SendAsync(new CompleteTask(holders[0], played.Community, new TaskId(task.TaskId), task.Outcomes[0], data), cancellationToken)
                is Result<Done>.Accepted;
        }

        return acted;
    }

    private async Task<JsonNode?> AnswerAsync(PlayedProject played, JsonObject field, CancellationToken cancellationToken)
    {
        var items = field["items"] as JsonArray ?? [];
        return field["type"]?.ToString() switch
        {
            "number" => JsonValue.Create(3),
            "money" => JsonValue.Create(1_200_000L),
            "date" => JsonValue.Create(WorkingCalendar.China.DayOf(await NowAsync(cancellationToken)).AddDays(60).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            "checklist" => items.DeepClone(),
            "options" when items.Count > 0 => items[0] is JsonObject first ? first["id"]?.DeepClone() : items[0]?.DeepClone(),
            "options" => new JsonArray([.. phrases.Clauses.Take(2).Select((text, i) => new JsonObject { ["id"] = $"o{i + 1}", ["text"] = text })]),
            "residents" when items.Count > 0 => items.DeepClone(),
            "residents" => new JsonArray([.. (await RowsAsync<Guid>(
                "select delegate_id from household where community_id = @community and household_id is distinct from @keeps and delegate_id is not null order by household_id limit 8",
                played, cancellationToken)).Select(id => (JsonNode?)JsonValue.Create(id.ToString()))]),
            "text" or "longtext" when phrases.Fields.TryGetValue(field["name"]!.ToString(), out var own) => JsonValue.Create(own),
            "longtext" => JsonValue.Create(phrases.Longtext),
            _ => JsonValue.Create(phrases.Text),
        };
    }

    private async Task<bool> VisitAsync(PlayedProject played, CancellationToken cancellationToken)
    {
        var acted = false;
        foreach (var door in await RowsAsync<DoorRow>(
            """
            select r.visit_round_id, h.household_id
            from visit_round r join household h using (community_id)
            where r.community_id = @community and r.project_id = @project and r.state = 'Open' and h.moved_out_at is null
              and not exists (select from visit_entry e where e.community_id = r.community_id and e.visit_round_id = r.visit_round_id and e.household_id = h.household_id)
            order by h.household_id limit 8
            """,
            played, cancellationToken))
        {
            var staff = (await HoldersAsync(played.Community, "GroupLeader", cancellationToken))[0];
            acted |= await SendAsync(new LogVisit(staff, played.Community, door.VisitRoundId, new HouseholdId(door.HouseholdId), "Met", phrases.Wish), cancellationToken)
                is Result<int>.Accepted;
        }

        return acted;
    }

    private async Task<bool> MeetAsync(PlayedProject played, CancellationToken cancellationToken)
    {
        var acted = false;
        foreach (var meeting in await RowsAsync<MeetingRow>(
            """
            select meeting_id, meets_at, expected_count, meets_at <= council_now() as has_begun
            from meeting where community_id = @community and project_id = @project and state = 'Called'
            """,
            played, cancellationToken))
        {
            var staff = (await HoldersAsync(played.Community, "Facilitator", cancellationToken))[0];
            if (meeting.ExpectedCount is null)
            {
                foreach (var item in phrases.Agenda)
                {
                    await SendAsync(new AddAgendaItem(staff, played.Community, meeting.MeetingId, item, phrases.Speaker), cancellationToken);
                }

                acted |= await SendAsync(new UpdateMeeting(staff, played.Community, meeting.MeetingId, phrases.Place, meeting.MeetsAt, 20), cancellationToken) is Result<Done>.Accepted;
            }
            else if (meeting.HasBegun)
            {
                acted |= await HoldAsync(played, meeting, staff, cancellationToken);
            }
        }

        return acted;
    }

    private async Task<bool> HoldAsync(PlayedProject played, MeetingRow meeting, Caller staff, CancellationToken cancellationToken)
    {
        foreach (var household in await RowsAsync<Guid>(
            "select household_id from household where community_id = @community and moved_out_at is null order by household_id limit 17", played, cancellationToken))
        {
            await SendAsync(new SignIn(staff, played.Community, meeting.MeetingId, new HouseholdId(household), null), cancellationToken);
        }

        if (await SendAsync(new WriteMinutes(staff, played.Community, meeting.MeetingId, phrases.Minutes, 0), cancellationToken) is Result<int>.Accepted { Value: var version })
        {
            var second = (await HoldersAsync(played.Community, "Subdistrict", cancellationToken))[0];
            await SendAsync(new ApproveMinutes(second, played.Community, meeting.MeetingId, version), cancellationToken);
        }

        return await SendAsync(new ConcludeMeeting(staff, played.Community, meeting.MeetingId, "Held", [], 1, null), cancellationToken) is Result<Done>.Accepted;
    }

    /// <summary>Four of five units vote, most in favour; in the last chapter's ballot two of five have so far, and the visitor's own household has not.</summary>
    private async Task<bool> VoteAsync(PlayedProject played, CancellationToken cancellationToken)
    {
        foreach (var ballot in await RowsAsync<BallotRow>(
            """
            select ballot_id, max_choices, array(select jsonb_array_elements(options) ->> 'id') as options
            from ballot where community_id = @community and project_id = @project and state = 'Open' and opens_at <= council_now() and not ballot_id = any (@finished)
            """,
            played, cancellationToken))
        {
            var units = await RowsAsync<VoterRow>(
                """
                select distinct on (p.unit_key) p.unit_key, p.resident_id, r.household_id
                from roll_entry_person p join resident r using (community_id, resident_id)
                where p.community_id = @community and p.ballot_id = @subject and r.household_id is distinct from @keeps
                order by p.unit_key, p.resident_id
                """,
                played, cancellationToken, ballot.BallotId);
            var random = new SeedRandom(units.Count, $"votes/{played.Story.Key}/{ballot.MaxChoices}");
            var turnout = played.Story.Until == "Ballot" ? 40 : 85;
            foreach (var batch in units.Where(_ => random.Percent(turnout)).Select(unit => Cast(played, ballot, unit, random)).Chunk(24))
            {
                await Task.WhenAll(batch.Select(cast => SendAsync(cast, cancellationToken)));
            }

            _finished.Add(ballot.BallotId);
            return true;
        }

        return false;
    }

    /// <summary>Whoever confirms results does so when a ballot has been counted.</summary>
    private async Task<bool> DeclareAsync(PlayedProject played, CancellationToken cancellationToken)
    {
        var acted = false;
        foreach (var ballot in await RowsAsync<Guid>(
            "select ballot_id from ballot where community_id = @community and project_id = @project and state = 'Closed'", played, cancellationToken))
        {
            var isDeclared = false;
            foreach (var post in new[] { Declaring.Post, Declaring.PostInstead })
            {
                foreach (var holder in await HoldersAsync(played.Community, post, cancellationToken)) // whoever set it up is refused
                {
                    isDeclared = isDeclared || await SendAsync(new DeclareBallot(holder, played.Community, new BallotId(ballot)), cancellationToken) is Result<Done>.Accepted;
                }
            }

            acted |= isDeclared;
        }

        return acted;
    }

    private static CastVote Cast(PlayedProject played, BallotRow ballot, VoterRow unit, SeedRandom random)
    {
        var resident = new Caller(
            CallerKind.Resident, new ResidentId(unit.ResidentId), unit.HouseholdId is { } household ? new HouseholdId(household) : null, null,
            new HashSet<CommunityId> { played.Community });
        string[] choices = ballot.Options.Length == 0
            ? [(random.Next(100) switch { < 86 => Choice.For, < 94 => Choice.Against, _ => Choice.Abstain }).ToString()]
            // The first candidates are the better known ones: who stands further down is marked less often, so that all seats are filled.
            : [.. ballot.Options.Where((_, place) => place < ballot.MaxChoices ? random.Percent(90) : random.Percent(8)).Take(ballot.MaxChoices).DefaultIfEmpty(ballot.Options[0])];
        return new CastVote(resident, played.Community, new BallotId(ballot.BallotId), choices, Guid.NewGuid().ToString(), unit.UnitKey);
    }

    private async Task<bool> PledgeAsync(PlayedProject played, CancellationToken cancellationToken)
    {
        foreach (var need in await RowsAsync<NeedRow>(
            """
            select b.board_id, n.need_id, n.quantity
            from pledge_board b join pledge_need n using (community_id, board_id)
            where b.community_id = @community and b.project_id = @project and b.state = 'Open' and b.opens_at <= council_now() and not b.board_id = any (@finished)
            """,
            played, cancellationToken))
        {
            var people = await ResidentsAsync(played, 3, cancellationToken);
            var day = WorkingCalendar.China.DayOf(await NowAsync(cancellationToken)).AddDays(20);
            foreach (var resident in people)
            {
                await SendAsync(
                    new MakePledge(resident, played.Community, need.BoardId, need.NeedId, Share(need.Quantity, people.Count, played), phrases.Pledge, day, true), cancellationToken);
            }

            _finished.Add(need.BoardId);
        }

        return false; // the board goes on until its window ends
    }

    /// <summary>Everything in the end; of a board that the visitor still finds open, two thirds.</summary>
    private static long Share(long quantity, int people, PlayedProject played) =>
        Math.Max(1, played.Story.Until == "InBuild" ? quantity * 2 / 3 / people : (quantity + people - 1) / people);

    /// <summary>Whoever has promised keeps it once the board is closed.</summary>
    private async Task<bool> KeepPledgesAsync(PlayedProject played, CancellationToken cancellationToken)
    {
        var acted = false;
        foreach (var pledge in await RowsAsync<Guid>(
            """
            select p.pledge_id from pledge p join pledge_board b using (community_id, board_id)
            where b.community_id = @community and b.project_id = @project and b.state = 'Closed' and p.state = 'Promised'
            """,
            played, cancellationToken))
        {
            var staff = (await HoldersAsync(played.Community, "Community", cancellationToken))[0];
            acted |= await SendAsync(new KeepPledge(staff, played.Community, pledge, phrases.Reason), cancellationToken) is Result<Done>.Accepted;
        }

        return acted;
    }

    /// <summary>The treasurer pays for each checkpoint once it is signed; with the last payment the accounts also say what came in.</summary>
    private async Task<bool> PayAsync(PlayedProject played, CancellationToken cancellationToken)
    {
        var due = await RowsAsync<string>(
            """
            select c.checkpoint_code from checkpoint c
            where c.community_id = @community and c.project_id = @project and c.state = 'Passed'
              and not exists (select from payment p where p.community_id = c.community_id and p.project_id = c.project_id and p.checkpoint_code = c.checkpoint_code)
            """,
            played, cancellationToken);
        var acted = false;
        foreach (var (place, payment) in phrases.Budget.Payments.Index().Where(line => due.Contains(line.Item.Checkpoint)))
        {
            var staff = (await HoldersAsync(played.Community, "Treasurer", cancellationToken))[0];
            PlanPayment plan = new(staff, played.Community, played.Project, place + 1, payment.Title, phrases.Fields["payee"], payment.AmountFen, payment.Checkpoint);
            acted |= await SendAsync(plan, cancellationToken) is Result<Done>.Accepted
                && await SendAsync(new RecordPayment(staff, played.Community, played.Project, plan.Number, payment.Voucher), cancellationToken) is Result<Done>.Accepted;
            if (place == phrases.Budget.Payments.Count - 1)
            {
                await SendAsync(new EditOutcome(staff, played.Community, played.Project, "", "", "", phrases.Budget.MoneyInFen, 0, null, null), cancellationToken);
            }
        }

        return acted;
    }

    private async Task<bool> WriteCovenantAsync(PlayedProject played, CancellationToken cancellationToken)
    {
        foreach (var covenant in await RowsAsync<Guid>(
            "select covenant_id from covenant where community_id = @community and project_id = @project and state = 'Draft' and not covenant_id = any (@finished)", played, cancellationToken))
        {
            var staff = (await HoldersAsync(played.Community, "Community", cancellationToken))[0];
            foreach (var clause in phrases.Clauses)
            {
                await SendAsync(new EditClause(staff, played.Community, covenant, null, clause, 0, phrases.Reason), cancellationToken);
            }

            _finished.Add(covenant);
            return true;
        }

        return false;
    }

    private async Task<bool> EvaluateAsync(PlayedProject played, CancellationToken cancellationToken)
    {
        foreach (var evaluation in await RowsAsync<EvaluationRow>(
            "select evaluation_id, cardinality(questions) as questions from evaluation where community_id = @community and project_id = @project and state = 'Open' and opens_at <= council_now() and not evaluation_id = any (@finished)",
            played, cancellationToken))
        {
            var random = new SeedRandom(evaluation.Questions, $"points/{played.Story.Key}");
            foreach (var resident in await ResidentsAsync(played, 60, cancellationToken))
            {
                int[] points = [.. Enumerable.Range(0, evaluation.Questions).Select(_ => random.Next(100) switch { < 45 => 5, < 92 => 4, < 97 => 3, _ => 2 })];
                await SendAsync(new AnswerEvaluation(resident, played.Community, evaluation.EvaluationId, points, ""), cancellationToken);
            }

            _finished.Add(evaluation.EvaluationId);
            return true;
        }

        return false;
    }

    /// <summary>One adult of as many households.</summary>
    private async Task<IReadOnlyList<Caller>> ResidentsAsync(PlayedProject played, int count, CancellationToken cancellationToken)
    {
        var rows = await RowsAsync<VoterRow>(
            "select '' as unit_key, delegate_id as resident_id, household_id from household where community_id = @community and household_id is distinct from @keeps and delegate_id is not null order by household_id limit 100",
            played, cancellationToken);
        return [.. rows.Take(count).Select(row => new Caller(
            CallerKind.Resident, new ResidentId(row.ResidentId), new HouseholdId(row.HouseholdId!.Value), null, new HashSet<CommunityId> { played.Community }))];
    }

    private async Task<DateTimeOffset> NowAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await connection.CouncilNowAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<T>> RowsAsync<T>(string sql, PlayedProject played, CancellationToken cancellationToken, Guid? subject = null)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await connection.RowsAsync<T>(sql, Values(played, subject), cancellationToken);
    }

    private async Task<T> ScalarAsync<T>(string sql, PlayedProject played, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return await connection.ScalarAsync<T>(sql, Values(played, null), cancellationToken);
    }

    private object Values(PlayedProject played, Guid? subject) =>
        new { played.Community, played.Project, keeps = played.Keeps?.Value, finished = _finished.ToArray(), subject };

    private sealed record TaskRow(Guid TaskId, string PostCode, string[] Outcomes, string Form);

    private sealed record DoorRow(Guid VisitRoundId, Guid HouseholdId);

    private sealed record MeetingRow(Guid MeetingId, DateTimeOffset MeetsAt, int? ExpectedCount, bool HasBegun);

    private sealed record BallotRow(Guid BallotId, int MaxChoices, string[] Options);

    private sealed record VoterRow(string UnitKey, Guid ResidentId, Guid? HouseholdId);

    private sealed record NeedRow(Guid BoardId, string NeedId, long Quantity);

    private sealed record EvaluationRow(Guid EvaluationId, int Questions);
}

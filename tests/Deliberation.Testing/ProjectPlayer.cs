using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Covenants;
using Deliberation.Features.Evaluations;
using Deliberation.Features.Foundation;
using Deliberation.Features.Meetings;
using Deliberation.Features.Pledges;
using Deliberation.Features.Projects;
using Deliberation.Features.Tasks;
using Deliberation.Features.Visits;
using MediatR;

namespace Deliberation.Testing;

/// <summary>Plays everybody in a project: does what is open, then lets council time run to the next timer. A test takes over what it is about.</summary>
/// <param name="community">The community whose people are played.</param>
public sealed class ProjectPlayer(TestApp app, CommunityId community)
{
    private readonly HashSet<Guid> _seen = [];

    /// <summary>Outcome of a task, by its row; null = the first, good one.</summary>
    public Func<OpenTask, string?> Decide { get; set; } = _ => null;

    /// <summary>What a task's form gets beyond what it requires, by field name.</summary>
    public Func<OpenTask, string, JsonNode?> Fill { get; set; } = (_, _) => null;

    /// <summary>Casts the votes of a ballot that has just opened.</summary>
    public Func<BallotLine, Task> Vote { get; set; } = _ => Task.CompletedTask;

    /// <summary>Points that a round's minutes leave open.</summary>
    public Func<int, string[]> OpenPoints { get; set; } = _ => [];

    /// <summary>Points of the household's answers to an evaluation; as many households answer as there are rows.</summary>
    public Func<int, IReadOnlyList<int>> Points { get; set; } = _ => [];

    /// <summary>Called for each task done and each thing that happened, for a readable story when a test fails.</summary>
    public List<string> Story { get; } = [];

    /// <summary>An open task as the player sees it.</summary>
    public sealed record OpenTask(Guid TaskId, Guid ProjectId, string Kind, string Title, string PostCode, string[] Outcomes, string Form, int Round);

    /// <summary>Plays until the condition holds.</summary>
    /// <exception cref="InvalidOperationException">Nothing is left to do or to wait for, or it took more than <paramref name="limit"/> turns.</exception>
    public async Task PlayUntilAsync(Func<Task<bool>> isDone, int limit = 600)
    {
        for (var turn = 0; turn < limit; turn++)
        {
            await app.DrainAsync();
            if (await isDone())
            {
                return;
            }

            if (await ActAsync())
            {
                continue;
            }

            var due = await NextAsync() ?? throw new InvalidOperationException($"Nothing waits any more.\n{Tell()}\n{await WaitsAsync()}");
            await app.AdvanceToAsync(due);
        }

        throw new InvalidOperationException($"Still not there after {limit} turns.\n{Tell()}");
    }

    /// <summary>Waits until a project has a state, for example <c>Closed</c>.</summary>
    public Task PlayToStateAsync(ProjectId project, string state) => PlayUntilAsync(async () =>
        await OneAsync<string>("select state from project where community_id = @community and project_id = @project", new { project = project.Value }) == state);

    /// <summary>The caller that acts for a post now.</summary>
    public async Task<Caller> HolderAsync(string post)
    {
        await using var connection = await app.Database.DataSource.OpenConnectionAsync();
        var login = await connection.QueryFirstOrDefaultAsync<string>(
            "select s.login from acting_holder(@community, council_now()) a join staff s using (staff_id) where a.post_code = @post limit 1",
            new { community = community.Value, post }) ?? throw new InvalidOperationException($"Post {post} is vacant.\n{Tell()}");
        return await app.StaffAsync(login);
    }

    /// <summary>A resident as caller, with the household.</summary>
    public Caller Resident(Guid resident, Guid? household) => new(
        CallerKind.Resident, new ResidentId(resident), household is { } h ? new HouseholdId(h) : null, null, new HashSet<CommunityId> { community });

    /// <summary>Rows of the community; <c>@community</c> is filled in.</summary>
    public async Task<IReadOnlyList<T>> RowsAsync<T>(string sql, object? values = null)
    {
        await using var connection = await app.Database.DataSource.OpenConnectionAsync();
        var parameters = new DynamicParameters(values);
        parameters.Add("community", community.Value);
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task<T?> OneAsync<T>(string sql, object? values = null) => await RowsAsync<T>(sql, values) is [var first, ..] ? first : default;

    /// <summary>The next timer or meeting, whichever comes first.</summary>
    private async Task<DateTimeOffset?> NextAsync()
    {
        var meeting = await OneAsync<DateTimeOffset?>("select min(meets_at) from meeting where community_id = @community and state = 'Called'");
        var timer = await app.NextTimerAsync();
        return meeting is null || timer < meeting ? timer : meeting;
    }

    /// <summary>What the workflows wait for.</summary>
    public async Task<string> WaitsAsync() => string.Join('\n', await RowsAsync<string>(
        """
        select format('%s %s/%s: %s', i.definition_id, i.status, i.sub_status, (
            select string_agg(b.activity_id || '.' || b.name || coalesce(':' || b.key, ''), ', ') from workflow_bookmark b
            where b.community_id = i.community_id and b.instance_id = i.instance_id))
        from workflow_instance i where i.community_id = @community
        union all select format('inbox %s %s %s', e.name, e.visit_id, e.instance_id) from workflow_inbox e where e.community_id = @community
        """));

    public string Tell() => string.Join('\n', Story);

    /// <returns>True when something was done: events may follow from it.</returns>
    private async Task<bool> ActAsync() =>
        await DoTaskAsync() || await VisitAsync() || await MeetAsync() || await VoteAsync() || await PledgeAsync() || await AdoptAsync() || await EvaluateAsync();

    private async Task<bool> DoTaskAsync()
    {
        var tasks = await RowsAsync<OpenTask>(
            """
            select task_id, project_id, kind, title, post_code, outcomes, form::text as form, round
            from work_task where community_id = @community and state = 'Open' and kind <> 'Covenant' -- ends with the adoption on its page
            order by created_at, task_id
            """);
        foreach (var task in tasks)
        {
            if (await BlockingPledgesAsync(task))
            {
                return true;
            }

            var outcome = Decide(task) ?? task.Outcomes[0];
            if (outcome == "wait")
            {
                continue;
            }

            var data = new JsonObject();
            foreach (var field in (JsonNode.Parse(task.Form)!["fields"] as JsonArray ?? []).OfType<JsonObject>())
            {
                var name = field["name"]!.ToString();
                var value = Fill(task, name) ?? await SampleAsync(field);
                if (value is not null)
                {
                    data[name] = value;
                }
            }

            Granted(await app.SendAsync(new CompleteTask(await HolderAsync(task.PostCode), community, new TaskId(task.TaskId), outcome, data)), task.Title);
            Story.Add($"{await NowAsync():yyyy-MM-dd HH:mm} task {task.Kind} '{task.Title}' by {task.PostCode}: {outcome}");
            return true;
        }

        return false;
    }

    /// <summary>Accounts close only when every promise is kept, waived or unkept.</summary>
    private async Task<bool> BlockingPledgesAsync(OpenTask task)
    {
        if (task.Kind == "Task" && await OneAsync<Guid?>(
            "select pledge_id from pledge p join pledge_board b using (community_id, board_id) where community_id = @community and p.state = 'Promised' and b.state = 'Closed' and b.project_id = @project",
            new { project = task.ProjectId }) is { } pledge)
        {
            Granted(await app.SendAsync(new KeepPledge(await HolderAsync("Community"), community, pledge, "R-1")), "keep pledge");
            return true;
        }

        return false;
    }

    private async Task<JsonNode?> SampleAsync(JsonObject field)
    {
        var items = field["items"] as JsonArray ?? [];
        switch (field["type"]!.ToString())
        {
            case "number": return 3;
            case "money": return 100_000;
            case "date": return (await NowAsync()).AddDays(90).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
            case "checklist": return new JsonArray([.. items.Select(i => (JsonNode)((i as JsonObject)?["value"] ?? (i as JsonObject)?["name"] ?? i)!.ToString())]);
            case "residents":
                var ids = await RowsAsync<Guid>("select resident_id from resident where community_id = @community and birth_year between 1950 and 2000 order by resident_id limit 8");
                return new JsonArray([.. ids.Select(id => (JsonNode)id.ToString())]);
            case "options":
                return new JsonArray(new JsonObject { ["id"] = "lamps", ["text"] = "Lamps", ["costFen"] = 500_000 }, new JsonObject { ["id"] = "ramp", ["text"] = "Ramp", ["costFen"] = 300_000 });
            default: return "ok";
        }
    }

    private async Task<bool> VisitAsync()
    {
        var round = await OneAsync<(Guid Id, int Percent)?>("select visit_round_id, coverage_percent from visit_round where community_id = @community and state = 'Open'");
        if (round is not { } open || !_seen.Add(open.Id))
        {
            return false;
        }

        var walker = await HolderAsync("GroupLeader");
        var households = await RowsAsync<Guid>("select household_id from household where community_id = @community and moved_out_at is null order by household_id");
        foreach (var household in households.Take(((households.Count * open.Percent) + 99) / 100))
        {
            var answer = await app.SendAsync(new LogVisit(walker, community, open.Id, new HouseholdId(household), "Met", "lamps"));
            if (answer is Result<int>.Refused { Reason.Code: var code })
            {
                throw new InvalidOperationException($"visit: {code}\n{Tell()}");
            }
        }

        Story.Add($"{await NowAsync():yyyy-MM-dd HH:mm} visits done");
        return true;
    }

    private async Task<bool> MeetAsync()
    {
        var meeting = await OneAsync<(Guid Id, int Round, DateTimeOffset MeetsAt)?>(
            "select meeting_id, round, meets_at from meeting where community_id = @community and state = 'Called' and meets_at <= council_now() order by meets_at limit 1");
        if (meeting is not { } held)
        {
            return false;
        }

        var desk = await HolderAsync("Community");
        var second = await HolderAsync("Facilitator");
        Granted(await app.SendAsync(new UpdateMeeting(desk, community, held.Id, "Hall", held.MeetsAt, 20)), "update meeting");
        foreach (var household in await RowsAsync<Guid>("select household_id from household where community_id = @community and moved_out_at is null order by household_id limit 15"))
        {
            await app.SendAsync(new SignIn(desk, community, held.Id, new HouseholdId(household), null));
        }

        var written = await app.SendAsync(new WriteMinutes(desk, community, held.Id, "Minutes", await OneAsync<int>("select minutes_version from meeting where community_id = @community and meeting_id = @id", new { held.Id })));
        Granted(await app.SendAsync(new ApproveMinutes(second, community, held.Id, written.Require())), "approve minutes");
        Granted(await app.SendAsync(new ConcludeMeeting(desk, community, held.Id, "Held", OpenPoints(held.Round), 1, null)), "conclude meeting");
        Story.Add($"{await NowAsync():yyyy-MM-dd HH:mm} meeting round {held.Round} held");
        return true;
    }

    private async Task<bool> VoteAsync()
    {
        var ballots = (await app.SendAsync(new ListBallots(await HolderAsync("Community"), community, null))).Require();
        var now = await NowAsync();
        var open = ballots.FirstOrDefault(b => b.State == BallotState.Open && b.OpensAt <= now && now < b.ClosesAt && !_seen.Contains(b.Id.Value));
        if (open is null)
        {
            return false;
        }

        _seen.Add(open.Id.Value);
        Story.Add($"{now:yyyy-MM-dd HH:mm} ballot '{open.Question}' open until {open.ClosesAt:yyyy-MM-dd HH:mm}");
        await Vote(open);
        return true;
    }

    private async Task<bool> PledgeAsync()
    {
        var board = await OneAsync<Guid?>("select board_id from pledge_board where community_id = @community and state = 'Open' and opens_at <= council_now()");
        if (board is not { } id || !_seen.Add(id))
        {
            return false;
        }

        var due = DateOnly.FromDateTime((await NowAsync()).UtcDateTime.AddDays(40));
        var people = await RowsAsync<(Guid Resident, Guid Household)>("select resident_id, household_id from resident where community_id = @community and household_id is not null order by resident_id limit 20");
        var needs = await RowsAsync<(string Id, long Quantity)>("select need_id, quantity from pledge_need where community_id = @community and board_id = @id order by position", new { id });
        foreach (var (need, person) in needs.Zip(people))
        {
            var answer = await app.SendAsync(new MakePledge(Resident(person.Resident, person.Household), community, id, need.Id, need.Quantity, "", due, false));
            if (answer is Result<Guid>.Refused { Reason.Code: var code })
            {
                throw new InvalidOperationException($"pledge: {code}\n{Tell()}");
            }
        }

        Story.Add($"{await NowAsync():yyyy-MM-dd HH:mm} {needs.Count} pledges made");
        return true;
    }

    private async Task<bool> AdoptAsync()
    {
        var draft = await OneAsync<(Guid Id, bool CommentsEnded)?>(
            "select covenant_id, comments_until <= council_now() from covenant where community_id = @community and state = 'Draft'");
        if (draft is not { } covenant)
        {
            return false;
        }

        var chair = await HolderAsync("CommitteeChair");
        if (_seen.Add(covenant.Id))
        {
            foreach (var text in new[] { "Cars stand between the lines.", "Nothing is thrown from windows." })
            {
                await app.SendAsync(new EditClause(chair, community, covenant.Id, null, text, 0, ""));
            }

            return true;
        }

        if (!covenant.CommentsEnded)
        {
            return false;
        }

        var adopted = await app.SendAsync(new AdoptCovenant(chair, community, covenant.Id));
        if (adopted is Result<int>.Refused { Reason.Code: var code })
        {
            throw new InvalidOperationException($"covenant: {code}\n{Tell()}");
        }

        Story.Add($"{await NowAsync():yyyy-MM-dd HH:mm} covenant adopted");
        return true;
    }

    private async Task<bool> EvaluateAsync()
    {
        var evaluation = await OneAsync<(Guid Id, int Round, int Questions)?>(
            "select evaluation_id, round, cardinality(questions) from evaluation where community_id = @community and state = 'Open' and opens_at <= council_now()");
        if (evaluation is not { } open || !_seen.Add(open.Id))
        {
            return false;
        }

        var households = await RowsAsync<(Guid Household, Guid Resident)>(
            "select h.household_id, min(r.resident_id::text)::uuid from household h join resident r using (community_id, household_id) where community_id = @community and h.moved_out_at is null group by 1 order by 1");
        var points = Points(open.Round);
        foreach (var (home, point) in households.Zip(points))
        {
            Granted(await app.SendAsync(new AnswerEvaluation(Resident(home.Resident, home.Household), community, open.Id, [.. Enumerable.Repeat(point, open.Questions)], "")), "answer");
        }

        Story.Add($"{await NowAsync():yyyy-MM-dd HH:mm} {points.Count} answers to evaluation round {open.Round}");
        return true;
    }

    private Task<DateTimeOffset> NowAsync() => app.Database.CouncilNowAsync();

    private void Granted(Result<Done> answer, string what)
    {
        if (answer is Result<Done>.Refused { Reason: var reason })
        {
            throw new InvalidOperationException($"{what}: {reason.Code} {reason.Field} {string.Join(' ', reason.Values ?? new Dictionary<string, object?>())}\n{Tell()}");
        }
    }
}

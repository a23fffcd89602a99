using System.Globalization;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Deliberation.Domain;

namespace Deliberation.Testing;

/// <summary>What each person does when it is their turn: task, visit, meeting, vote, pledge, covenant, evaluation.</summary>
public sealed partial class ProjectPlayer
{
    /// <returns>True when something was done: events may follow from it.</returns>
    private async Task<bool> ActAsync() =>
        await DoTaskAsync() || await VisitAsync() || await MeetAsync() || await VoteAsync() || await PledgeAsync() || await AdoptAsync() || await EvaluateAsync();

    private async Task<bool> DoTaskAsync()
    {
        var task = await OneAsync<OpenTask>(
            """
            select task_id, project_id, kind, title, post_code, outcomes, form::text as form, round
            from work_task where community_id = @community and state = 'Open' and kind not in ('Covenant', 'PaperCount') -- the one ends with the adoption, the other with the signatures on its page
            order by created_at, task_id
            """);
        if (task is null)
        {
            return false;
        }

        if (await SettlePledgeAsync(task))
        {
            return true;
        }

        var address = $"/staff/tasks/{task.TaskId}";
        var holder = await People.HolderAsync(task.PostCode);
        var form = (await ReadAsync(await holder.GetAsync(address), task.Title)).Form("Complete");
        TaskFilling.FillIn(form, task.Form, await NowAsync(), name => Fill(task, name), await NomineesAsync());
        var outcome = Decide(task) ?? task.Outcomes[0];
        await ReadAsync(await holder.SubmitAsync(form, form.Button(outcome)), task.Title);
        await NoteAsync($"task {task.Kind} '{task.Title}' by {task.PostCode}: {outcome}");
        return true;
    }

    /// <summary>Accounts close only when every promise is kept, waived or unkept.</summary>
    private async Task<bool> SettlePledgeAsync(OpenTask task)
    {
        if (task.Kind != "Task" || await OneAsync<Guid?>(
            "select pledge_id from pledge p join pledge_board b using (community_id, board_id) where community_id = @community and p.state = 'Promised' and b.state = 'Closed' and b.project_id = @project order by 1",
            new { project = task.ProjectId }) is not { } pledge)
        {
            return false;
        }

        var desk = await People.HolderAsync("Community");
        var form = (await ReadAsync(await desk.GetAsync($"/staff/pledges/{task.ProjectId}"), "pledges")).Form(null, ("Pledge", $"{pledge}")).Fill("Note", "R-1");
        await ReadAsync(await desk.SubmitAsync(form, form.Button("Keep")), "keep a pledge");
        return true;
    }

    private async Task<string> NomineesAsync() => string.Join('\n', await RowsAsync<string>(
        """
        select h.door || ' ' || r.full_name from resident r join household h using (community_id, household_id)
        where community_id = @community and r.birth_year between 1950 and 2000 order by r.resident_id limit 8
        """));

    private async Task<bool> VisitAsync()
    {
        var round = await OneAsync<(Guid Id, Guid Project, int Percent, int Households)?>(
            "select visit_round_id, project_id, coverage_percent, household_count from visit_round where community_id = @community and state = 'Open'");
        if (round is not { } open)
        {
            return false;
        }

        var doors = await RowsAsync<(Guid Household, string Building, bool IsMet)>(
            """
            select h.household_id, h.building, exists (
                select from visit_entry v where v.community_id = h.community_id and v.visit_round_id = @id and v.household_id = h.household_id)
            from household h where h.community_id = @community and h.moved_out_at is null order by h.building, h.door
            """,
            new { open.Id });
        var needed = ((open.Households * open.Percent) + 99) / 100;
        var walker = await People.HolderAsync("GroupLeader");
        IHtmlDocument? page = null;
        var shown = "";
        foreach (var door in doors.Where(door => !door.IsMet).Take(needed - doors.Count(door => door.IsMet)))
        {
            if (page is null || shown != door.Building)
            {
                shown = door.Building;
                page = await ReadAsync(await walker.GetAsync($"/staff/visits/{open.Project}?show=ToVisit&building={Uri.EscapeDataString(shown)}"), "visits");
            }

            var form = page.Form(null, ("Household", $"{door.Household}")).Fill("Wish", "lamps");
            page = await ReadAsync(await walker.SubmitAsync(form, form.Button("Met")), "visit");
        }

        await NoteAsync("visits done");
        return true;
    }

    private async Task<bool> MeetAsync()
    {
        var meeting = await OneAsync<(Guid Id, int Round, int? Expected, string Minutes, bool HasOwnItem)?>(
            """
            select m.meeting_id, m.round, m.expected_count, m.minutes_state, exists (
                select from agenda_item a where a.community_id = m.community_id and a.meeting_id = m.meeting_id and a.text = 'Lamps in the yard')
            from meeting m where m.community_id = @community and m.state = 'Called' and m.meets_at <= council_now() order by m.meets_at limit 1
            """);
        if (meeting is not { } held)
        {
            return false;
        }

        var address = $"/staff/meetings/{held.Id}";
        var desk = await People.HolderAsync("Community");
        var page = await ReadAsync(await desk.GetAsync(address), "meeting");
        if (held.Expected is null)
        {
            page = await ReadAsync(await desk.SubmitAsync(page.Form("Update").Fill("Place", "Hall").Fill("ExpectedCount", "20")), "change the meeting");
        }

        if (!held.HasOwnItem)
        {
            page = await ReadAsync(await desk.SubmitAsync(page.Form("Agenda").Fill("AgendaText", "Lamps in the yard").Fill("Speaker", "Desk")), "agenda");
        }

        foreach (var door in await RowsAsync<string>(
            """
            select door from (
                select household_id, door from household where community_id = @community and moved_out_at is null order by household_id limit @Attendance) come
            where household_id not in (select attendee_id from attendance where community_id = @community and meeting_id = @id)
            """,
            new { held.Id, Attendance }))
        {
            page = await ReadAsync(await desk.SubmitAsync(page.Form("SignIn").Fill("Who", door)), "sign in");
        }

        if (held.Minutes == "None")
        {
            await ReadAsync(await desk.SubmitAsync(page.Form("Minutes").Fill("MinutesText", "Minutes")), "write minutes");
        }

        if (held.Minutes != "Approved")
        {
            var second = await People.HolderAsync("Facilitator");
            var written = (await ReadAsync(await second.GetAsync(address), "minutes")).Form("Minutes");
            await ReadAsync(await second.SubmitAsync(written, written.Button("Approve")), "approve minutes");
        }

        var end = (await ReadAsync(await desk.GetAsync(address), "meeting")).Form("Conclude")
            .Fill("OpenPoints", string.Join('\n', OpenPoints(held.Round))).Fill("PlanVersion", "1");
        await ReadAsync(await desk.SubmitAsync(end, end.Button("Held")), "conclude");
        await NoteAsync($"meeting round {held.Round} held");
        return true;
    }

    private async Task<bool> VoteAsync()
    {
        var open = (await RowsAsync<OpenBallot.Row>(
            """
            select ballot_id, question, roll_kind, secrecy, rule::text as rule, options::text as options, max_choices, closes_at
            from ballot where community_id = @community and state = 'Open' and opens_at <= council_now() and council_now() < closes_at order by opens_at, ballot_id
            """)).FirstOrDefault(ballot => !_voted.Contains(ballot.BallotId));
        if (open is null)
        {
            return false;
        }

        await NoteAsync($"ballot '{open.Question}' open until {open.ClosesAt:yyyy-MM-dd HH:mm}");
        await Vote(OpenBallot.Of(open));
        _voted.Add(open.BallotId);
        return true;
    }

    /// <returns>The code on the receipt.</returns>
    private async Task<string> CastAsync(Guid ballot, RollUnit unit, string[] choices)
    {
        var (browser, check) = await FillInPaperAsync(ballot, unit, choices);
        using (browser)
        {
            var receipt = await PersistAsync(async () => await ReadAsync(await browser.SubmitAsync(check), "cast")); // the same paper again: its key makes it one vote
            return CodeOn(receipt) ?? throw new InvalidOperationException($"No receipt at {receipt.DocumentUri}: {receipt.QuerySelector("main")?.TextContent.Trim()}");
        }
    }

    private async Task<bool> PledgeAsync()
    {
        var need = await OneAsync<(Guid Project, string Id, string Kind, long Missing, int Position)?>(
            """
            select b.project_id, n.need_id, n.kind, n.quantity, n.position
            from pledge_board b join pledge_need n using (community_id, board_id)
            where community_id = @community and b.state = 'Open' and b.opens_at <= council_now()
                and not exists (select from pledge p where p.community_id = n.community_id and p.board_id = n.board_id and p.need_id = n.need_id)
            order by n.position
            """);
        if (need is not { } wanted)
        {
            return false;
        }

        var person = await OneAsync<Guid>(
            "select resident_id from resident where community_id = @community and household_id is not null and birth_year < 2000 order by resident_id offset @Position limit 1", new { wanted.Position });
        var (browser, page) = await People.OpenAsync(person, $"/pledges/{wanted.Project}?need={Uri.EscapeDataString(wanted.Id)}");
        using (browser)
        {
            var quantity = wanted.Kind == "Money" ? wanted.Missing / 100m : wanted.Missing;
            var form = page.Form(null, ("Need", wanted.Id))
                .Fill("Quantity", quantity.ToString("0.##", CultureInfo.InvariantCulture))
                .Fill("DueOn", (await NowAsync()).AddDays(40).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
            await ReadAsync(await browser.SubmitAsync(form), "pledge");
        }

        await NoteAsync($"pledge for {wanted.Id} made");
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

        var address = $"/staff/covenants/{covenant.Id}";
        var chair = await People.HolderAsync("CommitteeChair");
        var written = await RowsAsync<string>("select text from covenant_clause where community_id = @community and covenant_id = @id", new { covenant.Id });
        if (Clauses.Except(written).FirstOrDefault() is { } clause)
        {
            var add = (await ReadAsync(await chair.GetAsync(address), "covenant")).Forms.First(form => form.IsMainPost() && !form.Controls("ClauseNo").Any() && form.Controls("Text").Any());
            await ReadAsync(await chair.SubmitAsync(add.Fill("Text", clause)), "clause");
            return true;
        }

        if (!covenant.CommentsEnded)
        {
            return false;
        }

        await ReadAsync(await chair.SubmitAsync((await ReadAsync(await chair.GetAsync(address), "covenant")).Form("Adopt")), "adopt");
        await NoteAsync("covenant adopted");
        return true;
    }

    private async Task<bool> EvaluateAsync()
    {
        var evaluation = await OneAsync<(Guid Id, int Round)?>(
            "select evaluation_id, round from evaluation where community_id = @community and state = 'Open' and opens_at <= council_now() and council_now() < closes_at");
        if (evaluation is not { } open)
        {
            return false;
        }

        var households = await RowsAsync<(Guid Resident, bool HasAnswered)>(
            """
            select min(r.resident_id::text)::uuid, exists (
                select from evaluation_answer a where a.community_id = h.community_id and a.evaluation_id = @id and a.household_id = h.household_id)
            from household h join resident r using (community_id, household_id)
            where h.community_id = @community and h.moved_out_at is null and r.birth_year < 2000 group by h.community_id, h.household_id order by h.household_id
            """,
            new { open.Id });
        var answers = households.Zip(Points(open.Round)).Where(pair => !pair.First.HasAnswered).ToList();
        if (answers.Count == 0)
        {
            return false;
        }

        await Parallel.ForEachAsync(answers, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (answer, _) =>
            await PersistAsync(() => AnswerAsync(open.Id, answer.First.Resident, answer.Second)));
        await NoteAsync($"{answers.Count} answers to evaluation round {open.Round}");
        return true;
    }

    /// <summary>One question a page, until the page thanks. Given again, the same answers take the place of the first.</summary>
    private async Task<bool> AnswerAsync(Guid evaluation, Guid resident, int points)
    {
        var (browser, page) = await People.OpenAsync(resident, $"/evaluations/{evaluation}");
        using (browser)
        {
            while (page.FindForm() is { } form)
            {
                page = await ReadAsync(await browser.SubmitAsync(form.Fill("Points", $"{points}")), "evaluate");
            }
        }

        return true;
    }
}

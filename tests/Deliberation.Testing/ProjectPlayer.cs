using System.Collections.Concurrent;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Dapper;
using Deliberation.Domain;
using Deliberation.Postgres;

namespace Deliberation.Testing;

/// <summary>
/// Plays everybody in a project on the product's pages: looks what is open, does it as its person would, then lets council time run to the next timer.
/// Keeps no account of what was done: each act is found undone, so that a player whose product died under it looks again and goes on.
/// </summary>
/// <param name="community">The community whose people are played.</param>
public sealed partial class ProjectPlayer(IPlayedProduct product, CommunityId community) : IDisposable
{
    private const int AtOnce = 8; // residents at their phones at the same time
    private const int Attendance = 15;
    private static readonly string[] Clauses = ["Cars stand between the lines.", "Nothing is thrown from windows."];

    private readonly HashSet<Guid> _voted = [];

    /// <summary>Outcome of a task, by its row; null = the first, good one.</summary>
    public Func<OpenTask, string?> Decide { get; set; } = _ => null;

    /// <summary>What is typed into a field of a task's form; null = something plausible.</summary>
    public Func<OpenTask, string, string[]?> Fill { get; set; } = (_, _) => null;

    /// <summary>Casts the votes of a ballot that has just opened.</summary>
    public Func<OpenBallot, Task> Vote { get; set; } = _ => Task.CompletedTask;

    /// <summary>Points that a round's minutes leave open.</summary>
    public Func<int, string[]> OpenPoints { get; set; } = _ => [];

    /// <summary>Points of the household's answers to an evaluation; as many households answer as there are rows.</summary>
    public Func<int, IReadOnlyList<int>> Points { get; set; } = _ => [];

    /// <summary>What happened, for a readable story when a test fails.</summary>
    public List<string> Story { get; } = [];

    /// <summary>The receipt that each voter was shown.</summary>
    public ConcurrentBag<(Guid Ballot, string Code)> Receipts { get; } = [];

    public CouncilPeople People { get; } = new(product, community.Value);

    /// <summary>An open task as the player sees it.</summary>
    public sealed record OpenTask(Guid TaskId, Guid ProjectId, string Kind, string Title, string PostCode, string[] Outcomes, string Form, int Round);

    /// <summary>Launches a project with the wizard: template, all its parts, check, launch.</summary>
    /// <param name="login">Who launches it.</param>
    public Task<ProjectId> LaunchAsync(string login, string template, string title, string summary, string site, string whoBenefits) => PersistAsync(async () =>
    {
        if (await OneAsync<Guid?>("select project_id from project where community_id = @community and title = @title", new { title }) is { } there)
        {
            return new ProjectId(there);
        }

        var staff = await People.StaffAsync(login);
        var draft = await OneAsync<Guid?>("select draft_id from launch_draft where community_id = @community and launched_project_id is null");
        var start = draft is null
            ? Last(await ReadAsync(await staff.SendAsync("/staff/launch", ("Template", template)), "begin a launch"))
            : $"/staff/launch/{draft}";
        await ReadAsync(await staff.SendAsync($"{start}/what", ("title", title), ("summary", summary), ("site", site), ("whoBenefits", whoBenefits)), "what");
        foreach (var part in new[] { "roll", "rules", "calendar", "people" })
        {
            await ReadAsync(await staff.SendAsync($"{start}/{part}"), part);
        }

        var check = await ReadAsync(await staff.GetAsync($"{start}/check"), "check");
        var launched = await ReadAsync(await staff.SubmitAsync(check.Form(), check.Form().QuerySelector<IHtmlButtonElement>("button:not([disabled])")!), "launch");
        return new ProjectId(Guid.Parse(Last(launched).Split('/')[^1]));
    });

    /// <summary>Plays until the condition holds.</summary>
    /// <exception cref="InvalidOperationException">Nothing is left to do or to wait for, or it took more than <paramref name="limit"/> turns.</exception>
    public async Task PlayUntilAsync(Func<Task<bool>> isDone, int limit = 1_000)
    {
        var isLastLook = false;
        for (var turn = 0; turn < limit; turn++)
        {
            await product.SettleAsync();
            if (await isDone())
            {
                return;
            }

            if (await PersistAsync(ActAsync))
            {
                isLastLook = false;
            }
            else if (await NextAsync() is { } due)
            {
                isLastLook = false;
                await product.AdvanceToAsync(due);
            }
            else if (!isLastLook)
            {
                isLastLook = true; // an act that was cut off may have been done after all, and its event still be on the way
            }
            else
            {
                throw new InvalidOperationException($"Nothing waits any more.\n{Tell()}\n{await WaitsAsync()}");
            }
        }

        throw new InvalidOperationException($"Still not there after {limit} turns.\n{Tell()}");
    }

    /// <summary>Waits until a project has a state, for example <c>Closed</c>.</summary>
    public Task PlayToStateAsync(ProjectId project, string state) => PlayUntilAsync(async () =>
        await OneAsync<string>("select state from project where community_id = @community and project_id = @project", new { project = project.Value }) == state);

    /// <summary>Acts; when the product dies meanwhile, acts again once it is back. What is done must look first, or carry a key.</summary>
    public async Task<T> PersistAsync<T>(Func<Task<T>> act)
    {
        while (true)
        {
            try
            {
                return await act();
            }
            catch (HttpRequestException cut)
            {
                if (!await product.ReviveAsync())
                {
                    throw new InvalidOperationException($"A request was cut off.\n{Tell()}", cut);
                }
            }
        }
    }

    /// <summary>The units of a ballot's roll, each with one person who may act for it.</summary>
    public Task<IReadOnlyList<RollUnit>> UnitsAsync(Guid ballot) => RowsAsync<RollUnit>(
        """
        select e.unit_key, min(p.resident_id::text)::uuid as resident_id, e.area_hundredths
        from roll_entry e join roll_entry_person p using (community_id, ballot_id, unit_key)
        where community_id = @community and ballot_id = @ballot group by 1, 3 order by 1
        """,
        new { ballot });

    /// <summary>Votes for these units, several people at once.</summary>
    public Task CastAsync(Guid ballot, IEnumerable<(RollUnit Unit, string[] Choices)> papers) => Parallel.ForEachAsync(
        papers.GroupBy(paper => paper.Unit.ResidentId), // one person fills in one paper after the other
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce },
        async (mine, _) =>
        {
            foreach (var (unit, choices) in mine)
            {
                Receipts.Add((ballot, await PersistAsync(() => CastAsync(ballot, unit, choices))));
            }
        });

    /// <summary>Fills in a paper as far as the check page; the form's button casts it. Dispose the browser.</summary>
    public async Task<(Browser Browser, IHtmlFormElement Check)> FillInPaperAsync(Guid ballot, RollUnit unit, string[] choices)
    {
        var (browser, page) = await People.OpenAsync(unit.ResidentId, $"/ballots/{ballot}");
        var form = page.Form();
        if (form.Controls("Unit").Any())
        {
            form.Fill("Unit", unit.UnitKey);
        }

        return (browser, (await ReadAsync(await browser.SubmitAsync(form.Fill("Choices", choices)), "vote")).Form());
    }

    /// <summary>The code on a receipt; null on any other page.</summary>
    public static string? CodeOn(IHtmlDocument page) => page.QuerySelector(".stub .code")?.TextContent.Trim();

    /// <summary>Rows of the community; <c>@community</c> is filled in.</summary>
    public async Task<IReadOnlyList<T>> RowsAsync<T>(string sql, object? values = null)
    {
        await using var connection = await product.DataSource.OpenConnectionAsync();
        var parameters = new DynamicParameters(values);
        parameters.Add("community", community.Value);
        return (await connection.QueryAsync<T>(sql, parameters)).AsList();
    }

    public async Task<T?> OneAsync<T>(string sql, object? values = null) => await RowsAsync<T>(sql, values) is [var first, ..] ? first : default;

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

    public void Dispose() => People.Dispose();

    /// <summary>The next timer or meeting, whichever comes first.</summary>
    private Task<DateTimeOffset?> NextAsync() => OneAsync<DateTimeOffset?>(
        """
        select min(at) from (
            select meets_at as at from meeting where community_id = @community and state = 'Called'
            union all select due_at from workflow_timer join workflow_instance i using (community_id, instance_id) where i.paused_at is null and parked_at is null) next
        """);

    private async Task<DateTimeOffset> NowAsync()
    {
        await using var connection = await product.DataSource.OpenConnectionAsync();
        return await connection.CouncilNowAsync();
    }

    private async Task NoteAsync(string what) => Story.Add($"{await NowAsync():yyyy-MM-dd HH:mm} {what}");

    private async Task<IHtmlDocument> ReadAsync(HttpResponseMessage answer, string what)
    {
        try
        {
            return await CouncilPeople.ReadAsync(answer, what);
        }
        catch (InvalidOperationException refused)
        {
            throw new InvalidOperationException($"{refused.Message}\n{Tell()}");
        }
    }

    private static string Last(IHtmlDocument page) => new Uri(page.DocumentUri).AbsolutePath;
}

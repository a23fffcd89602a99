using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Postgres;
using Deliberation.Postgres.Scheduling;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deliberation.Features.Seeding;

/// <summary>
/// Plays the demo's projects through the product's own use cases, so that no page is empty and everything shown could have happened:
/// people act, due work is done, and when nobody has anything to do the council's clock goes on to the next promise.
/// </summary>
public sealed partial class DemoStory(NpgsqlDataSource dataSource, IEnumerable<IDueWorkHandler> dueWork, CouncilClock clock, IServiceScopeFactory scopes, ILogger<DemoStory> logger)
{
    private const int MostTurns = 4000;

    /// <summary>Plays what has not been played. Call it before the pump runs, on a database that holds nothing but the seeds.</summary>
    /// <param name="folder">Folder of the seeds.</param>
    public async Task PlayAsync(string folder, SeededDemo demo, CancellationToken cancellationToken)
    {
        if (StoryFile.Read(folder) is not { } story || !await IsUntouchedAsync(cancellationToken))
        {
            return;
        }

        await BeginAsync(story.BeginsDaysAgo, cancellationToken);
        var people = new StoryPeople(dataSource, scopes, story.Phrases);
        var playing = new List<PlayedProject>();
        var registers = DemoRegisters.Read(folder);
        await (registers?.BeginAsync(demo.Main, people, cancellationToken) ?? Task.CompletedTask);
        foreach (var chapter in story.Projects)
        {
            if (chapter.Until is "Ballot")
            {
                await WantLettersAsync(cancellationToken);
            }

            if (chapter.Until is "Visits")
            {
                await (registers?.GoOnAsync(demo.Main, people, cancellationToken) ?? Task.CompletedTask);
            }

            if (await LaunchAsync(chapter, demo, people, cancellationToken) is not { } project)
            {
                continue;
            }

            playing.Add(project);
            await PlayUntilAsync(project, playing, people, cancellationToken);
            playing.RemoveAll(p => p.Story.Until is "Closed" or "Visits"); // the others go on while the next ones are played
        }

        await new StoryDesk(people, demo.Main).WorkAsync(story.Phrases.News, cancellationToken);
        await (registers?.EndAsync(demo.Main, people, cancellationToken) ?? Task.CompletedTask);
    }

    private async Task<bool> IsUntouchedAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        return !await connection.ScalarAsync<bool>("select exists (select from project)", new { }, cancellationToken);
    }

    /// <summary>Puts the clock back to the story's first day. Allowed once, on a database in which nothing has been promised yet.</summary>
    private async Task BeginAsync(int daysAgo, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await connection.RunAsync(
            """
            update council_clock set anchor_machine = clock_timestamp(),
                anchor_council = (date_trunc('month', clock_timestamp() at time zone 'Asia/Shanghai' - make_interval(days => @daysAgo)) + interval '8 hours 30 minutes') at time zone 'Asia/Shanghai';
            update post_holder set held_from = council_now() where community_id = any (select community_id from community where is_demo);
            """,
            new { daysAgo },
            cancellationToken);
    }

    /// <summary>The eldest want letters from now on.</summary>
    private async Task WantLettersAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        await connection.RunAsync(
            """
            insert into contact_choice (community_id, person_id, resident_id, channel, digest_hour)
            select community_id, resident_id, resident_id, 'Print', null
            from (
                select r.community_id, r.resident_id, row_number() over (partition by r.community_id order by r.birth_year, r.resident_id) as place
                from resident r join community using (community_id) where is_demo and r.household_id is not null) eldest
            where place <= 12
            """,
            new { },
            cancellationToken);
    }

    private async Task<PlayedProject?> LaunchAsync(StoryProject chapter, SeededDemo demo, StoryPeople people, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var community = new CommunityId(await connection.ScalarAsync<int>(
            "select community_id from community where code = @code", new { code = chapter.Community }, cancellationToken));
        var staff = (await people.HoldersAsync(community, "Community", cancellationToken))[0];
        switch (await people.SendAsync(new LaunchProject(staff, community, chapter.Key, chapter.Form), cancellationToken))
        {
            case Result<ProjectId>.Accepted { Value: var project }:
                return new PlayedProject(community, project, chapter, community == demo.Main ? demo.EntryHousehold : null);
            case Result<ProjectId>.Refused { Reason: var reason }:
                LogNotLaunched(chapter.Key, reason.Code);
                return null;
            default:
                throw new InvalidOperationException();
        }
    }

    private async Task PlayUntilAsync(PlayedProject goal, List<PlayedProject> playing, StoryPeople people, CancellationToken cancellationToken)
    {
        for (var turn = 0; turn < MostTurns; turn++)
        {
            await WorkAsync(cancellationToken);
            if (await people.IsReachedAsync(goal, cancellationToken))
            {
                return;
            }

            var acted = false;
            var isAlmostThere = await people.IsAlmostThereAsync(goal, cancellationToken);
            foreach (var project in playing.Where(project => project == goal || !isAlmostThere)) // what comes up now waits in the visitor's inbox
            {
                acted |= await people.ActAsync(project, cancellationToken);
                await WorkAsync(cancellationToken);
            }

            if (!acted && !await GoOnAsync(cancellationToken))
            {
                break;
            }
        }

        LogStuck(goal.Story.Key, goal.Story.Until);
    }

    /// <summary>Steps, answers and messages, until nothing is due.</summary>
    private async Task WorkAsync(CancellationToken cancellationToken)
    {
        var isBusy = true;
        while (isBusy)
        {
            isBusy = false;
            foreach (var handler in dueWork)
            {
                isBusy |= await handler.RunOneAsync(cancellationToken);
            }
        }
    }

    /// <summary>Moves the clock to the next promise: a timer, a meeting, the end of comments.</summary>
    /// <returns>False when nothing is ahead.</returns>
    private async Task<bool> GoOnAsync(CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        var now = await connection.CouncilNowAsync(cancellationToken);
        var next = await connection.ExecuteScalarAsync<DateTimeOffset?>(new CommandDefinition(
            """
            select min(at) from (
                select due_at as at from workflow_timer where parked_at is null
                union all select meets_at from meeting where state = 'Called'
                union all select comments_until from covenant where state = 'Draft'
                union all select opens_at from ballot where state = 'Open') promises
            where at > @now
            """,
            new { now },
            cancellationToken: cancellationToken));
        if (next is not { } then)
        {
            return false;
        }

        await clock.AdvanceAsync(then - now + TimeSpan.FromSeconds(1), cancellationToken);
        return true;
    }

    [LoggerMessage(3901, LogLevel.Warning, "The demo's project {Key} was not launched: {Code}")]
    private partial void LogNotLaunched(string key, string code);

    [LoggerMessage(3902, LogLevel.Warning, "The demo's project {Key} did not come as far as {Until}")]
    private partial void LogStuck(string key, string until);
}

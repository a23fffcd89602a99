using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Laws;
using Deliberation.Features.Tasks;
using Deliberation.Features.Templates;
using Deliberation.Postgres;
using Deliberation.Postgres.Workflows;
using Deliberation.Process.Simulation;
using Deliberation.Process.Tasks;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>A line of the computed calendar.</summary>
/// <param name="TextKey">What happens; with <paramref name="Text"/> the name that the template gives it.</param>
/// <param name="IsClash">True when the day cannot hold, for example an end before its beginning.</param>
/// <param name="Roll">As in <see cref="Milestone"/>.</param>
public sealed record CalendarLine(Stage? Stage, string TextKey, string Text, DateTimeOffset StartsAt, DateTimeOffset EndsAt, bool IsClash, string? Roll = null)
{
    /// <summary>The season that a meeting falls into, which people asked to keep free; null when in none.</summary>
    public string? Season { get; init; }

    /// <summary>The list of one of its years is not announced yet (待公布): the days may move.</summary>
    public bool IsProvisional { get; init; }

    /// <summary>Law profile of a ballot; null for other lines.</summary>
    public string? Law { get; init; }

    /// <summary>Figures of that law still have to be compared with the official text (待核实).</summary>
    public bool LawIsUnconfirmed { get; init; }

    /// <summary>An election that will be held on paper only.</summary>
    public bool IsPaperOnly { get; init; }
}

/// <summary>Messages that will go out, to how many.</summary>
/// <param name="At">Council time when it goes out if everybody takes the time that is allowed.</param>
/// <param name="Recipients">Null when nobody can know yet: the elected.</param>
public sealed record PlannedMessage(DateTimeOffset At, string TextKey, JsonObject Values, string AudienceKey, int? Recipients)
{
    /// <summary>Goes out only when nobody acts in time.</summary>
    public bool IsIfLate { get; init; }

    /// <summary>A reminder: who has acted gets none.</summary>
    public bool IsAtMost { get; init; }

    /// <summary>The holidays of its year are not announced yet.</summary>
    public bool IsProvisional { get; init; }
}

/// <summary>A post the template's tasks go to.</summary>
/// <param name="Holders">Longest in office first. Empty = vacant: its tasks will climb.</param>
/// <param name="Substitutes">Who acts while no holder is there.</param>
public sealed record PostCover(string PostCode, IReadOnlyList<string> Holders, IReadOnlyList<string> Substitutes);

/// <summary>One person in two posts that should be apart.</summary>
public sealed record PostClash(string Person, string Post, string OtherPost);

/// <summary>Who is on the roll now.</summary>
/// <param name="Owners">Persons on the owners' roll: co-owners together are one.</param>
/// <param name="HouseholdsWithoutPhone">Households in which nobody has a telephone: print or visit.</param>
/// <param name="OpenDisputes">Somebody says that the roll is wrong and waits for an answer.</param>
public sealed record RollCount(
    int Households, int Residents, int Owners, long AreaHundredths, int HouseholdsWithoutPhone, int UnitsWithoutArea, int Merchants, int AwayWorkers, int OpenDisputes);

/// <summary>What a launch would do; nothing is changed.</summary>
/// <param name="Clashes">Warnings; they stop nothing.</param>
/// <param name="Problems">What must be mended first; empty = may be launched.</param>
public sealed record LaunchPreview(
    IReadOnlyList<CalendarLine> Calendar,
    IReadOnlyList<PlannedMessage> Messages,
    IReadOnlyList<PostCover> Posts,
    IReadOnlyList<PostClash> Clashes,
    RollCount Roll,
    IReadOnlyList<Refusal> Problems)
{
    /// <summary>People more who must be able to read and sign papers, where one of the ballots is on paper only; 0 = enough, or none is.</summary>
    public int PeopleMissing { get; init; }
}

/// <summary>The dry run of a launch.</summary>
public sealed record PreviewLaunch(Caller Caller, CommunityId Community, LaunchForm Form) : IQuery<LaunchPreview>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class PreviewLaunchHandler(CouncilSession session, WorkflowDefinitions definitions) : IRequestHandler<PreviewLaunch, Result<LaunchPreview>>
{
    public async Task<Result<LaunchPreview>> Handle(PreviewLaunch request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        var template = await connection.PublishedTemplateAsync(request.Community, request.Form.TemplateId, cancellationToken);
        var now = await connection.CouncilNowAsync(cancellationToken);
        var problems = LaunchCheck.Problems(request.Form, template, now);
        var roll = (await connection.RowAsync<RollCount>(
            """
            select
                (select count(*)::int from household where community_id = @community and moved_out_at is null) as households,
                (select count(*)::int from resident r join household h using (community_id, household_id) where r.community_id = @community and h.moved_out_at is null) as residents,
                (select count(distinct owners)::int from (
                    select array_agg(resident_id order by resident_id) as owners from unit_owner where community_id = @community group by unit_id) sets) as owners,
                (select coalesce(sum(area_hundredths), 0)::bigint from exclusive_unit where community_id = @community) as area_hundredths,
                (select count(*)::int from household h where h.community_id = @community and h.moved_out_at is null and not exists (
                    select 1 from resident r where r.community_id = h.community_id and r.household_id = h.household_id and r.phone is not null)) as households_without_phone,
                (select count(*)::int from exclusive_unit where community_id = @community and area_hundredths = 0) as units_without_area,
                (select count(*)::int from merchant where community_id = @community and closed_at is null) as merchants,
                (select count(*)::int from resident where community_id = @community and away_group is not null) as away_workers,
                (select count(*)::int from roll_dispute where community_id = @community and state = 'Open') as open_disputes
            """,
            new { request.Community },
            cancellationToken))!;
        var (posts, clashes) = await PostsAsync(request.Community, now, cancellationToken);
        if (problems.Count > 0 || template is null)
        {
            return new LaunchPreview([], [], posts, clashes, roll, problems);
        }

        var inputs = TemplateInputs.Complete(TemplateInputs.Of(template.Content), request.Form.Inputs).Require();
        var working = await connection.CalendarAsync(request.Community, cancellationToken);
        var startsAt = request.Form.StartsOn is { } day && day > working.DayOf(now) ? working.At(day, working.Hours[0].From) : now;
        var (calendar, sendings) = await LaunchPlan.PlayAsync(connection, definitions, working, template, inputs, startsAt, cancellationToken);
        var unconfirmed = new HashSet<string>();
        foreach (var law in calendar.Select(line => line.Law).OfType<string>().Distinct())
        {
            if (await LawRecords.IsUnconfirmedAsync(connection, law, cancellationToken))
            {
                unconfirmed.Add(law);
            }
        }

        var mayElectOnline = await LawRecords.MayElectOnlineAsync(connection, request.Community, cancellationToken);
        calendar =
        [
            .. calendar.Select(line => line with
            {
                LawIsUnconfirmed = line.Law is { } law && unconfirmed.Contains(law),
                IsPaperOnly = line.IsPaperOnly && !mayElectOnline,
            }),
        ];
        return new LaunchPreview(calendar, LaunchPlan.Messages(sendings, working, posts, roll, request.Form.Title.Trim(), startsAt), posts, clashes, roll, problems)
        {
            PeopleMissing = calendar.Any(line => line.IsPaperOnly)
                ? await PaperIssuing.MissingPeopleAsync(connection, request.Community, request.Caller.Staff, cancellationToken)
                : 0,
        };
    }

    private async Task<(IReadOnlyList<PostCover> Posts, IReadOnlyList<PostClash> Clashes)> PostsAsync(CommunityId community, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var posts = await session.Connection.RowsAsync<string>(
            "select post_code from post where community_id = @community order by rung nulls last, post_code", new { community }, cancellationToken);
        var holders = await session.Connection.RowsAsync<HolderRow>(
            """
            select h.post_code, h.staff_id, s.display_name, h.is_substitute
            from post_holder h join staff s using (staff_id)
            where h.community_id = @community and h.held_from <= @now and (h.held_until is null or h.held_until > @now) and s.is_enabled
            order by h.held_from
            """,
            new { community, now },
            cancellationToken);
        var clashes = PostsApart.Of([.. holders.Where(h => !h.IsSubstitute).Select(h => (h.PostCode, (h.StaffId, h.DisplayName)))]);
        return (
            [.. posts.Select(post => new PostCover(post, Names(post, isSubstitute: false), Names(post, isSubstitute: true)))],
            [.. clashes.Select(clash => new PostClash(clash.Person.DisplayName, clash.One, clash.Other))]);

        IReadOnlyList<string> Names(string post, bool isSubstitute) =>
            [.. holders.Where(h => h.PostCode == post && h.IsSubstitute == isSubstitute).Select(h => h.DisplayName)];
    }

    private sealed record HolderRow(string PostCode, StaffId StaffId, string DisplayName, bool IsSubstitute);
}

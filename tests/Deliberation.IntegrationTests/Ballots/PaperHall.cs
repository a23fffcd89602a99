using System.Globalization;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Features.Ballots;
using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Features.Foundation;
using Deliberation.Process.Ballots;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>A ballot with papers, and the people who read them.</summary>
internal sealed class PaperHall
{
    private readonly BallotHall _hall;

    private PaperHall(BallotHall hall, BallotId ballot, Caller[] clerks)
    {
        (_hall, Ballot, Clerks) = (hall, ballot, clerks);
    }

    public BallotId Ballot { get; }

    /// <summary>Four, none of whom set the ballot up.</summary>
    public IReadOnlyList<Caller> Clerks { get; }

    public Caller Li => Clerks[0];

    public Caller Wu => Clerks[1];

    public Caller Zhao => Clerks[2];

    /// <param name="clerksFirst">The people are there when the ballot opens.</param>
    public static async Task<PaperHall> OpenAsync(BallotHall hall, OpenBallotCommand command, bool clerksFirst = false)
    {
        var clerks = clerksFirst ? await AddClerksAsync(hall) : null;
        return new(hall, await hall.OpenBallotAsync(command), clerks ?? await AddClerksAsync(hall));
    }

    public static async Task<PaperHall> OpenAsync(BallotHall hall, string secrecy = "Named") => new(hall, await hall.OpenBallotAsync(secrecy: secrecy), await AddClerksAsync(hall));

    /// <summary>Issues papers: named for every unit, secret so many at one station.</summary>
    /// <returns>Their serials, ascending.</returns>
    public async Task<IReadOnlyList<string>> IssueAsync(int count = 0, string? station = null)
    {
        (await _hall.SendAsync(new IssuePapers(Li, _hall.Community, Ballot, station, count))).Require();
        return await SerialsAsync();
    }

    public async Task<IReadOnlyList<string>> SerialsAsync() =>
        [.. (await _hall.SendAsync(new ListPapersToPrint(Li, _hall.Community, Ballot, null))).Require().Select(p => p.Serial).Order(StringComparer.Ordinal)];

    /// <summary>The serial of a household's paper.</summary>
    public Task<string> SerialOfAsync(HouseholdId household) => _hall.ScalarAsync<string>(
        "select serial from paper_issue where ballot_id = @Ballot and unit_key = @unit and state not in ('Spoiled', 'Cancelled')", new { Ballot, unit = $"h:{household}" });

    /// <summary>One reading, in a batch of the reader's.</summary>
    /// <param name="choice">Several joined by a bar; null for spoilt, "?" for doubtful.</param>
    public async Task<string> ReadAsync(Caller clerk, string serial, string? choice)
    {
        var entry = new EnterPaper(clerk, _hall.Community, Ballot, serial, choice is null or "?" ? [] : choice.Split('|'), choice is null, choice is "?");
        var answer = BallotHall.CodeOf(await _hall.SendAsync(entry));
        if (answer != "paper.batch-required")
        {
            return answer;
        }

        (await _hall.SendAsync(new OpenPaperBatch(clerk, _hall.Community, Ballot, "Qian"))).Require();
        return BallotHall.CodeOf(await _hall.SendAsync(entry));
    }

    public async Task<string> ReadTwiceAsync(string serial, string? choice) =>
        await ReadAsync(Li, serial, choice) is not "accepted" and var refused ? refused : await ReadAsync(Wu, serial, choice);

    public async Task<string> DecideAsync(Caller clerk, string serial, string? choice, string scrutineer = "Sun", string reason = "Seen by both") => BallotHall.CodeOf(
        await _hall.SendAsync(new DecidePaper(clerk, _hall.Community, Ballot, serial, choice is null ? [] : choice.Split('|'), choice is null, scrutineer, reason)));

    public async Task<string> SignAsync(Caller clerk) => BallotHall.CodeOf(await _hall.SendAsync(new SignPaperCount(clerk, _hall.Community, Ballot)));

    /// <summary>Three sign; the last answer.</summary>
    public async Task<string> CertifyAsync()
    {
        foreach (var clerk in Clerks.Take(2))
        {
            if (await SignAsync(clerk) is not "accepted" and var refused)
            {
                return refused;
            }
        }

        return await SignAsync(Zhao);
    }

    /// <summary>What a refused signature says.</summary>
    public async Task<Refusal> RefusedSignatureAsync() =>
        ((Result<PaperCountSigned>.Refused)await _hall.SendAsync(new SignPaperCount(Li, _hall.Community, Ballot))).Reason;

    public async Task<int> DeclareOutstandingAsync() =>
        (await _hall.SendAsync(new DeclareOutstanding(Li, _hall.Community, Ballot, null, "Asked at every door"))).Require();

    public async Task<PaperDeskView> DeskAsync() => (await _hall.SendAsync(new GetPaperDesk(Li, _hall.Community, Ballot))).Require();

    public async Task<PaperFigures> FiguresAsync() => (await DeskAsync()).Papers.Total;

    public Task<string> StateAsync() => _hall.ScalarAsync<string>("select state from ballot where ballot_id = @Ballot", new { Ballot });

    /// <summary>The window's end as the workflow has it: opens the count where there are papers.</summary>
    /// <returns>counting while the count waits, else decided.</returns>
    public async Task<IReadOnlyList<string>> CloseAsync()
    {
        var visit = await _hall.ScalarAsync<string>("select visit_id from ballot where ballot_id = @Ballot", new { Ballot });
        return [.. (await _hall.StepAsync(new CloseBallotCommand(), visit)).Select(answer => answer.Payload!["outcome"]!.ToString() == CloseBallotCommand.Counting ? "counting" : answer.Bookmark)];
    }

    public async Task<BallotResultView> ResultAsync() => (await _hall.SendAsync(new GetBallotResult(Caller.Anonymous, _hall.Community, Ballot))).Require();

    public async Task<int> TotalAsync(string choice) => (await ResultAsync()).Totals.Single(t => t.Choice == choice).Units;

    /// <summary>What the rule worked out for an option; 0 where nothing was worked out.</summary>
    public async Task<decimal> FigureAsync(string option)
    {
        var figure = (await _hall.ScalarAsync<string?>("select result -> 'figures' ->> @option from ballot where ballot_id = @Ballot", new { option, Ballot }) ?? "0").Split('/');
        return decimal.Parse(figure[0], CultureInfo.InvariantCulture) / (figure.Length > 1 ? decimal.Parse(figure[1], CultureInfo.InvariantCulture) : 1);
    }

    private static async Task<Caller[]> AddClerksAsync(BallotHall hall)
    {
        var clerks = new List<Caller>();
        foreach (var name in new[] { "li", "wu", "zhao", "zhou" })
        {
            var id = StaffId.New();
            await hall.ExecuteAsync(
                """
                insert into staff (staff_id, login, display_name, kind, password_hash) values (@id, @login, @name, 'Staff', 'x');
                insert into staff_scope (community_id, staff_id) values (@Community, @id)
                """,
                new { id, login = $"{name}-{hall.Code}-{id.Value:N}", name, hall.Community });
            clerks.Add(new Caller(CallerKind.Staff, null, null, id, new HashSet<CommunityId> { hall.Community }));
        }

        return [.. clerks];
    }
}

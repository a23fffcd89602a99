using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>How each page is reached with something on it. A page without a line here fails the test.</summary>
public static partial class Scenes
{
    /// <summary>The ballot that the demo's story leaves open: an election, secret.</summary>
    public const string OpenBallot =
        "select ballot_id::text from ballot where community_id = @community and state = 'Open' and opens_at <= council_now() and secrecy = 'Secret' order by opens_at limit 1";

    private const string NamedBallot =
        "select ballot_id::text from ballot where community_id = @community and state = 'Open' and opens_at <= council_now() and closes_at > council_now() and secrecy = 'Named' and options = '[]' limit 1";

    private const string BudgetBallot =
        "select ballot_id::text from ballot where community_id = @community and state = 'Open' and opens_at <= council_now() and closes_at > council_now() and options -> 0 ->> 'costFen' is not null limit 1";

    /// <summary>Counted, not declared yet: the demo's own are all declared, so this is one that the walk sees closing.</summary>
    private const string CountedBallot = "select ballot_id::text from ballot where community_id = @community and state = 'Closed' order by closes_at desc limit 1";

    private const string ClosedProject = "select project_id::text from project where community_id = @community and state = 'Closed' order by launched_at limit 1";
    private const string VotingProject = "select project_id::text from ballot where community_id = @community and state = 'Open' order by opens_at limit 1";

    /// <summary>Comes to a ballot that nobody rehearses.</summary>
    internal const string QuietProject = "00000000-0000-7000-8000-0000000000a1";

    private const string BuildProject = "select project_id::text from project where community_id = @community and state = 'InBuild' order by launched_at limit 1";
    internal const string OpenBoard = "select project_id::text from pledge_board where community_id = @community and state = 'Open' and opens_at <= council_now() limit 1";
    private const string ClosedBoard = "select project_id::text from pledge_board where community_id = @community and state = 'Closed' limit 1";
    private const string DraftCovenant = "select c.covenant_id::text from covenant c join covenant_clause using (community_id, covenant_id) where community_id = @community and c.state = 'Draft' limit 1";
    internal const string AdoptedCovenant = "select covenant_id::text from covenant where community_id = @community and state = 'Adopted' limit 1";
    internal const string OpenEvaluation = "select evaluation_id::text from evaluation where community_id = @community and state = 'Open' and opens_at <= council_now() limit 1";
    private const string ClosedEvaluation = "select evaluation_id::text from evaluation where community_id = @community and state = 'Closed' and outcome <> 'TooFew' limit 1";
    private const string CalledMeeting = "select meeting_id::text from meeting where community_id = @community and state = 'Called' limit 1";
    private const string HeldMeeting = "select meeting_id::text from meeting where community_id = @community and outcome = 'Held' order by round limit 1";
    internal const string OpenNotice = "select notice_id::text from notice where community_id = @community and state = 'Open' and opens_at <= council_now() and closes_at > council_now() limit 1";
    private const string ClosedNotice = "select notice_id::text from notice where community_id = @community and state <> 'Open' order by opens_at limit 1";
    private const string VisitedProject = "select project_id::text from visit_round join visit_entry using (community_id, visit_round_id) where community_id = @community order by starts_at desc limit 1";

    /// <summary>One with a task, and children or variables.</summary>
    private const string RunningWorkflow =
        "select i.instance_id::text from workflow_instance i join work_task t using (community_id, instance_id) where community_id = @community and i.status = 'Running' and t.state = 'Open' order by i.created_at limit 1";

    private static readonly string[] Parts = ["what", "roll", "rules", "calendar", "people"];

    public static IReadOnlyList<Scene> All { get; } = [.. Public(), .. Residents(), .. Desks(), .. Tasks(), .. Admins(), .. AfterCount(), .. Timers(), .. InboxScenes(), .. Calendars(), .. Messages(), .. Duties(), .. Orders(), .. Registers()];

    /// <summary>Addresses that only lead elsewhere: nothing to look at.</summary>
    public static IReadOnlyList<string> Redirects { get; } = ["/settings", "/staff/desk", "/staff/sign-out", "/admin"];

    private static IEnumerable<Scene> Public() =>
    [
        At("/enter", "enter", Who.Stranger, "/enter"),
        Wrong("/enter", "enter-wrong", Who.Stranger, "/enter", page => SubmitAsync(page)),
        At("/enter", "enter-code", Who.Stranger, "/enter") with { Act = page => SubmitAsync(page, ("Phone", "100-0000-0001")), IsOnce = true },
        At("/q/{token}", "slip", Who.Stranger, "/q/demo-3-502"),
        At("/help", "help", Who.Stranger, "/help"),
        At("/set-up", "set-up-gone", Who.Stranger, "/set-up") with { Status = 404 }, // the open page: SetUpPageTests
        At("/set-up", "set-up-gone-staff", Who.Staff, "/set-up") with { Status = 404 },
        At("/projects", "projects", Who.Stranger, "/projects"),
        Of("/projects/{id:guid}", "project-closed", Who.Stranger, "/projects/*", ClosedProject),
        Of("/projects/{id:guid}", "project-build", Who.Resident, "/projects/*", BuildProject),
        Of("/notices/{id:guid}", "notice-open", Who.Resident, "/notices/*", OpenNotice),
        Wrong("/notices/{id:guid}", "notice-wrong", Who.Resident, "/notices/*", page => SubmitAsync(page), OpenNotice),
        Of("/notices/{id:guid}", "notice-stranger", Who.Stranger, "/notices/*", OpenNotice),
        Of("/notices/{id:guid}", "notice-closed", Who.Stranger, "/notices/*", ClosedNotice),
        Result("result-passed", "outcome = 'Passed' and options = '[]'"),
        Result("result-failed", "outcome in ('Rejected', 'Inquorate') and options = '[]'"),
        Result("result-election", "outcome in ('Filled', 'PartlyFilled', 'Runoff')"),
        Result("result-budget", "options -> 0 ->> 'costFen' is not null"),
        new("/results/{id:guid}", "result-ranked", Who.Stranger, Choosers.ResultAsync) { Act = page => page.EvaluateAsync("document.querySelectorAll('details').forEach(d => d.open = true)") },
        Of("/evaluations/{id:guid}/result", "evaluation-result", Who.Stranger, "/evaluations/*/result", ClosedEvaluation),
        Of("/covenants/{id:guid}", "covenant-draft", Who.Resident, "/covenants/*", DraftCovenant),
        Of("/covenants/{id:guid}", "covenant-adopted", Who.Resident, "/covenants/*", AdoptedCovenant),
        Wrong("/covenants/{id:guid}", "covenant-wrong", Who.Resident, "/covenants/*", page => SubmitAsync(page), AdoptedCovenant),
        Of("/covenants/{id:guid}", "covenant-stranger", Who.Stranger, "/covenants/*", AdoptedCovenant),
        Of("/outcomes/{project:guid}", "outcome", Who.Stranger, "/outcomes/*", ClosedProject),
        Of("/pledges/{project:guid}", "pledges", Who.Resident, "/pledges/*", OpenBoard),
        Of("/pledges/{project:guid}", "pledge", Who.Resident, "/pledges/*?need=money", OpenBoard),
        Wrong("/pledges/{project:guid}", "pledge-wrong", Who.Resident, "/pledges/*?need=money", page => SubmitAsync(page, ("Quantity", "x")), OpenBoard),
        Of("/pledges/{project:guid}", "pledges-closed", Who.Stranger, "/pledges/*", ClosedBoard),
        new("/receipts/{word}", "receipt", Who.Voter, world => Task.FromResult<string?>(world.Receipt)),
        new("/receipts/{word}", "receipt-replace", Who.Stranger, Choosers.AgainReceiptAsync),
        new("/receipts/paper/{word}", "paper-receipt", Who.Stranger, world => Task.FromResult<string?>(world.PaperReceipt)),
        new("/ballots/{id:guid}/documents/{hash}", "document", Who.Stranger, world => DocumentAsync(world, "text/plain")),
        new("/ballots/{id:guid}/documents/{hash}", "document-file", Who.Stranger, world => DocumentAsync(world, "application/pdf")),
        new("/rehearsals/{id:guid}", "rehearsal", Who.Stranger, world => Task.FromResult<string?>(world.Rehearsal)),
        new("/rehearsals/{id:guid}", "rehearsal-wrong", Who.Stranger, world => Task.FromResult<string?>(world.Rehearsal)) { Act = page => RankAsync(page, "1", "1"), IsError = true },
        new("/rehearsals/{id:guid}/check", "rehearsal-check", Who.Stranger, world => Task.FromResult<string?>(world.Rehearsal)) { Act = page => RankAsync(page, "2", "1", "3") },
        new("/rehearsals/{id:guid}/receipt/{code:length(13)}", "rehearsal-receipt", Who.Stranger, world => Task.FromResult<string?>(world.Rehearsal)) { Act = HandInRehearsalAsync },
        At("/verify", "verify", Who.Stranger, "/verify"),
        new("/verify", "verify-received", Who.Stranger, world => Task.FromResult<string?>($"/verify?code={Uri.EscapeDataString(world.Code)}")),
        At("/ledger", "ledger", Who.Stranger, "/ledger"),
        At("/verify", "verify-unknown", Who.Stranger, "/verify?code=AAAA-BBBB-CCCC-DDDD"),
        At("/status/{code:int}", "status-404", Who.Stranger, "/no-such-page") with { Status = 404 },
        At("/status/{code:int}", "status-403", Who.Staff, "/admin/system") with { Status = 403 },
        At("/status/{code:int}", "status-500", Who.Stranger, "/status/500") with { Status = 500 },
    ];

    private static IEnumerable<Scene> Residents() =>
    [
        At("/", "home", Who.Resident, "/"),
        At("/", "home-voted", Who.Voter, "/"),
        At("/", "home-empty", Who.Neighbour, "/"),
        At("/messages", "messages", Who.Resident, "/messages"),
        At("/messages", "messages-empty", Who.Neighbour, "/messages"),
        At("/switch", "switch", Who.Resident, "/switch"),
        At("/roll", "my-roll", Who.Resident, "/roll"),
        Wrong("/roll", "my-roll-wrong", Who.Resident, "/roll", page => SubmitAsync(page)),
        At("/roll", "my-roll-disputed", Who.Resident, "/roll") with { Act = DisputeAsync, IsOnce = true },
        At("/why-not", "why-not", Who.Resident, "/why-not"),
        Of("/why-not", "why-not-answer", Who.Resident, "/why-not?ballot=*", OpenBallot),
        Of("/meetings/{id:guid}", "meeting-called", Who.Resident, "/meetings/*", CalledMeeting),
        Of("/meetings/{id:guid}", "meeting-held", Who.Resident, "/meetings/*", HeldMeeting),
        Of("/ballots/{id:guid}", "ballot-secret", Who.Resident, "/ballots/*", OpenBallot),
        Of("/ballots/{id:guid}", "ballot-done", Who.Voter, "/ballots/*", OpenBallot),
        Of("/ballots/{id:guid}", "ballot-named", Who.Resident, "/ballots/*", NamedBallot),
        Of("/ballots/{id:guid}", "ballot-budget", Who.Resident, "/ballots/*", BudgetBallot),
        Wrong("/ballots/{id:guid}", "ballot-wrong", Who.Resident, "/ballots/*", page => SubmitAsync(page), OpenBallot),
        Of("/ballots/{id:guid}/check", "check-secret", Who.Resident, "/ballots/*", OpenBallot) with { Act = ChooseAsync },
        Of("/ballots/{id:guid}/check", "check-named", Who.Resident, "/ballots/*", NamedBallot) with { Act = ChooseAsync },
        new("/papers/{id:guid}", "paper-questions", Who.Resident, world => Task.FromResult<string?>($"/papers/{world.Paper}")),
        new("/papers/{id:guid}", "paper-wrong-one", Who.Resident, world => Task.FromResult<string?>($"/papers/{world.Paper}")) { Act = ChooseAsync, IsError = true },
        new("/papers/{id:guid}/check", "paper-check", Who.Resident, world => Task.FromResult<string?>($"/papers/{world.Paper}")) { Act = AnswerPaperAsync },
        At("/", "home-helped", Who.Helped, "/"),
        Of("/ballots/{id:guid}", "ballot-helped", Who.Helped, "/ballots/*", OpenBallot),
        new("/papers/{id:guid}", "paper-helped", Who.Helped, world => Task.FromResult<string?>($"/papers/{world.Paper}")),
        new("/ballots/{id:guid}", "choose-ranked", Who.Chooser, _ => Choosers.BallotAsync("ranked")),
        new("/ballots/{id:guid}", "choose-ranked-wrong", Who.Chooser, _ => Choosers.BallotAsync("ranked")) { Act = page => RankAsync(page, "1", "1"), IsError = true },
        new("/ballots/{id:guid}/check", "choose-ranked-check", Who.Chooser, _ => Choosers.BallotAsync("ranked")) { Act = page => RankAsync(page, "2", "1", "3") },
        new("/ballots/{id:guid}", "choose-scored", Who.Chooser, _ => Choosers.BallotAsync("scored")),
        new("/ballots/{id:guid}", "choose-approved", Who.Chooser, _ => Choosers.BallotAsync("approved")),
        new("/ballots/{id:guid}", "choose-consent", Who.Chooser, _ => Choosers.BallotAsync("consent")),
        new("/ballots/{id:guid}", "replace-done", Who.Chooser, _ => Choosers.AgainAsync()),
        new("/ballots/{id:guid}", "replace-again", Who.Chooser, _ => Choosers.AgainAsync("?again=true&unit=h:901")),
        new("/ballots/{id:guid}/check", "replace-check", Who.Chooser, _ => Choosers.AgainAsync("?again=true&unit=h:901")) { Act = ChooseAsync },
        new("/ballots/{id:guid}/check", "replace-missing", Who.Chooser, _ => Choosers.AgainAsync("?again=true&unit=h:901")) { Act = page => ReplaceAsync(page, ""), IsError = true },
        new("/ballots/{id:guid}/check", "replace-wrong", Who.Chooser, _ => Choosers.AgainAsync("?again=true&unit=h:901")) { Act = page => ReplaceAsync(page, "0000 0000 0000 0000"), IsError = true, IsOnce = true },
        new("/ballots/{id:guid}", "ballot-paper-only", Who.Chooser, _ => Choosers.BallotAsync("election")),
        Of("/evaluations/{id:guid}", "evaluation", Who.Resident, "/evaluations/*", OpenEvaluation),
        Wrong("/evaluations/{id:guid}", "evaluation-wrong", Who.Resident, "/evaluations/*", page => SubmitAsync(page), OpenEvaluation),
        Of("/evaluations/{id:guid}", "evaluation-last", Who.Resident, "/evaluations/*", OpenEvaluation) with { Act = AnswerAllAsync },
        Of("/evaluations/{id:guid}", "evaluation-done", Who.Resident, "/evaluations/*?done=true", OpenEvaluation),
    ];

    private static IEnumerable<Scene> Desks() =>
    [
        At("/staff/sign-in", "sign-in", Who.Stranger, "/staff/sign-in"),
        Wrong("/staff/sign-in", "sign-in-wrong", Who.Stranger, "/staff/sign-in", page => SubmitAsync(page)) with { IsOnce = true },
        At("/staff", "inbox", Who.Staff, "/staff?view=community"),
        At("/staff", "inbox-empty", Who.Idle, "/staff"),
        At("/staff/projects", "staff-projects", Who.Staff, "/staff/projects"),
        Of("/staff/projects/{id:guid}", "staff-project", Who.Staff, "/staff/projects/*", BuildProject),
        new("/staff/projects/{id:guid}/documents", "staff-documents", Who.Staff, world => Task.FromResult<string?>($"/staff/projects/{world.PaperProject}/documents")),
        new("/staff/projects/{id:guid}/documents", "staff-documents-wrong", Who.Staff, world => Task.FromResult<string?>($"/staff/projects/{world.PaperProject}/documents")) { Act = page => SubmitAsync(page), IsError = true },
        Of("/staff/projects/{id:guid}", "staff-project-closed", Who.Staff, "/staff/projects/*", ClosedProject),
        new("/staff/projects/{id:guid}/rehearsal", "staff-rehearsal", Who.Staff, world => Task.FromResult<string?>(world.RehearsalDesk)),
        Of("/staff/projects/{id:guid}/rehearsal", "staff-rehearsal-voting", Who.Staff, "/staff/projects/*/rehearsal", VotingProject),
        Wrong("/staff/projects/{id:guid}/rehearsal", "staff-rehearsal-wrong", Who.Staff, $"/staff/projects/{QuietProject}/rehearsal", page => SubmitAsync(page, ("Question", ""))),
        At("/staff/launch", "launch", Who.Staff, "/staff/launch"),
        new("/staff/launch/{draft:guid}", "launch-parts", Who.Staff, world => Task.FromResult<string?>(world.Draft)),
        .. Parts.Select(part => new Scene("/staff/launch/{draft:guid}/{part}", $"launch-{part}", Who.Staff, world => Task.FromResult<string?>($"{world.Draft}/{part}"))),
        new("/staff/launch/{draft:guid}/{part}", "launch-what-wrong", Who.Staff, world => Task.FromResult<string?>($"{world.Draft}/what")) { Act = page => SubmitAsync(page, ("title", "")), IsError = true, Status = 200 },
        new("/staff/launch/{draft:guid}/check", "launch-check", Who.Staff, world => Task.FromResult<string?>($"{world.Draft}/check")),
        At("/staff/ballots", "staff-ballots", Who.Staff, "/staff/ballots"),
        Of("/staff/ballots/{id:guid}", "tracker", Who.Staff, "/staff/ballots/*", OpenBallot),
        Of("/staff/ballots/{id:guid}", "tracker-named", Who.Staff, "/staff/ballots/*", NamedBallot),
        Wrong("/staff/ballots/{id:guid}", "tracker-extend-wrong", Who.Staff, "/staff/ballots/*", ExtendNothingAsync, NamedBallot),
        Of("/staff/ballots/{id:guid}", "tracker-counted", Who.Staff, "/staff/ballots/*", CountedBallot),
        Of("/results/{id:guid}", "result-counted", Who.Stranger, "/results/*", CountedBallot),
        Of("/staff/ballots/{id:guid}/doors", "doors", Who.Staff, "/staff/ballots/*/doors", NamedBallot),
        Of("/staff/ballots/{id:guid}/doors", "doors-secret", Who.Staff, "/staff/ballots/*/doors", OpenBallot),
        .. Papers(),
        Of("/staff/ballots/{id:guid}/deliveries", "deliveries-not-asked", Who.Staff, "/staff/ballots/*/deliveries", OpenBallot),
        new("/staff/ballots/{id:guid}/deliveries", "deliveries", Who.Clerk, world => Task.FromResult<string?>($"/staff/ballots/{world.Deliveries}/deliveries")),
        new("/staff/ballots/{id:guid}/deliveries", "deliveries-wrong", Who.Clerk, world => Task.FromResult<string?>($"/staff/ballots/{world.Deliveries}/deliveries")) { Act = page => SubmitAsync(page), IsError = true },
        new("/results/{id:guid}", "result-followed", Who.Stranger, world => Task.FromResult<string?>($"/results/{world.Followed}")),
        Of("/staff/ballots/{id:guid}/proxies", "proxies", Who.Staff, "/staff/ballots/*/proxies", NamedBallot),
        Wrong("/staff/ballots/{id:guid}/proxies", "proxies-wrong", Who.Staff, "/staff/ballots/*/proxies", page => SubmitAsync(page), NamedBallot),
        At("/staff/meetings", "staff-meetings", Who.Staff, "/staff/meetings"),
        Of("/staff/meetings/{id:guid}", "desk-meeting-called", Who.Staff, "/staff/meetings/*", CalledMeeting),
        Of("/staff/meetings/{id:guid}", "desk-meeting-held", Who.Staff, "/staff/meetings/*", HeldMeeting),
        At("/staff/notices", "staff-notices", Who.Staff, "/staff/notices"),
        Of("/staff/notices/{id:guid}", "desk-notice", Who.Staff, "/staff/notices/*", OpenNotice),
        At("/staff/residents", "help-desk", Who.Staff, "/staff/residents"),
        At("/staff/residents", "help-desk-found", Who.Staff, "/staff/residents") with { Act = page => SubmitAsync(page, ("Find", "3-502")) },
        At("/staff/residents", "help-desk-slip", Who.Staff, "/staff/residents") with { Act = PrintSlipAsync },
        Of("/staff/ballots/{id:guid}/roll", "ballot-roll", Who.Staff, "/staff/ballots/*/roll", NamedBallot),
        Of("/staff/ballots/{id:guid}/roll", "ballot-roll-found", Who.Staff, "/staff/ballots/*/roll", NamedBallot) with { Act = page => SubmitAsync(page, ("Find", "3-50")) },
        Wrong("/staff/ballots/{id:guid}/roll", "ballot-roll-wrong", Who.Staff, "/staff/ballots/*/roll", page => SubmitAsync(page, ("Find", "3")), NamedBallot),
        Of("/staff/ballots/{id:guid}/roll", "ballot-roll-closed", Who.Staff, "/staff/ballots/*/roll", CountedBallot),
        At("/staff/roll", "roll", Who.Staff, "/staff/roll"),
        At("/staff/roll", "roll-admin", Who.Admin, "/staff/roll"),
        At("/staff/roll", "roll-found", Who.Staff, "/staff/roll") with { Act = page => SubmitAsync(page, ("Find", "3-50")) },
        At("/staff/roll/door", "roll-door", Who.Staff, "/staff/roll/door?building=3%E5%8F%B7%E6%A5%BC&door=3-502"),
        Wrong("/staff/roll/door", "roll-door-wrong", Who.Staff, "/staff/roll/door?building=3%E5%8F%B7%E6%A5%BC&door=3-502", EditAreaAsync),
        At("/staff/roll/import", "roll-import", Who.Staff, "/staff/roll/import"),
        Wrong("/staff/roll/import", "roll-import-wrong", Who.Staff, "/staff/roll/import", page => SubmitAsync(page)),
        At("/staff/roll/import/{id:guid}", "roll-preview-problems", Who.Staff, "/staff/roll/import") with
        {
            Act = page => PasteAsync(page, "楼栋,房号,姓名,面积,面积来源,业主,出生年份\n3号楼,3-502,王小明,-5,登记,是,1958\n9号楼,9-1,李华,80.123,登记,是,58\n"),
        },
        At("/staff/roll/import/{id:guid}", "roll-preview", Who.Staff, "/staff/roll/import") with
        {
            Act = page => PasteAsync(page, "楼栋,房号,姓名,面积,面积来源,业主,出生年份\n3号楼,3-502,王小明,88.8,测绘,是,1958\n3号楼,3-999,李华,80.12,登记,是,1970\n"),
        },
        At("/staff/roll/disputes", "roll-disputes", Who.Staff, "/staff/roll/disputes?show=all"),
        Wrong("/staff/roll/disputes", "roll-disputes-wrong", Who.Staff, "/staff/roll/disputes", WriteDownAsync),
        At("/staff/messages", "staff-messages", Who.Staff, "/staff/messages"),
        Of("/staff/visits/{project:guid}", "visits", Who.Staff, "/staff/visits/*", VisitedProject),
        Of("/staff/visits/{project:guid}", "visits-left", Who.Staff, "/staff/visits/*?show=ToVisit", VisitedProject),
        Of("/staff/pledges/{project:guid}", "desk-pledges", Who.Staff, "/staff/pledges/*", "select b.project_id::text from pledge join pledge_board b using (community_id, board_id) where community_id = @community limit 1"),
        Of("/staff/works/{project:guid}", "works", Who.Staff, "/staff/works/*", BuildProject),
        Of("/staff/works/{project:guid}", "works-closed", Who.Staff, "/staff/works/*", ClosedProject),
        Wrong("/staff/works/{project:guid}", "works-wrong", Who.Staff, "/staff/works/*", page => SubmitAsync(page, ("Amount", "x")), BuildProject),
        Of("/staff/covenants/{id:guid}", "desk-covenant", Who.Staff, "/staff/covenants/*", DraftCovenant),
        Of("/staff/outcomes/{project:guid}", "desk-outcome", Who.Staff, "/staff/outcomes/*", ClosedProject),
        At("/dev/outbox", "outbox", Who.Staff, "/dev/outbox"),
        At("/board", "board", Who.Official, "/board"),
        At("/board/ledger", "board-ledger", Who.Official, "/board/ledger"),
        At("/board/ledger", "board-ledger-admin", Who.Admin, "/board/ledger"),
        Wrong("/board/ledger", "board-ledger-rotate-wrong", Who.Admin, "/board/ledger", page => SubmitAsync(page, ("Why", "x"))),
        Wrong("/board/ledger", "board-ledger-wrong", Who.Admin, "/board/ledger", page => SubmitAsync(page, ("Name", "a b"))),
    ];

    /// <summary>Papers given out, read by keys, decided, reconciled, printed.</summary>
    private static IEnumerable<Scene> Papers()
    {
        const string papers = "/staff/ballots/{id:guid}/papers";
        const string read = "/staff/ballots/{id:guid}/paper";
        return
        [
            Of(papers, "papers-none", Who.Staff, "/staff/ballots/*/papers", OpenBallot),
            On(papers, "papers", Who.Clerk, world => $"{world.Papers}/papers"),
            On(papers, "papers-box", Who.Clerk, world => $"{world.PaperBox}/papers"),
            On(papers, "papers-wrong", Who.Clerk, world => $"{world.PaperBox}/papers") with { Act = page => SubmitAsync(page, ("Station", "")), IsError = true },
            On(papers, "papers-counting", Who.Clerk, world => $"{world.PaperCount}/papers"),
            On("/staff/ballots/{id:guid}", "tracker-papers", Who.Clerk, world => $"{world.Papers}"),
            On(read, "paper-serial", Who.Clerk, world => $"{world.Papers}/paper"),
            On(read, "paper-choice", Who.Clerk, world => $"{world.Papers}/paper?serial={world.Serial}"),
            On(read, "paper-numbers", Who.Clerk, world => $"{world.PaperCount}/paper?serial={world.PaperCountSerial}"),
            On(read, "paper-witness", Who.Admin, world => $"{world.Papers}/paper?serial={world.Serial}"),
            On(read, "paper-shut", Who.Clerk, world => $"{world.PaperBox}/paper"),
            On(read, "paper-wrong", Who.Clerk, world => $"{world.Papers}/paper?serial={world.Serial}") with { Act = page => SubmitAsync(page), IsError = true },
            On($"{papers}/differences", "paper-differences", Who.Clerk, world => $"{world.Papers}/papers/differences"),
            On($"{papers}/print", "paper-print", Who.Clerk, world => $"{world.Papers}/papers/print"),
            On($"{papers}/record", "paper-record", Who.Clerk, world => $"{world.PaperCount}/papers/record"),
        ];

        static Scene On(string route, string name, Who who, Func<World, string> address) =>
            new(route, name, who, world => Task.FromResult<string?>($"/staff/ballots/{address(world)}"));
    }

    /// <summary>A task of each kind whose form differs.</summary>
    private static IEnumerable<Scene> Tasks() =>
    [
        .. new[] { "Task", "Build", "Checkpoint", "Inspection", "Nominations", "Filing", "OutcomeStory" }.Select(kind => Of(
            "/staff/tasks/{id:guid}", $"task-{kind}", Who.Staff, "/staff/tasks/*",
            $"select task_id::text from work_task where community_id = @community and state = 'Open' and kind = '{kind}' order by created_at limit 1")),
        Of("/staff/tasks/{id:guid}", "task-done", Who.Staff, "/staff/tasks/*", "select task_id::text from work_task where community_id = @community and state = 'Done' order by created_at limit 1"),
    ];

    private static IEnumerable<Scene> Admins() =>
    [
        At("/admin/templates", "templates", Who.Admin, "/admin/templates"),
        At("/admin/templates/{id}", "template", Who.Admin, "/admin/templates/old-compound-renovation"),
        Wrong("/admin/templates/{id}", "template-wrong", Who.Admin, "/admin/templates/old-compound-renovation", page => SubmitAsync(page, ("Seats", "99"))),
        At("/admin/workflows", "workflows", Who.Admin, "/admin/workflows"),
        At("/admin/workflows", "workflows-stopped", Who.Admin, "/admin/workflows?show=Faulted"),
        Of("/admin/workflows/{id:guid}", "workflow", Who.Admin, "/admin/workflows/*", RunningWorkflow),
        Wrong("/admin/workflows/{id:guid}", "workflow-wrong", Who.Admin, "/admin/workflows/*", RunNowhereAsync, RunningWorkflow),
        At("/admin/system", "system", Who.Admin, "/admin/system"),
        At("/admin/law", "laws", Who.Admin, "/admin/law"),
        Wrong("/admin/law", "laws-wrong", Who.Admin, "/admin/law", WithdrawBasisAsync),
        At("/admin/law/{id}", "law", Who.Admin, "/admin/law/civil-code-2021"),
        Wrong("/admin/law/{id}", "law-wrong", Who.Admin, "/admin/law/villagers-committee-2026", page => SubmitAsync(page, ("Basis", "看过"))),
        At("/admin/law/{id}", "law-confirmed", Who.Admin, "/admin/law/residents-committee-2026") with { Act = ConfirmLawAsync },
    ];

    private static Scene At(string route, string name, Who who, string address) => new(route, name, who, _ => Task.FromResult<string?>(address));

    private static Scene Of(string route, string name, Who who, string pattern, string sql) => new(route, name, who, world => world.AddressAsync(pattern, sql));

    private static Scene Wrong(string route, string name, Who who, string pattern, Func<IPage, Task> act, string? sql = null) =>
        (sql is null ? At(route, name, who, pattern) : Of(route, name, who, pattern, sql)) with { Act = act, IsError = true };

    private static Scene Result(string name, string condition) => Of(
        "/results/{id:guid}", name, Who.Stranger, "/results/*",
        $"select ballot_id::text from ballot where community_id = @community and state in ('Closed', 'Declared') and {condition} order by opens_at limit 1");
}

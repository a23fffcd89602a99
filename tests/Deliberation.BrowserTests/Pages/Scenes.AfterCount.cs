namespace Deliberation.BrowserTests.Pages;

/// <summary>What follows a declared result: who voted how, recounts, objections that go to the level above.</summary>
public static partial class Scenes
{
    /// <summary>Declared, by name, with the delegate of the resident's home, who comes first on the slip, on the roll.</summary>
    private const string NamedResult =
        "select b.ballot_id::text from ballot b join roll_entry_person p using (community_id, ballot_id) join resident r using (community_id, resident_id) join household h using (community_id, household_id) where b.community_id = @community and b.state = 'Declared' and b.secrecy = 'Named' and h.door = '3-502' and h.delegate_id = p.resident_id order by b.closes_at limit 1";

    private const string SecretResult = "select ballot_id::text from ballot where community_id = @community and state = 'Declared' and secrecy = 'Secret' order by closes_at limit 1";

    private static IEnumerable<Scene> AfterCount() =>
    [
        Of("/results/{id:guid}/votes", "named-votes", Who.Resident, "/results/*/votes", NamedResult),
        Of("/staff/ballots/{id:guid}/votes", "staff-named-votes", Who.Staff, "/staff/ballots/*/votes", NamedResult),
        new("/board/objections", "board-objections", Who.Official, async world => await AskedAgainAsync(world) is null ? null : "/board/objections"),
        new("/board/objections", "board-objections-wrong", Who.Official, async world => await AskedAgainAsync(world) is null ? null : "/board/objections") { Act = page => SubmitAsync(page), IsError = true },
        new("/notices/{id:guid}", "notice-asked-again", Who.Stranger, async world => $"/notices/{await AskedAgainAsync(world)}"),
        new("/staff/notices/{id:guid}", "staff-notice-asked-again", Who.Staff, async world => $"/staff/notices/{await AskedAgainAsync(world)}"),
        Of("/staff/ballots/{id:guid}/recount", "recount", Who.Staff, "/staff/ballots/*/recount", NamedResult),
        Wrong("/staff/ballots/{id:guid}/recount", "recount-wrong", Who.Staff, "/staff/ballots/*/recount", page => SubmitAsync(page), NamedResult),
        Of("/staff/ballots/{id:guid}/recount", "recount-ordered", Who.Staff, "/staff/ballots/*/recount", SecretResult) with { Act = page => SubmitAsync(page, ("Cause", "邻居说总数对不上")), IsOnce = true },
    ];

    /// <summary>Notice of a result whose objector asked the level above.</summary>
    private static async Task<string?> AskedAgainAsync(World world)
    {
        await world.OneAsync(
            """
            with again as (
                insert into objection (community_id, objection_id, notice_id, resident_id, reason, filed_at, due_at, state, answer, answered_at, answered_by, asked_again_at, again_reason, again_due_at)
                select n.community_id, '00000000-0000-7000-8000-00000000ab01', n.notice_id, p.resident_id, '少算了两张票', n.opens_at, n.opens_at + interval '3 days', 'AskedAgain',
                    '票都在，一张不少', n.opens_at + interval '1 day', s.staff_id, n.opens_at + interval '2 days', '第 17 号票没有数', n.opens_at + interval '5 days'
                from notice n join roll_entry_person p on p.community_id = n.community_id and p.ballot_id = result_ballot(n.community_id, n.notice_id)
                cross join (select staff_id from staff where login = 'staff') s
                where n.community_id = @community and n.kind = 'Result' order by n.opens_at limit 1
                on conflict do nothing returning 1)
            select count(*)::text from again
            """);
        return await world.OneAsync("select notice_id::text from objection where community_id = @community and objection_id = '00000000-0000-7000-8000-00000000ab01'");
    }
}

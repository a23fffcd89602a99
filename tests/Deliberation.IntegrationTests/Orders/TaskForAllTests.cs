using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.IntegrationTests.Duties;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Orders;

/// <summary>One task for all who hold a kind of post, and the board that says who has done it.</summary>
public sealed class TaskForAllTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const int Many = 119;
    private const int First = 2001;

    [Fact]
    [Mechanism("M2.9", Page = "/board/tasks/{id:guid}")]
    public async Task All_119_convenors_get_it_in_one_transaction_and_only_those_who_have_not_done_it_are_reminded()
    {
        var (hall, chair) = await OpenAsync(First, Many);
        await using var _ = hall;
        var batch = (await hall.SendAsync(Ask(hall, chair))).Require();

        (await hall.ScalarAsync<int>("select count(*)::int from supervision_order where batch_id = @batch", new { batch })).ShouldBe(Many);
        (await hall.ScalarAsync<int>("select count(distinct xmin::text)::int from supervision_order where batch_id = @batch", new { batch })).ShouldBe(1, "one transaction wrote them all");
        (await CountAsync(hall, "order.message.asked")).ShouldBe(Many - 1, "a vacant post with nobody above is on the board only");

        var doers = (await BoardAsync(hall, chair, batch)).Lines.Where(line => line.Holder is not null).Take(40).ToList();
        foreach (var doer in doers)
        {
            (await hall.SendAsync(new AnswerOrder(Convenor(doer.Community), doer.Community, doer.Order, "Ours has met", null))).Require();
        }

        var board = await BoardAsync(hall, chair, batch);
        (board.Task.Asked, board.Task.Done, board.Lines.Count(line => line.DoneAt is not null)).ShouldBe((Many, 40, 40));
        board.Lines.Count(line => line.Holder is null).ShouldBe(1);

        await hall.GoToAsync("2026-11-26 18:00");
        await hall.GoToAsync("2026-11-27 18:00");
        (await CountAsync(hall, "order.message.asked-remind")).ShouldBe(Many - 41);
        (await CountAsync(hall, "order.message.asked-overdue")).ShouldBe(Many - 41);
        var reminded = await hall.ScalarAsync<int>(
            "select count(*)::int from outbox_message where text_key in ('order.message.asked-remind', 'order.message.asked-overdue') and community_id = any(@done)", new { done = doers.Select(doer => doer.Community.Value).ToArray() });
        reminded.ShouldBe(0, "who has done it is left in peace");
        (await hall.ScalarAsync<int>("select count(*)::int from outbox_message where staff_id = @chair", new { chair })).ShouldBe(0, "the chair has a board");
    }

    [Fact]
    public async Task It_is_given_from_above_within_its_bounds_and_all_or_nobody_has_it()
    {
        var (hall, chair) = await OpenAsync(3001, 3);
        await using var _ = hall;
        var ask = Ask(hall, chair, 3001, 3);
        BallotHall.CodeOf(await hall.SendAsync(ask with { What = "x" })).ShouldBe("order.what-length");
        BallotHall.CodeOf(await hall.SendAsync(ask with { WorkingDays = 61 })).ShouldBe("order.days-bounds");
        BallotHall.CodeOf(await hall.SendAsync(ask with { Post = "King" })).ShouldBe("order.post-unknown");
        BallotHall.CodeOf(await hall.SendAsync(ask with { Caller = ask.Caller with { Kind = CallerKind.Supervisor } })).ShouldBe("access.not-allowed");
        BallotHall.CodeOf(await hall.SendAsync(ask with { Caller = ask.Caller with { Kind = CallerKind.Staff, Staff = Id(3001) } })).ShouldBe("order.not-above", "a convenor is not above convenors");
        (await hall.ScalarAsync<int>("select count(*)::int from task_for_all where issued_by in (@chair, @convenor)", new { chair, convenor = Id(3001) })).ShouldBe(0);

        await hall.ExecuteAsync("insert into post (community_id, post_code, rung) values (3002, 'Community', 1); insert into post_holder (community_id, post_code, staff_id, held_from) values (3002, 'Community', @convenor, '2020-01-01')", new { convenor = Id(3001) });
        var batch = (await hall.SendAsync(ask with { Caller = ask.Caller with { Kind = CallerKind.Staff, Staff = Id(3001) } })).Require();
        (await BoardAsync(hall, chair, batch, 3001, 3)).Lines.Select(line => line.Community.Value).ShouldBe([3002], "only where he stands above");
        var line = (await BoardAsync(hall, chair, batch, 3001, 3)).Lines.Single();
        BallotHall.CodeOf(await hall.SendAsync(new AnswerOrder(Convenor(new CommunityId(3001)), new CommunityId(3001), line.Order, "Done", null))).ShouldBe("access.not-found");
        BallotHall.CodeOf(await hall.SendAsync(new GetTaskForAll(Convenor(new CommunityId(3001)), new CommunityId(3001), batch))).ShouldBe("access.not-found");
    }

    /// <summary>Communities with a convenor each; the last one's post is vacant.</summary>
    private async Task<(BallotHall Hall, StaffId Chair)> OpenAsync(int first, int count)
    {
        var (hall, _) = await PostHall.OpenAsync(database, "2026-11-23 10:00");
        var chair = StaffId.New();
        await hall.ExecuteAsync(
            """
            insert into staff (staff_id, login, display_name, kind, password_hash) values (@chair, @login, 'Chair', 'Official', 'x');
            insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours)
            select n, 'place' || n, 'Place ' || n, 'Urban', 'S', 'D', '1', '1' from generate_series(@first, @last) n;
            insert into staff (staff_id, login, display_name, kind, password_hash)
            select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'convenor' || n, 'Convenor ' || n, 'Staff', 'x' from generate_series(@first, @last) n;
            insert into post (community_id, post_code, rung) select n, 'Facilitator', null from generate_series(@first, @last) n;
            insert into post_holder (community_id, post_code, staff_id, held_from)
            select n, 'Facilitator', ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, '2020-01-01' from generate_series(@first, @last - 1) n
            """,
            new { chair, login = $"chairman{first}", first, last = first + count - 1 });
        return (hall, chair);
    }

    private static AskAllHolders Ask(BallotHall hall, StaffId chair, int first = First, int count = Many) =>
        new(Official(chair, first, count), new CommunityId(first), "Facilitator", "Hold a session on winter safety", 4);

    private static Caller Official(StaffId chair, int first, int count) =>
        new(CallerKind.Official, null, null, chair, Enumerable.Range(first, count).Select(n => new CommunityId(n)).ToHashSet());

    private static StaffId Id(int community) => new(Guid.Parse($"00000000-0000-7000-8000-{community:D12}"));

    private static Caller Convenor(CommunityId community) => new(CallerKind.Staff, null, null, Id(community.Value), new HashSet<CommunityId> { community });

    private static async Task<TaskForAllBoard> BoardAsync(BallotHall hall, StaffId chair, Guid batch, int first = First, int count = Many) =>
        (await hall.SendAsync(new GetTaskForAll(Official(chair, first, count), new CommunityId(first), batch))).Require();

    private static Task<int> CountAsync(BallotHall hall, string textKey) =>
        hall.ScalarAsync<int>("select count(*)::int from outbox_message where text_key = @textKey and community_id between @First and @last", new { textKey, First, last = First + Many - 1 });
}

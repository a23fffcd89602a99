using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Domain;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Residents;

/// <summary>One-time codes against bad input (reliability.md D02, D07).</summary>
public sealed class CodeTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private const string Phone = "100-0000-1234";
    private const string OtherPhone = "100-0000-5678";

    [Fact]
    public async Task A_code_fits_the_request_and_the_telephone_that_it_was_sent_for_and_no_other()
    {
        await using var hall = await HallAsync();
        var (mine, code) = await AskAsync(hall, Phone);
        var (again, _) = await AskAsync(hall, Phone);
        var (theirs, _) = await AskAsync(hall, OtherPhone);

        foreach (var request in new[] { again, theirs })
        {
            BallotHall.CodeOf(await EnterAsync(hall, request, code)).ShouldBeOneOf("code.wrong");
        }

        BallotHall.CodeOf(await EnterAsync(hall, Guid.NewGuid(), code)).ShouldBe("code.expired");
        await NobodyCameInAsync(hall);
        (await EnterAsync(hall, mine, code)).Require().Secret.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_code_lasts_ten_minutes_and_not_a_second_more()
    {
        await using var hall = await HallAsync();
        var (late, code) = await AskAsync(hall, Phone);
        (await hall.ScalarAsync<double>("select extract(epoch from expires_at - created_at)::float8 from one_time_code where code_id = @late", new { late })).ShouldBe(600, 1);
        await hall.ExecuteAsync("update one_time_code set created_at = created_at - interval '601 seconds', expires_at = expires_at - interval '601 seconds'");

        BallotHall.CodeOf(await EnterAsync(hall, late, code)).ShouldBe("code.expired");
        await NobodyCameInAsync(hall);

        var (early, fresh) = await AskAsync(hall, Phone);
        await hall.ExecuteAsync(
            "update one_time_code set created_at = created_at - interval '590 seconds', expires_at = expires_at - interval '590 seconds' where code_id = @early", new { early });
        (await EnterAsync(hall, early, fresh)).Require().Secret.ShouldNotBeNull();
    }

    [Fact]
    public async Task Twenty_at_once_with_one_code_let_one_in()
    {
        await using var hall = await HallAsync();
        var (request, code) = await AskAsync(hall, Phone);

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => EnterAsync(hall, request, code)));

        answers.Count(answer => answer is Result<EntryAnswer>.Accepted).ShouldBe(1);
        (await hall.ScalarAsync<int>("select count(*) from resident_session where community_id = @Community", new { hall.Community })).ShouldBe(1);
    }

    [Fact]
    public async Task After_ten_wrong_codes_in_a_quarter_of_an_hour_the_telephone_waits_on_every_node()
    {
        await using var hall = await HallAsync();
        await using var node = hall.Node();
        for (var i = 0; i < 10; i++)
        {
            if (i % 5 == 0)
            {
                await AskAsync(hall, Phone, $"10.0.0.{i}");
            }

            var request = await hall.ScalarAsync<Guid>("select code_id from one_time_code where community_id = @Community order by created_at desc limit 1", new { hall.Community });
            BallotHall.CodeOf(await node.SendAsync(new EnterByCode(Caller.Anonymous, hall.Community, request, "x", null))).ShouldBe("code.wrong");
        }

        var (next, code) = await AskAsync(hall, Phone, "10.0.1.1");
        var refused = await EnterAsync(hall, next, code);
        BallotHall.CodeOf(refused).ShouldBe("code.too-many-tries");
        ((Result<EntryAnswer>.Refused)refused).Reason.Kind.ShouldBe(RefusalKind.TooMany);
        await NobodyCameInAsync(hall);
        var (other, theirs) = await AskAsync(hall, OtherPhone);
        (await EnterAsync(hall, other, theirs)).Require().Secret.ShouldNotBeNull(); // somebody else does not wait

        await hall.ExecuteAsync("update one_time_code set created_at = created_at - interval '15 minutes' where code_id <> @next", new { next });
        (await EnterAsync(hall, next, code)).Require().Secret.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_code_is_kept_as_a_hash_and_stands_in_no_audit_line()
    {
        await using var hall = await HallAsync();
        var (request, code) = await AskAsync(hall, Phone);
        (await EnterAsync(hall, request, code)).Require();

        (await hall.ScalarAsync<int>("select count(*) from one_time_code c where c::text like '%' || @code || '%'", new { code })).ShouldBe(0);
        (await hall.ScalarAsync<int>("select count(*) from audit_entry a where community_id = @Community and a.details::text || coalesce(a.reason, '') like '%' || @code || '%'", new { hall.Community, code })).ShouldBe(0);
        (await hall.ScalarAsync<int>("select count(*) from one_time_code c where c::text like '%1234%' and phone_hash is null")).ShouldBe(0);
    }

    private async Task<BallotHall> HallAsync()
    {
        var hall = await BallotHall.OpenAsync(database);
        await hall.AddResidentAsync(ResidentId.New(), phone: Phone);
        await hall.AddResidentAsync(ResidentId.New(), phone: OtherPhone);
        return hall;
    }

    private static async Task<(Guid Request, string Code)> AskAsync(BallotHall hall, string phone, string address = "::1")
    {
        var request = (await hall.SendAsync(new RequestCode(Caller.Anonymous, hall.Community, phone, address))).Require().Request;
        return (request, await hall.ScalarAsync<string>("select values->>'code' from outbox_message where dedup_key = 'code:' || @request::uuid", new { request }));
    }

    private static Task<Result<EntryAnswer>> EnterAsync(BallotHall hall, Guid request, string code) =>
        hall.SendAsync(new EnterByCode(Caller.Anonymous, hall.Community, request, code, null));

    private static async Task NobodyCameInAsync(BallotHall hall) =>
        (await hall.ScalarAsync<int>("select count(*) from resident_session where community_id = @Community", new { hall.Community })).ShouldBe(0);
}

using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Routines;
using Deliberation.IntegrationTests.Ballots;
using Deliberation.Testing;

namespace Deliberation.IntegrationTests.Duties;

/// <summary>A hall whose ladder is staffed: the hall's own member of staff leads the group, another sits in the community; the subdistrict is vacant.</summary>
internal static class PostHall
{
    /// <param name="now">Council time, in the community's zone.</param>
    public static async Task<(BallotHall Hall, StaffId Chair)> OpenAsync(TestDatabase database, string now)
    {
        await database.SetCouncilTimeAsync(At(now));
        var hall = await BallotHall.OpenAsync(database);
        var chair = StaffId.New();
        await hall.ExecuteAsync(
            """
            insert into staff (staff_id, login, display_name, kind, password_hash) values (@chair, @login, 'Chair', 'Staff', 'x');
            insert into post (community_id, post_code, rung) values (@Community, 'GroupLeader', 0), (@Community, 'Community', 1), (@Community, 'Subdistrict', 2), (@Community, 'District', 3);
            insert into post_holder (community_id, post_code, staff_id, held_from) values
                (@Community, 'GroupLeader', @Staff, '2020-01-01'), (@Community, 'Community', @chair, '2020-01-01'), (@Community, 'District', @chair, '2020-01-01')
            """,
            new { hall.Community, hall.Staff, chair, login = $"chair{hall.Code}" });
        return (hall, chair);
    }

    public static DateTimeOffset At(string local) => new(DateTime.ParseExact(local, "yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(8));

    /// <summary>Council time moves on and what is due by then is done.</summary>
    public static async Task GoToAsync(this BallotHall hall, string now)
    {
        await hall.Database.SetCouncilTimeAsync(At(now).ToUniversalTime());
        await hall.Service<RoutineLoop>().RunDueAsync(CancellationToken.None);
    }

    /// <returns>Messages of that text to that person.</returns>
    public static Task<int> ToldAsync(this BallotHall hall, string textKey, StaffId to) => hall.ScalarAsync<int>(
        "select count(*)::int from outbox_message where community_id = @Community and staff_id = @to and text_key = @textKey", new { hall.Community, to, textKey });

    public static Caller As(this BallotHall hall, StaffId staff, CallerKind kind = CallerKind.Staff) => new(kind, null, null, staff, new HashSet<CommunityId> { hall.Community });
}

using System.Net;
using Deliberation.Domain;
using Deliberation.Features.Access;
using Deliberation.Testing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Web;

public sealed class StaffSignInTests(WebHost host) : IClassFixture<WebHost>
{
    private const string Password = "three plain words";

    [Fact]
    public async Task A_right_password_opens_the_desk()
    {
        await AddStaffAsync("opens");
        using var browser = host.Open();
        var answer = await SignInAsync(browser, "Opens ", Password);

        answer.StatusCode.ShouldBe(HttpStatusCode.Redirect);
        answer.Headers.Location!.ToString().ShouldBe("/staff");
        var cookie = answer.Headers.GetValues("Set-Cookie").Single(c => c.Contains("staff", StringComparison.Ordinal));
        cookie.ShouldStartWith("__Host-staff=");
        cookie.ShouldContain("secure");
        cookie.ShouldContain("httponly");
    }

    [Fact]
    public async Task A_wrong_password_and_an_unknown_name_get_the_same_words()
    {
        await AddStaffAsync("same");
        using var browser = host.Open();
        var known = await Browser.ParseAsync(await SignInAsync(browser, "same", "wrong"));
        var unknown = await Browser.ParseAsync(await SignInAsync(browser, "nobody-here", "wrong"));

        known.QuerySelector(".errs")!.TextContent.ShouldBe(unknown.QuerySelector(".errs")!.TextContent);
        known.QuerySelector("#Login")!.GetAttribute("value").ShouldBe("same");
        known.QuerySelector("#Password")!.GetAttribute("value").ShouldBeNullOrEmpty();
    }

    [Theory]
    [InlineData("locked", true)]
    [InlineData("locked-unknown", false)]
    public async Task The_eleventh_try_in_a_quarter_of_an_hour_is_refused_even_with_the_right_password(string login, bool exists)
    {
        if (exists)
        {
            await AddStaffAsync(login);
        }

        using var browser = host.Open();
        for (var i = 0; i < SignInStaff.MostFailures; i++)
        {
            (await SignInAsync(browser, login, $"wrong {i}")).StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        }

        (await SignInAsync(browser, login, Password)).StatusCode.ShouldBe(HttpStatusCode.TooManyRequests);
        await ExecuteAsync("update sign_in_failure set failed_at = failed_at - interval '15 minutes'");
        (await SignInAsync(browser, login, Password)).StatusCode.ShouldBe(exists ? HttpStatusCode.Redirect : HttpStatusCode.UnprocessableEntity);
    }

    [Fact]
    public async Task A_new_stamp_or_a_shut_account_ends_every_sign_in()
    {
        var (staff, stamp) = await AddStaffAsync("stamped");
        var sessions = host.Services.GetRequiredService<StaffSessions>();
        (await sessions.FindAsync(staff, stamp, default)).ShouldNotBeNull();

        await ExecuteAsync("update staff set is_enabled = false where login = 'stamped'");
        (await sessions.FindAsync(staff, stamp, default)).ShouldBeNull();
        await ExecuteAsync("update staff set is_enabled = true, security_stamp = gen_random_uuid() where login = 'stamped'");
        (await sessions.FindAsync(staff, stamp, default)).ShouldBeNull();
    }

    private static Task<HttpResponseMessage> SignInAsync(Browser browser, string login, string password) =>
        browser.SendAsync("/staff/sign-in", ("Login", login), ("Password", password));

    private async Task<(StaffId Staff, Guid Stamp)> AddStaffAsync(string login)
    {
        var (staff, stamp) = (StaffId.New(), Guid.NewGuid());
        await using var command = host.DataSource.CreateCommand(
            "insert into staff (staff_id, login, display_name, kind, password_hash, security_stamp) values ($1, $2, $2, 'Staff', $3, $4)");
        command.Parameters.AddWithValue(staff.Value);
        command.Parameters.AddWithValue(login);
        command.Parameters.AddWithValue(StaffPasswords.Hash(Password));
        command.Parameters.AddWithValue(stamp);
        await command.ExecuteNonQueryAsync();
        return (staff, stamp);
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = host.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync();
    }
}

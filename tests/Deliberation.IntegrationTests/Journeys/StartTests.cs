using System.Net;
using Deliberation.Testing;

namespace Deliberation.IntegrationTests.Journeys;

public sealed class StartTests(TestApp app) : IClassFixture<TestApp>
{
    [Theory]
    [InlineData("/q/demo-3-502")]
    [InlineData("/enter")]
    [InlineData("/verify")]
    [InlineData("/staff/sign-in")]
    public async Task A_stranger_may_open(string address)
    {
        using var browser = app.Browser();
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync(address)).StatusCode);
    }
}

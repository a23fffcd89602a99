using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Workflows;

/// <summary>Elsa's RunTask is work in an inbox; what the form holds is its result.</summary>
public sealed partial class RunTaskTests(TestApp app) : IClassFixture<TestApp>
{
    [Fact]
    public async Task A_task_is_done_at_the_desk_and_its_data_goes_on()
    {
        var instance = await app.StartRootAsync(
            await app.ProjectAsync(),
            "measures",
            """
            {"id":"S","type":"Elsa.Sequence","activities":[
             {"id":"ask","name":"Ask","type":"Elsa.RunTask","taskName":"Measure the yard","payload":{"typeName":"Object","expression":{"type":"Object","value":"{\"instruction\":\"Both gates\",\"dueWorkingDays\":5,\"form\":{\"fields\":[{\"name\":\"metres\",\"type\":\"number\",\"label\":{\"zh-Hans\":\"米\"},\"required\":true}]}}"}}},
             {"id":"say","type":"Elsa.WriteLine","text":{"typeName":"String","expression":{"type":"JavaScript","value":"getResultFromAsk().metres + ' m'"}}}]}
            """);
        await using var connection = await app.DataSource.OpenConnectionAsync();
        var task = await connection.QuerySingleAsync("select task_id, title, instruction, post_code, first_post, due_at > council_now() + interval '4 days' as is_later from work_task where instance_id = @instance", new { instance });
        ((string)task.title, (string)task.instruction, (string)task.first_post, (bool)task.is_later).ShouldBe(("Measure the yard", "Both gates", "Community", true));

        var admin = await app.StaffAsync("admin");
        var id = new TaskId((Guid)task.task_id);
        (await app.SendAsync(new CompleteTask(admin, new(1), id, "Done", []))).ShouldBeOfType<Result<Done>.Refused>().Reason.Code.ShouldBe("task.field-required");
        (await app.SendAsync(new CompleteTask(admin, new(1), id, "Done", new JsonObject { ["metres"] = 12 }))).Require();
        await app.DrainAsync();
        (await app.LinesAsync(instance)).ShouldBe(["12 m"]);
        (await app.SendAsync(new CompleteTask(admin, new(1), id, "Done", new JsonObject { ["metres"] = 13 }))).ShouldBeOfType<Result<Done>.Refused>();
    }
}

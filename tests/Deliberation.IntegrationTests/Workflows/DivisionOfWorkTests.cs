using Dapper;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Tasks;
using Deliberation.Features.Templates;
using Deliberation.IntegrationTests.Postgres;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Workflows;

/// <summary>Who does what in a template's steps: one is responsible, some support, some are informed; nothing is published without the one.</summary>
public sealed partial class RunTaskTests
{
    [Fact]
    [Mechanism("M2.20", Page = "/staff")]
    public async Task Who_supports_a_task_finds_it_among_those_of_his_post_and_who_is_informed_is_told_once()
    {
        var instance = await app.StartAsync(
            await app.ProjectAsync(), "shared-work",
            """{"id":"ask","type":"Deliberation.AssignTask","post":"GroupLeader","title":"Mend the lamp","dueWorkingDays":3,"form":{"typeName":"Object","expression":{"type":"Object","value":"{\"fields\":[],\"support\":[\"Community\"],\"inform\":[\"Subdistrict\"]}"}}}""");
        await using var connection = await app.DataSource.OpenConnectionAsync();
        var task = await connection.QuerySingleAsync<Guid>("select task_id from work_task where instance_id = @instance", new { instance });

        (await LinesAsync("Community", InboxView.MyPosts, task)).ShouldBe(["task.reason.support"]);
        (await LinesAsync("Community", InboxView.Mine, task)).ShouldBeEmpty("who supports is not accountable");
        (await LinesAsync("Subdistrict", InboxView.MyPosts, task)).ShouldBeEmpty("who is informed has nothing to do");
        (await LinesAsync("GroupLeader", InboxView.MyPosts, task)).ShouldNotBe(["task.reason.support"]);
        var told = await connection.QueryAsync<string>(
            "select s.login || ' ' || m.text_key from outbox_message m join staff s using (staff_id) where m.link = @link and m.text_key = 'task.message.inform'", new { link = $"/staff/tasks/{task}" });
        told.ShouldBe(["street task.message.inform"]);
    }

    [Fact]
    [Mechanism("M2.20", Page = "/admin/templates/{id}")]
    public async Task A_template_whose_task_has_no_responsible_post_or_two_is_neither_published_nor_saved()
    {
        var project = await app.ProjectAsync();
        foreach (var (post, name) in new[] { ("""   "post":"", """, "nobody"), ("""   "post":"Inspector, Lawyer", """, "two") })
        {
            var refused = await Should.ThrowAsync<InvalidDataException>(() => app.StartAsync(project, $"answers-{name}", $$"""{"id":"ask",{{post}}"type":"Deliberation.AssignTask","title":"Mend the roof","dueWorkingDays":3}"""));
            refused.Message.ShouldContain("Mend the roof");
        }

        await using var connection = await app.DataSource.OpenConnectionAsync();
        (await connection.ExecuteScalarAsync<int>("select count(*)::int from workflow_definition where definition_id like 'answers-%'")).ShouldBe(0);

        // One that was stored before there was the rule is not saved again.
        await connection.ExecuteAsync(
            """
            insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest)
            values ('old-1', 'old-template', 1, 'Old', '{"definitionId":"old-template","name":"Old","customProperties":{"deliberation":{"inputs":{}}},
                "root":{"id":"S","type":"Elsa.Sequence","activities":[{"id":"a","type":"Deliberation.StartProject"},{"id":"b","type":"Deliberation.AssignTask","title":"Mend the roof"}]}}', '', true, true)
            """);
        var save = new UpdateTemplateParameters(await app.StaffAsync("admin"), new CommunityId(1), "old-template", 1, new Dictionary<string, System.Text.Json.Nodes.JsonNode?>(), "Better");
        var reason = (await app.SendAsync(save)).ShouldBeOfType<Result<int>.Refused>().Reason;
        (reason.Code, reason.Values!["task"]).ShouldBe(("template.no-responsible", "Mend the roof"));
        await connection.ExecuteAsync("update workflow_definition set is_published = false where definition_id = 'old-template'");

        var matrix = (await app.SendAsync(new GetTemplate(save.Caller, save.Community, "old-compound-renovation"))).Require().Matrix;
        matrix.Count.ShouldBeGreaterThan(30);
        matrix.ShouldAllBe(share => share.Responsible != null);
        matrix.ShouldContain(share => share.Support.Contains("Auditor") && share.Inform.Contains("Community"));
    }

    private async Task<IEnumerable<string>> LinesAsync(string post, InboxView view, Guid task)
    {
        var inbox = await app.SendAsync(new ListInbox(await app.HolderAsync(post), new CommunityId(1), view, null, new PageRequest(1, 200)));
        return inbox.Require().Tasks.Items.Where(line => line.Id.Value == task).Select(line => line.Why);
    }
}

using Dapper;
using Deliberation.Domain;
using Deliberation.Postgres.Workflows;
using Deliberation.Workflows.Definitions;
using Npgsql;
using Shouldly;

namespace Deliberation.IntegrationTests.Postgres;

/// <summary>Draft, published, retracted: what may change, and who is told that somebody was first.</summary>
public sealed class DefinitionVersionTests(StoredDefinitions stored) : IClassFixture<StoredDefinitions>
{
    private const string Line = """{"id":"w","type":"Elsa.WriteLine","version":1,"text":"one"}""";
    private const string OtherLine = """{"id":"w","type":"Elsa.WriteLine","version":1,"text":"two"}""";

    [Fact]
    public async Task A_draft_changes_a_published_version_gets_a_successor()
    {
        var draft = await stored.SaveAsync(StoredDefinitions.Json("life", Line));
        (draft.DefinitionVersionId, draft.Version, draft.State, draft.IsLatest).ShouldBe(("life-v1", 1, DefinitionState.Draft, true));
        draft = await stored.SaveAsync(StoredDefinitions.Json("life", OtherLine));
        draft.Version.ShouldBe(1);

        var published = (await stored.PublishAsync("life", draft.Hash)).Require();
        (published.Version!.DefinitionVersionId, published.Version.State, published.Version.Hash).ShouldBe(("life-v1", DefinitionState.Published, draft.Hash));
        (await stored.PublishAsync("life", draft.Hash)).Require().IsUnchanged.ShouldBeTrue();
        (await stored.SaveAsync(StoredDefinitions.Json("life", OtherLine))).Version.ShouldBe(1, "saving what is there makes no version");

        (await stored.PublishAsync(StoredDefinitions.Json("life", Line))).Version.ShouldBe(2);
        (await stored.VersionsAsync("life")).Select(version => (version.Version, version.State, version.IsLatest)).ShouldBe(
            [(2, DefinitionState.Published, true), (1, DefinitionState.Retracted, false)]);

        var page = await stored.DoAsync(connection => WorkflowDefinitions.ListVersionsAsync(connection, "life", 1, 1, default));
        (page.Total, page.Versions.Single().Version).ShouldBe((2, 1));
    }

    [Fact]
    public async Task Of_two_editors_who_began_with_one_version_the_second_overwrites_nothing()
    {
        (await stored.SaveAsync(StoredDefinitions.Json("two", Line), null)).Require();
        Code(await stored.SaveAsync(StoredDefinitions.Json("two", OtherLine), null)).ShouldBe("workflow.definition-changed");

        var began = (await stored.LatestAsync("two"))!.Hash;
        var saves = await Task.WhenAll(
            stored.SaveAsync(StoredDefinitions.Json("two", OtherLine), began),
            stored.SaveAsync(StoredDefinitions.Json("two", ""), began));
        var refused = saves.OfType<Result<DefinitionOutcome>.Refused>().ShouldHaveSingleItem();
        (refused.Reason.Code, refused.Reason.Kind).ShouldBe(("workflow.definition-changed", RefusalKind.Conflict));
        (await stored.LatestAsync("two"))!.Hash.ShouldBe(saves.OfType<Result<DefinitionOutcome>.Accepted>().Single().Value.Version!.Hash);

        Code(await stored.PublishAsync("two", began)).ShouldBe("workflow.definition-changed");
        var first = (await stored.PublishAsync("two", null)).Require().Version!;
        await stored.PublishAsync(StoredDefinitions.Json("two", Line));
        Code(await stored.SaveAsync(StoredDefinitions.Json("two", OtherLine), first.Hash)).ShouldBe("workflow.definition-changed");
    }

    [Fact]
    public async Task A_draft_that_was_overtaken_stays_among_the_versions_and_its_editor_is_told()
    {
        var first = await stored.PublishAsync(StoredDefinitions.Json("overtaken", Line));
        var draft = await stored.SaveAsync(StoredDefinitions.Json("overtaken", OtherLine));
        await stored.DoAsync(connection => stored.Store.PublishAsync(connection, "overtaken", "overtaken", StoredDefinitions.Json("overtaken", ""), null, default));

        Code(await stored.SaveAsync(StoredDefinitions.Json("overtaken", Line), draft.Hash)).ShouldBe("workflow.definition-changed");
        (await stored.VersionsAsync("overtaken")).Select(version => (version.State, version.IsLatest, version.Hash == draft.Hash)).ShouldBe(
            [(DefinitionState.Published, true, false), (DefinitionState.Draft, false, true), (DefinitionState.Retracted, false, false)]);
        (await stored.VersionsAsync("overtaken"))[2].Hash.ShouldBe(first.Hash);
    }

    [Fact]
    public async Task A_retracted_version_starts_nothing_and_is_published_again_as_it_was()
    {
        var published = await stored.PublishAsync(StoredDefinitions.Json("back", Line));
        (await stored.DoAsync(connection => WorkflowDefinitions.RetractAsync(connection, "back", default))).Require().State.ShouldBe(DefinitionState.Retracted);
        Code(await stored.DoAsync(connection => WorkflowDefinitions.RetractAsync(connection, "back", default))).ShouldBe("workflow.definition-unknown");
        await Should.ThrowAsync<InvalidOperationException>(stored.DoAsync(connection => stored.Store.GetPublishedAsync(connection, "back", default)));

        (await stored.PublishAsync("back", published.Hash)).Require().Version.ShouldBe(published);
    }

    [Fact]
    public async Task Going_back_makes_a_new_draft_of_the_old_version()
    {
        var first = await stored.PublishAsync(StoredDefinitions.Json("revert", Line));
        await stored.PublishAsync(StoredDefinitions.Json("revert", OtherLine));

        var draft = (await stored.DoAsync(connection => stored.Store.RevertAsync(connection, "revert", 1, null, default))).Require().Version!;
        (draft.Version, draft.State, draft.Hash).ShouldBe((3, DefinitionState.Draft, first.Hash));
        Code(await stored.DoAsync(connection => stored.Store.RevertAsync(connection, "revert", 9, null, default))).ShouldBe("workflow.definition-unknown");
    }

    [Fact]
    public async Task Only_a_draft_is_deleted_and_the_version_before_it_is_the_latest_again()
    {
        var published = await stored.PublishAsync(StoredDefinitions.Json("delete", Line));
        var draft = await stored.SaveAsync(StoredDefinitions.Json("delete", OtherLine));

        Code(await DeleteAsync(published)).ShouldBe("workflow.version-published");
        Code(await DeleteAsync(draft with { Hash = published.Hash })).ShouldBe("workflow.definition-changed");
        Code(await DeleteAsync(draft with { DefinitionVersionId = "nobody's" })).ShouldBe("workflow.definition-unknown");
        (await DeleteAsync(draft)).Require();
        (await stored.VersionsAsync("delete")).ShouldBe([published]);
    }

    [Fact]
    public async Task What_is_wrong_is_kept_as_a_draft_with_its_place_and_never_published()
    {
        const string Wrong =
            """
            {"id":"F","type":"Elsa.Flowchart","future":{"x":1.50},"activities":[
              {"id":"u","type":"Acme.Unknown","odd":[1,2]},
              {"id":"l","type":"Elsa.WriteLine","text":{"expression":{"type":"Liquid","value":"{{ x }}"}}}],
             "connections":[{"source":{"activity":"u"},"target":{"activity":"gone"}}]}
            """;
        var saved = (await stored.SaveAsync(StoredDefinitions.Json("wrong", Wrong), null)).Require();
        var errors = saved.Messages.Where(message => message.Severity == LintSeverity.Error).Select(message => (message.Code, message.JsonPath)).ToList();
        errors.ShouldContain(("activity.unknown", "$.root.activities[0].activities[0].type"));
        errors.ShouldContain(("expression.invalid", "$.root.activities[0].activities[1].text"));
        errors.ShouldContain(("connection.dangling", "$.root.activities[0].connections[0]"));
        (await stored.ExportAsync(saved.Version!)).ShouldContain("\"future\":{\"x\":1.50}");

        var outcome = (await stored.PublishAsync("wrong", null)).Require();
        outcome.Version.ShouldBeNull();
        outcome.Messages.Select(message => message.Code).ShouldBe(saved.Messages.Select(message => message.Code));
        (await stored.VersionsAsync("wrong")).ShouldBe([saved.Version!]);
        await Should.ThrowAsync<InvalidDataException>(
            stored.DoAsync(connection => stored.Store.PublishAsync(connection, "wrong", "wrong", StoredDefinitions.Json("wrong", Wrong), null, default)));
    }

    [Theory]
    [InlineData("{", "json.invalid")]
    [InlineData("""{"definitionId":"unread"}""", "definition.invalid")]
    [InlineData("""{"definitionId":"unread","name":"\u0000","root":{"id":"x","type":"Elsa.Start"}}""", "json.invalid")]
    public async Task What_does_not_read_is_not_kept(string json, string code)
    {
        var outcome = (await stored.SaveAsync(json, null)).Require();
        outcome.Version.ShouldBeNull();
        outcome.Messages.ShouldHaveSingleItem().Code.ShouldBe(code);
        (await stored.VersionsAsync("unread")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("update workflow_definition set content = '{}' where definition_id = @id")]
    [InlineData("update workflow_definition set content_sha256 = '' where definition_id = @id")]
    [InlineData("update workflow_definition set sha256 = '' where definition_id = @id")]
    [InlineData("update workflow_definition set version = 7 where definition_id = @id")]
    [InlineData("update workflow_definition set definition_id = 'other' where definition_id = @id")]
    [InlineData("update workflow_definition set published_at = null, is_published = false where definition_id = @id")]
    [InlineData("delete from workflow_definition where definition_id = @id")]
    public async Task The_database_itself_keeps_what_was_published(string sql)
    {
        const string Id = "guarded";
        await stored.PublishAsync(StoredDefinitions.Json(Id, Line));
        var kept = await stored.VersionsAsync(Id);

        var refused = await Should.ThrowAsync<PostgresException>(stored.DoAsync(connection => connection.ExecuteAsync(sql, new { id = Id })));
        refused.SqlState.ShouldBe(PostgresErrorCodes.RestrictViolation);
        (await stored.VersionsAsync(Id)).ShouldBe(kept);
    }

    [Theory]
    [InlineData("is_published", "workflow_definition_one_published")]
    [InlineData("is_latest", "workflow_definition_one_latest")]
    public async Task The_database_itself_keeps_one_published_and_one_latest_version(string flag, string constraint)
    {
        await stored.PublishAsync(StoredDefinitions.Json(flag, Line));
        await stored.PublishAsync(StoredDefinitions.Json(flag, OtherLine));

        var refused = await Should.ThrowAsync<PostgresException>(
            stored.DoAsync(connection => connection.ExecuteAsync($"update workflow_definition set {flag} = true where definition_id = @flag", new { flag })));
        refused.ConstraintName.ShouldBe(constraint);
    }

    [Fact]
    public async Task A_version_changed_behind_the_stores_back_is_refused_by_its_hash()
    {
        var published = await stored.PublishAsync(StoredDefinitions.Json("tampered", Line));
        await stored.DoAsync(connection => connection.ExecuteAsync(
            """
            alter table workflow_definition disable trigger workflow_definition_guard;
            update workflow_definition set content = replace(content::text, 'one', 'two')::json where definition_id = 'tampered';
            alter table workflow_definition enable trigger workflow_definition_guard;
            """));

        var refused = await Should.ThrowAsync<InvalidOperationException>(stored.DoAsync(connection => stored.Store.GetPublishedAsync(connection, "tampered", default)));
        refused.Message.ShouldContain("tampered-v1 is refused");
        refused.Message.ShouldContain(published.Hash);
        await Should.ThrowAsync<InvalidOperationException>(stored.ExportAsync(published));
        await Should.ThrowAsync<InvalidOperationException>(stored.SaveAsync(StoredDefinitions.Json("tampered", OtherLine), published.Hash));
    }

    [Fact]
    public async Task A_version_that_was_rolled_back_leaves_nothing_in_memory()
    {
        await Should.ThrowAsync<TimeoutException>(stored.DoAsync<int>(async connection =>
        {
            await stored.Store.PublishAsync(connection, "rolled", "rolled", StoredDefinitions.Json("rolled", Line), null, default);
            (await stored.Store.GetPublishedAsync(connection, "rolled", default)).Version.ShouldBe(1);
            throw new TimeoutException();
        }));

        await stored.PublishAsync(StoredDefinitions.Json("rolled", OtherLine));
        var now = await stored.DoAsync(connection => stored.Store.GetPublishedAsync(connection, "rolled", default));
        now.Id.ShouldBe("rolled-v1");
        now.Source.ToJsonString().ShouldContain("two");
    }

    private static string Code<T>(Result<T> result) => result.ShouldBeOfType<Result<T>.Refused>().Reason.Code;

    private Task<Result<Done>> DeleteAsync(DefinitionVersion version) =>
        stored.DoAsync(connection => WorkflowDefinitions.DeleteDraftAsync(connection, version.DefinitionVersionId, version.Hash, default));
}

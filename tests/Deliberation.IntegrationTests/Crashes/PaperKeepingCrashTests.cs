using Dapper;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Crashes;

/// <summary>The product dies around each commit of destroying papers whose time is over; they are destroyed once, with one record, and the key of their photographs goes last.</summary>
public sealed class PaperKeepingCrashTests
{
    private static readonly Guid Ballot = Guid.Parse("00000000-0000-7000-8000-0000000000aa");

    [CrashFact]
    public async Task Killed_around_its_commit_and_around_the_key_the_job_destroys_once()
    {
        var faults = new ListedFaults(
            "command-before-commit:2", // the first is the demo's seed
            "command-after-commit:1", "key-before-destroy:1", "key-after-destroy:1");
        await using var database = await TestDatabase.CreateAsync();
        await using var product = await CrashingProduct.StartAsync(database, faults);
        await product.PutScanKeyAsync(Ballot);
        await using (var connection = await product.DataSource.OpenConnectionAsync())
        {
            await connection.ExecuteAsync(
                """
                insert into project (community_id, project_id, title, template_id, template_version, state)
                select 1, @Ballot, 'Road', definition_id, version, 'InPlan' from workflow_definition where is_published limit 1;
                insert into ballot (community_id, ballot_id, project_id, instance_id, visit_id, question, rule, roll_kind, secrecy, law_profile, round, max_choices, opens_at, closes_at,
                    state, roll_units, roll_persons, roll_area_hundredths, roll_salt, roll_hash, outcome, result, closed_at)
                values (1, @Ballot, @Ballot, @Ballot, 'v', 'Shall we?', '{"rule":"Majority"}', 'Households', 'Named', 'civil-code-2021', 1, 1,
                    council_now() - interval '1107 days', council_now() - interval '1100 days', 'Declared', 1, 1, 0, '', '', 'Passed', '{}', council_now() - interval '1100 days');
                insert into paper_run (community_id, ballot_id, number) values (1, @Ballot, 999);
                insert into paper_issue (community_id, ballot_id, serial, station, state) values (1, @Ballot, '99900017', '1', 'Outstanding');
                insert into paper_photo (community_id, ballot_id, photo_id, media_type, content) values (1, @Ballot, @Ballot, 'image/png', '')
                """,
                new { Ballot });
        }

        await product.UntilScanKeyIsGoneAsync(Ballot);

        Assert.Equal(4, faults.Kills.Values.Sum());
        await using var look = await product.DataSource.OpenConnectionAsync();
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from paper_destruction where ballot_id = @Ballot and papers = 1 and photos = 1", new { Ballot }));
        Assert.Equal(0, await look.ExecuteScalarAsync<int>("select count(*) from paper_photo where ballot_id = @Ballot", new { Ballot }));
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from audit_entry where action = 'DestroyPapers'"));
        Assert.Equal(1, await look.ExecuteScalarAsync<int>("select count(*) from project_event where text_key = 'ballots.timeline.papers-destroyed'"));
    }
}

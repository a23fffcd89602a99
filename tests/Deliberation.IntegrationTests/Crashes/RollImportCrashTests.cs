using Deliberation.Domain;
using Deliberation.IntegrationTests.Rolls;
using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Crashes;

/// <summary>The product dies before and after the commit that writes a table into the books; whoever presses again finds it there once.</summary>
public sealed class RollImportCrashTests
{
    [CrashFact]
    public async Task Killed_around_the_commit_of_a_confirmation_the_table_is_in_the_books_once()
    {
        var faults = new ListedFaults(
            "command-before-commit:4", // after the demo's seed, sign-in and upload: the confirmation
            "command-after-commit:1", // the confirmation again
            "command-before-commit:1"); // and once more, when it is there already
        await using var database = await TestDatabase.CreateAsync();
        await using var product = await CrashingProduct.StartAsync(database, faults);
        using var player = new ProjectPlayer(product, new CommunityId(1));
        var table = $"{Tables.Headings}\n{Tables.Owner("8号楼", "8-101", "钱新来", "100-9999-0001", "89.65")}\n{Tables.Owner("8号楼", "8-102", "孙新来", "100-9999-0002", "70.00")}\n";
        var form = await player.PersistAsync(async () =>
        {
            var clerk = await player.People.StaffAsync("staff");
            return (await CouncilPeople.ReadAsync(await clerk.SendAsync("/staff/roll/import", ("Pasted", table), ("HasNewBuildings", "true")), "upload")).Form("Apply");
        });
        Assert.Empty(faults.Kills);
        Assert.Equal(0, await CountAsync("exclusive_unit where building = '8号楼' and community_id = @community"));

        await player.PersistAsync(async () =>
        {
            var clerk = await player.People.StaffAsync("staff");
            await CouncilPeople.ReadAsync(await clerk.SubmitAsync(form.Fill("Reason", "新楼交付")), "confirm");
            return true;
        });

        Assert.Equal(3, faults.Kills.Values.Sum());
        Assert.Equal(2, await CountAsync("exclusive_unit where building = '8号楼' and community_id = @community"));
        Assert.Equal(2, await CountAsync("unit_owner join exclusive_unit using (community_id, unit_id) where building = '8号楼' and community_id = @community"));
        Assert.Equal(2, await CountAsync("resident join household using (community_id, household_id) where building = '8号楼' and community_id = @community"));
        Assert.Equal(2, await CountAsync("roll_event where building = '8号楼' and kind = 'UnitAdded' and community_id = @community"));
        Assert.Equal(1, await CountAsync("roll_import where state = 'Applied' and content is null and community_id = @community"));
        Assert.Equal(1, await CountAsync("audit_entry where action = 'ApplyRollImport' and community_id = @community"));

        async Task<long> CountAsync(string what) => await player.OneAsync<long>($"select count(*) from {what}");
    }
}

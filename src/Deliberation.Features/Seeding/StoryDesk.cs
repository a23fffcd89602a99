using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications.ByStaff;
using Deliberation.Features.Notifications.Prints;

namespace Deliberation.Features.Seeding;

/// <summary>What the demo's office has done by hand when the story ends.</summary>
internal sealed class StoryDesk(StoryPeople people, CommunityId community)
{
    /// <param name="news">What the office writes to one building.</param>
    public async Task WorkAsync(string news, CancellationToken cancellationToken)
    {
        var staff = (await people.HoldersAsync(community, "Community", cancellationToken))[0];
        await TellBuildingAsync(staff, news, cancellationToken);
        await BringLettersAsync(staff, cancellationToken);
    }

    private async Task TellBuildingAsync(Caller staff, string news, CancellationToken cancellationToken)
    {
        var choices = (await people.SendAsync(new ListAudiences(staff, community), cancellationToken)).Require().Choices;
        if (choices.FirstOrDefault(choice => choice.Kind == "Building") is not { } building)
        {
            return;
        }

        var draft = new BroadcastDraft(building.Value, news, null, null, false, null);
        var count = (await people.SendAsync(new PreviewBroadcast(staff, community, draft), cancellationToken)).Require().Count;
        (await people.SendAsync(new SendBroadcast(staff, community, Guid.NewGuid(), draft, count), cancellationToken)).Require();
    }

    /// <summary>The letters of one building are printed, and the first of several is in its letter box.</summary>
    private async Task BringLettersAsync(Caller staff, CancellationToken cancellationToken)
    {
        var desk = (await people.SendAsync(new GetPrintDesk(staff, community, null, new PageRequest(1)), cancellationToken)).Require();
        if (desk.Places.MaxBy(place => place.Letters) is not { Place: var place })
        {
            return;
        }

        var batch = (await people.SendAsync(new MakePrintBatch(staff, community, Guid.NewGuid(), place), cancellationToken)).Require();
        (await people.SendAsync(new MarkPrinted(staff, community, batch), cancellationToken)).Require();
        var letters = (await people.SendAsync(new GetPrintBatch(staff, community, batch), cancellationToken)).Require().Letters;
        if (letters.Count > 1)
        {
            (await people.SendAsync(new MarkHanded(staff, community, batch, [letters[0].Key]), cancellationToken)).Require();
        }
    }
}

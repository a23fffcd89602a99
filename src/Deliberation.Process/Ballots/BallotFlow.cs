using Deliberation.Domain.Laws;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Ballots;

/// <summary>What ballots and elections share: the window, reminders to those who have not voted, the close, the answer.</summary>
internal static class BallotFlow
{
    public const int DefaultDays = 7;

    public static ActivityResult Open(ActivityContext context, OpenBallotCommand command) =>
        ActivityResult.Wait(new BookmarkRequest("close", DueAt: command.ClosesAt), new BookmarkRequest("decided"))
            .WithBookmarks(context.WindowReminders(command.ClosesAt))
            .WithCommand(command);

    /// <summary>A template may name a text that has been replaced since: the ballot is opened under the one in force.</summary>
    public static string LawOn(ActivityContext context, string profile) =>
        LawProfiles.InForce(profile, context.Calendar().DayOf(context.Now))?.Id ?? profile;

    /// <param name="decided">What the decision becomes; asked only when it names one of the outcomes.</param>
    public static ActivityResult Resume(Resumption resumption, IReadOnlyCollection<string> outcomes, Func<string, ActivityResult> decided) =>
        resumption.Name switch
        {
            "reminder" => ActivityResult.Wait().WithCommand(new RemindNonVotersCommand(resumption.Key ?? "due")),
            "close" => ActivityResult.Wait().WithCommand(new CloseBallotCommand()),
            _ when resumption.OutcomeAmong(outcomes) is { } outcome => decided(outcome),
            _ => resumption.UnknownOutcome(),
        };
}

using System.Text.Json.Nodes;
using Deliberation.Domain.Laws;
using Deliberation.Process.Calendar;
using Deliberation.Process.Tasks;
using Deliberation.Workflows.Activities;

namespace Deliberation.Process.Ballots;

/// <summary>What ballots and elections share: the window, reminders to those who have not voted, the close, the papers that must be certified first, the answer.</summary>
internal static class BallotFlow
{
    public const int DefaultDays = 7;

    private const int LongestAway = 60;

    private static readonly string[] Certified = ["Certified"];

    public static ActivityResult Open(ActivityContext context, OpenBallotCommand command) =>
        ActivityResult.Wait(new BookmarkRequest("close", DueAt: command.ClosesAt), new BookmarkRequest("decided"))
            .WithBookmarks([.. context.WindowReminders(command.ClosesAt), .. HomeReminders(context, command.LocalClosesAt)])
            .WithCommand(command);

    /// <summary>Who works away has the days that the rule names (<c>awayDays</c>, 1 to 60), if they last longer than everybody's; all is counted after the later close.</summary>
    /// <remarks>Source: domain.md 2.3 (<c>BallotDays</c> remote), M3.28.</remarks>
    public static OpenBallotCommand WithAwayWindow(ActivityContext context, OpenBallotCommand command, int closingHour)
    {
        if (command.Rule["awayDays"].AsWhole() is not { } days || days is < 1 or > LongestAway)
        {
            return command;
        }

        var away = Window.OfDays(context.Calendar(), context.Now, (int)days, closingHour);
        return away.ClosesAt > command.ClosesAt ? command with { ClosesAt = away.ClosesAt, LocalClosesAt = command.ClosesAt } : command;
    }

    private static IEnumerable<BookmarkRequest> HomeReminders(ActivityContext context, DateTimeOffset? closesAt) =>
        closesAt is { } close ? context.WindowReminders(close).Select(reminder => reminder with { Key = RemindNonVotersCommand.Home + reminder.Key }) : [];

    /// <summary>A template may name a text that has been replaced since: the ballot is opened under the one in force.</summary>
    public static string LawOn(ActivityContext context, string profile) =>
        LawProfiles.InForce(profile, context.Calendar().DayOf(context.Now))?.Id ?? profile;

    /// <param name="decided">What the decision becomes; asked only when it names one of the outcomes.</param>
    public static ActivityResult Resume(ActivityContext context, Resumption resumption, IReadOnlyCollection<string> outcomes, Func<string, ActivityResult> decided) =>
        resumption.Name switch
        {
            "reminder" when !IsCounting(context) => ActivityResult.Wait().WithCommand(new RemindNonVotersCommand(resumption.Key ?? "due")),
            "close" => ActivityResult.Wait().WithCommand(new CloseBallotCommand()),
            "decided" when resumption.OutcomeAmong([CloseBallotCommand.Counting]) is not null => Count(context, resumption),
            "completed" => ActivityResult.Wait().WithCommand(new CloseBallotCommand()),
            "reminder" or "ladder" or "rescheduled" => TaskFlow.Resume(context, resumption, Certified),
            _ when resumption.OutcomeAmong(outcomes) is { } outcome => Decided(context, decided(outcome)),
            _ => resumption.UnknownOutcome(),
        };

    /// <summary>Papers were given out: somebody has them read and certified, with reminders and the ladder. The count comes after that.</summary>
    private static ActivityResult Count(ActivityContext context, Resumption resumption)
    {
        var papers = new TaskInputs(
            Input<string>.Unset,
            Input<string>.Of(resumption.Input?["question"]?.DeepClone()),
            Input<string>.Unset,
            Input<JsonObject>.Of(new JsonObject { ["ballot"] = resumption.Input?["ballotId"]?.DeepClone() }),
            Input<int>.Unset,
            Input<int>.Unset,
            Input<int>.Unset,
            Input<int>.Unset);
        return TaskFlow.Open(context, papers, "PaperCount", Certified, "Community").WithBookmark(new BookmarkRequest("decided")).Burn("reminder");
    }

    /// <summary>A ballot that was cancelled while its papers were read leaves nobody at work on them.</summary>
    private static ActivityResult Decided(ActivityContext context, ActivityResult result) =>
        IsCounting(context) && result.IsCompleted ? result.WithCommand(new WithdrawTaskCommand("task.cancelled")) : result;

    private static bool IsCounting(ActivityContext context) => context.State.ContainsKey("dueAt");
}

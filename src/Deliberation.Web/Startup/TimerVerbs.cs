using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Timers;

namespace Deliberation.Web.Startup;

/// <summary><c>timers list</c> and <c>timers fire</c>.</summary>
internal static class TimerVerbs
{
    public static Task<int> ListAsync(VerbContext context, string? community, bool isJson, CancellationToken cancellationToken) =>
        InAsync(context, community, id => context.SendAsync(
            new ListTimers(Caller.System, id, CommandLine.Language()),
            async page =>
            {
                if (isJson)
                {
                    await Json.WriteAsync(new { page.Now, page.Waiting, page.Lateness, page.Overdue, page.NextDay, page.Parked });
                    return 0;
                }

                await Console.Out.WriteLineAsync(context.Say("timers.head", ("waiting", page.Waiting), ("overdue", page.Overdue.Count)));
                foreach (var timer in page.Overdue.Concat(page.NextDay))
                {
                    await Console.Out.WriteLineAsync($"{timer.DueAt:u}  {timer.InstanceId} {timer.BookmarkId}  {timer.ProjectTitle} · {timer.ActivityId} {timer.Name}{(timer.WhyNotFired is { } why ? $"  {context.Say(why)}" : "")}");
                }

                return 0;
            },
            cancellationToken), cancellationToken);

    public static Task<int> FireAsync(VerbContext context, string? community, Guid instance, string bookmark, string reason, CancellationToken cancellationToken) =>
        InAsync(context, community, id => context.SendAsync(
            new FireTimer(Caller.System, id, instance, bookmark, reason),
            async _ =>
            {
                await Console.Out.WriteLineAsync(context.Say("timers.fired"));
                return 0;
            },
            cancellationToken), cancellationToken);

    private static async Task<int> InAsync(VerbContext context, string? code, Func<CommunityId, Task<int>> run, CancellationToken cancellationToken) =>
        await context.CommunityAsync(code, cancellationToken) is { } community ? await run(community.Id) : 1;
}

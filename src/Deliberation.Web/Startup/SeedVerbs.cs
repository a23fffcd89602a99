using Deliberation.Features.Seeding;

namespace Deliberation.Web.Startup;

/// <summary><c>seed demo</c> and <c>seed roll FILE</c>.</summary>
internal static class SeedVerbs
{
    public static async Task<int> DemoAsync(VerbContext context, bool yesDemo, CancellationToken cancellationToken)
    {
        context.Configuration["Demo:Yes"] = yesDemo ? "true" : null;
        DemoSeeding.RefuseProduction(context.Environment, context.Configuration);
        await context.Services.GetRequiredService<Features.Templates.PublishShippedTemplates>().RunAsync(Path.Combine(AppContext.BaseDirectory, "workflows"), cancellationToken);
        var seeding = context.Services.GetRequiredService<DemoSeeding>();
        var demo = await seeding.RunAsync(cancellationToken);
        await Console.Out.WriteLineAsync(context.Say("seed.demo-done", ("count", demo.Communities)));
        foreach (var login in demo.PrintedLogins)
        {
            await Console.Out.WriteLineAsync($"  {login} / {seeding.Password(login)}");
        }

        return 0;
    }

    /// <summary>Says everything wrong with the file at once; writes all of it or nothing.</summary>
    public static async Task<int> RollAsync(VerbContext context, string file, string? community, CancellationToken cancellationToken)
    {
        var problems = RollFile.Problems(file);
        foreach (var problem in problems)
        {
            await Console.Error.WriteLineAsync(Problems.Why(problem));
        }

        return problems.Count > 0 || await context.CommunityAsync(community, cancellationToken) is not { } target ? 1 : await context.SendAsync(
            new ImportRoll(target.Code, file),
            async roll =>
            {
                await Console.Out.WriteLineAsync(context.Say(
                    "seed.roll-done", ("households", roll.Households), ("residents", roll.Residents), ("units", roll.Units), ("area", roll.AreaHundredths / 100m)));
                return 0;
            },
            cancellationToken);
    }
}

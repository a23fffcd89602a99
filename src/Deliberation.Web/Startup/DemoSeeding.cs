using System.Security.Cryptography;
using Deliberation.Domain;
using Deliberation.Features.Seeding;
using Deliberation.Postgres;
using Deliberation.Process.Texts;
using MediatR;

namespace Deliberation.Web.Startup;

/// <summary>Fills the demo: at a demo start, and for <c>seed demo</c>.</summary>
internal sealed class DemoSeeding(SecretsFile secrets, IServiceScopeFactory scopes, IConfiguration configuration, TextCatalog texts)
{
    /// <summary>Demo data, and the sign-ins that their start prints, have no place in production unless somebody insists.</summary>
    /// <exception cref="StartRefusedException">Demo data in production without --yes-demo.</exception>
    public static void RefuseProduction(IHostEnvironment environment, IConfiguration configuration)
    {
        if (environment.IsProduction() && !configuration.GetValue<bool>("Demo:Yes"))
        {
            throw new StartRefusedException("start.demo-in-production");
        }
    }

    /// <exception cref="InvalidDataException">The seeds do not read; says file, line and field.</exception>
    public async Task<SeededDemo> RunAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var folder = Path.Combine(AppContext.BaseDirectory, "seeds", "demo");
        var passwords = File.ReadLines(Path.Combine(folder, "staff.csv")).Skip(1).Select(line => line.Split(',')[0]).ToDictionary(login => login, Password);
        var answer = await scope.ServiceProvider.GetRequiredService<IMediator>()
            .Send(new SeedDemo(folder, passwords), cancellationToken);
        if (answer is Result<SeededDemo>.Refused { Reason: var reason })
        {
            throw new InvalidDataException(texts.Get(CommandLine.Language(), reason.Code, reason.Values));
        }

        if (configuration.GetValue("Demo:Story", true))
        {
            await scope.ServiceProvider.GetRequiredService<DemoStory>().PlayAsync(folder, answer.Require(), cancellationToken);
        }

        return answer.Require();
    }

    /// <summary>Made at the first start, kept in the 0600 secrets file, printed at each demo start.</summary>
    public string Password(string login) => secrets.GetOrCreate($"demo.{login}.password", () => RandomNumberGenerator.GetString("abcdefghjkmnpqrstuvwxyz23456789", 10));
}

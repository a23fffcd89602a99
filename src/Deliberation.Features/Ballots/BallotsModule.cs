using Deliberation.Features.Ballots.PaperVotes;
using Deliberation.Postgres;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Features.Ballots;

/// <summary>What voting needs beyond its handlers. <see cref="BallotKeyOptions"/> may be configured by the host.</summary>
internal static class BallotsModule
{
    public static IServiceCollection AddBallots(this IServiceCollection services)
    {
        services.AddOptions<BallotKeyOptions>();
        services.AddSingleton<Installation>();
        services.AddSingleton<BallotKeys>();
        services.AddSingleton<BallotDefinitions>();
        services.AddSingleton<VoteStore>();
        services.AddSingleton<VoteBatcher>();
        services.AddSingleton<CastChecks>();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<PaperKeeping>();
        services.AddHostedService<BallotHousekeeping>();
        return services;
    }
}

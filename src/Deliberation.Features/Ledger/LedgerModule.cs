using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Features.Ledger;

/// <summary>What the ledger needs beyond its handlers. Its keys lie in the folder of the ballots' keys.</summary>
internal static class LedgerModule
{
    public static IServiceCollection AddLedger(this IServiceCollection services)
    {
        services.AddSingleton<LedgerKeys>();
        services.AddSingleton<LedgerSequencer>();
        services.AddHostedService<LedgerLoop>();
        return services;
    }
}

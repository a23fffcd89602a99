using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Features.Residents;

internal static class ResidentsModule
{
    public static IServiceCollection AddResidents(this IServiceCollection services)
    {
        services.AddSingleton<SessionReader>();
        services.AddSingleton<IResidentSessions, ResidentSessionCache>();
        return services;
    }
}

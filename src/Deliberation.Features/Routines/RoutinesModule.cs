using Deliberation.Features.Duties;
using Deliberation.Features.Lists;
using Deliberation.Features.Orders;
using Deliberation.Features.Questions;
using Deliberation.Features.Resolutions;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Features.Routines;

/// <summary>Composition of what comes round by the calendar.</summary>
internal static class RoutinesModule
{
    public static IServiceCollection AddRoutines(this IServiceCollection services)
    {
        services.AddSingleton<IRoutine, DutyRoutine>();
        services.AddSingleton<IRoutine, OrderRoutine>();
        services.AddSingleton<IRoutine, QuestionRoutine>();
        services.AddSingleton<IRoutine, ResolutionRoutine>();
        services.AddSingleton<IRoutine, PackRoutine>();
        services.AddSingleton<RoutineLoop>();
        services.AddHostedService(provider => provider.GetRequiredService<RoutineLoop>());
        return services;
    }
}

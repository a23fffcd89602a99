using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Features.Tasks;

internal static class TasksModule
{
    public static IServiceCollection AddTasks(this IServiceCollection services)
    {
        services.AddScoped<LateAnswers>();
        return services;
    }
}

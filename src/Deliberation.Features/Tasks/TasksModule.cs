using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Features.Tasks;

internal static class TasksModule
{
    public static IServiceCollection AddTasks(this IServiceCollection services)
    {
        services.AddScoped<LateAnswers>();
        services.AddScoped<TaskCompletion>();
        services.AddScoped<TaskChoosing>();
        return services;
    }
}

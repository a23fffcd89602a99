using Deliberation.Features.Calendars;
using Deliberation.Features.Projects;
using Deliberation.Features.Templates;
using Deliberation.Features.Workflows.Http;
using Deliberation.Postgres.Scheduling;
using Deliberation.Postgres.Workflows;
using Deliberation.Process.Ballots;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Alterations;
using Deliberation.Workflows.Execution;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Features.Workflows;

/// <summary>Composition of the engine with its store and the council's activities.</summary>
internal static class WorkflowsModule
{
    public static IServiceCollection AddWorkflows(this IServiceCollection services)
    {
        services.AddSingleton(new ActivityRegistry().AddAssembly(typeof(OpenBallotCommand).Assembly));
        services.AddSingleton(provider => new WorkflowEngine(provider.GetRequiredService<ActivityRegistry>()));
        services.AddSingleton<IWorkflowEngine>(provider => provider.GetRequiredService<WorkflowEngine>());
        services.AddSingleton<WorkflowAlterer>();
        services.AddSingleton<WorkflowMigrator>();
        services.AddSingleton<IDefinitionRule, DivisionOfWorkRule>();
        services.AddSingleton<WorkflowDefinitions>();
        services.AddScoped<CommandDispatcher>();
        services.AddScoped<VisitEvents>();
        services.AddScoped<CancelledVisits>();
        services.AddScoped<StepRunner>();
        services.AddScoped<InstanceRepair>();
        services.AddScoped<IWorkflowStarter>(provider => provider.GetRequiredService<StepRunner>());
        services.AddScoped<IWorkflowControl>(provider => provider.GetRequiredService<StepRunner>());
        services.AddSingleton<FoundWork>();
        services.AddSingleton<IDueWorkHandler, DueWorkHandler>();
        services.AddSingleton<IDueWorkHandler, ResumeDueProjects>();
        services.AddSingleton<IDueWorkHandler, RecountDueProjects>();
        services.AddOptions<HttpCallOptions>().BindConfiguration(HttpCallOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<OutwardHttp>();
        services.AddSingleton<HttpCallDelivery>();
        services.AddHostedService<HttpCallLoop>();
        return services;
    }
}

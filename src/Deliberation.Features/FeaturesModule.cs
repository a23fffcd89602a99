using System.Reflection;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Ledger;
using Deliberation.Features.Notifications.Channels;
using Deliberation.Features.Operations;
using Deliberation.Features.Seeding;
using Deliberation.Features.Residents;
using Deliberation.Features.Routines;
using Deliberation.Features.Tasks;
using Deliberation.Features.Workflows;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Features;

/// <summary>Composition of what people and workflows can do.</summary>
public static class FeaturesModule
{
    public static IServiceCollection AddFeatures(this IServiceCollection services)
    {
        services.AddScoped<CouncilSession>();
        services.AddScoped<DemoStory>();
        services.AddSingleton<SetUpCodes>();
        services.AddTransient<ServiceFactory>(provider => provider.GetService!);
        services.AddScoped<IMediator, Mediator>();
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(AuthorizationBehaviour<,>));
        services.AddTransient(typeof(IPipelineBehavior<,>), typeof(TransactionBehaviour<,>));
        services.Scan(scan => scan.FromAssemblies(Assembly.GetExecutingAssembly())
            .AddClasses(classes => classes.AssignableToAny(typeof(IRequestHandler<,>), typeof(IWorkflowCommandHandler<>)), publicOnly: false)
            .AsImplementedInterfaces()
            .WithScopedLifetime());
        services.AddBallots();
        services.AddChannels();
        services.AddLedger();
        services.AddResidents();
        services.AddTasks();
        services.AddWorkflows();
        services.AddRoutines();
        return services;
    }
}

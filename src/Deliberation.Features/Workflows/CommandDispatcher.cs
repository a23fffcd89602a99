using System.Collections.Concurrent;
using Deliberation.Workflows.Activities;
using Microsoft.Extensions.DependencyInjection;

namespace Deliberation.Features.Workflows;

/// <summary>Finds the handler of a command by its type.</summary>
public sealed class CommandDispatcher(IServiceProvider services)
{
    private static readonly ConcurrentDictionary<Type, Invoker> Invokers = new();

    /// <exception cref="InvalidOperationException">Nobody carries out this kind of command: the step is not committed.</exception>
    public Task<IReadOnlyList<StepEvent>> DispatchAsync(IWorkflowCommand command, StepContext step, CancellationToken cancellationToken) =>
        Invokers
            .GetOrAdd(command.GetType(), type => (Invoker)Activator.CreateInstance(typeof(Invoker<>).MakeGenericType(type))!)
            .InvokeAsync(services, command, step, cancellationToken);

    private abstract class Invoker
    {
        public abstract Task<IReadOnlyList<StepEvent>> InvokeAsync(IServiceProvider services, IWorkflowCommand command, StepContext step, CancellationToken cancellationToken);
    }

    private sealed class Invoker<TCommand> : Invoker
        where TCommand : IWorkflowCommand
    {
        public override Task<IReadOnlyList<StepEvent>> InvokeAsync(IServiceProvider services, IWorkflowCommand command, StepContext step, CancellationToken cancellationToken) =>
            services.GetRequiredService<IWorkflowCommandHandler<TCommand>>().HandleAsync((TCommand)command, step, cancellationToken);
    }
}

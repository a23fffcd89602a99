using System.Reflection;
using Deliberation.Domain;
using MediatR;

namespace Deliberation.Features.Foundation;

/// <summary>Hears only callers of the right kind and community. Another community's object is absent, not forbidden.</summary>
public sealed class AuthorizationBehaviour<TRequest, TResponse> : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    public Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        if (request is not ICommunityRequest asked)
        {
            throw new InvalidOperationException($"{typeof(TRequest).Name} says neither community nor audience.");
        }

        if (asked.Caller.Kind == CallerKind.System)
        {
            return next();
        }

        var kind = asked.Caller.Kind switch
        {
            CallerKind.Anonymous => Audience.Anonymous,
            CallerKind.Resident => Audience.Resident,
            CallerKind.Staff => Audience.Staff,
            CallerKind.Admin => Audience.Admin,
            CallerKind.Official => Audience.Official,
            CallerKind.Supervisor => Audience.Supervisor,
            _ => Audience.None,
        };
        if (!asked.Audience.HasFlag(Audience.Anonymous) && !asked.Caller.Covers(asked.Community))
        {
            return Task.FromResult(Refusals.As<TResponse>(AccessRefusals.NotFound));
        }

        return (asked.Audience & kind) == 0
            ? Task.FromResult(Refusals.As<TResponse>(asked.Caller.Kind == CallerKind.Anonymous ? AccessRefusals.SignInFirst : AccessRefusals.NotAllowed))
            : next();
    }
}

/// <summary>One use case, one transaction: commands commit when granted and roll back when refused; queries only get a connection; the rest look after themselves.</summary>
public sealed class TransactionBehaviour<TRequest, TResponse>(CouncilSession session) : IPipelineBehavior<TRequest, TResponse>
    where TRequest : IRequest<TResponse>
{
    private static readonly bool IsCommand = Implements(typeof(ICommand<>));
    private static readonly bool IsQuery = Implements(typeof(IQuery<>));

    public async Task<TResponse> Handle(TRequest request, CancellationToken cancellationToken, RequestHandlerDelegate<TResponse> next)
    {
        if (!IsCommand && !IsQuery)
        {
            return await next(); // casts wait for their batch: they must not hold a connection meanwhile
        }

        await session.OpenAsync(cancellationToken);
        if (!IsCommand)
        {
            return await next();
        }

        await session.BeginAsync(cancellationToken);
        try
        {
            var answer = await next();
            if (Refusals.IsAccepted(answer))
            {
                await session.CommitAsync(cancellationToken);
            }

            return answer;
        }
        finally
        {
            await session.RollbackAsync();
        }
    }

    private static bool Implements(Type open) =>
        typeof(TRequest).GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == open);
}

/// <summary>Refusals that any use case may answer.</summary>
public static class AccessRefusals
{
    public static Refusal NotFound { get; } = Refusal.NotFound("access.not-found");

    public static Refusal NotAllowed { get; } = Refusal.Forbidden("access.not-allowed");

    public static Refusal SignInFirst { get; } = Refusal.Forbidden("access.sign-in-first");
}

internal static class Refusals
{
    /// <summary>A refusal as the <c>Result&lt;T&gt;</c> that the request promises.</summary>
    public static TResponse As<TResponse>(Refusal refusal)
    {
        var refused = typeof(TResponse).GetNestedType("Refused", BindingFlags.Public)!.MakeGenericType(typeof(TResponse).GetGenericArguments());
        return (TResponse)Activator.CreateInstance(refused, refusal)!;
    }

    public static bool IsAccepted<TResponse>(TResponse answer) => answer is not null && answer.GetType().Name == "Accepted";
}

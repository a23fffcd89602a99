namespace Deliberation.Domain;

/// <summary>The answer to a request that may be refused: a value, or the reason why not.</summary>
/// <typeparam name="T">What an accepted request gives.</typeparam>
public abstract record Result<T>
{
    private Result() { }

    /// <summary>The request was granted.</summary>
    public sealed record Accepted(T Value) : Result<T>;

    /// <summary>The request was understood but may not be granted; nothing has changed.</summary>
    public sealed record Refused(Refusal Reason) : Result<T>;

    public static implicit operator Result<T>(T value) => new Accepted(value);

    public static implicit operator Result<T>(Refusal reason) => new Refused(reason);

    /// <summary>The value; throws when the request was refused. For callers that have already checked.</summary>
    /// <exception cref="InvalidOperationException">The request was refused.</exception>
    public T Require() => this switch
    {
        Accepted { Value: var value } => value,
        Refused { Reason: var reason } => throw new InvalidOperationException($"Refused: {reason.Code}"),
        _ => throw new InvalidOperationException(),
    };
}

/// <summary>The value of a <see cref="Result{T}"/> that carries no information beyond "granted".</summary>
public readonly record struct Done
{
    public static Done Value => default;
}

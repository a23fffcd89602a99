using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Activities;

/// <summary>What an activity may know while it decides. Nothing else exists for it.</summary>
public abstract class ActivityContext
{
    /// <summary>Council time, read once for the whole step, UTC.</summary>
    public abstract DateTimeOffset Now { get; }

    /// <summary>The instant that this step stands for: when its timer was due, however late it was found; else <see cref="Now"/>. Council time, UTC.</summary>
    public virtual DateTimeOffset Occasion => Now;

    public abstract string InstanceId { get; }

    /// <summary>Id of the activity in its definition.</summary>
    public abstract string ActivityId { get; }

    /// <summary>Id of this visit: a loop visits one activity several times. Commands carry it so that the answer finds its way back.</summary>
    public abstract string VisitId { get; }

    /// <summary>Display text of the activity in the definition, else its name.</summary>
    public abstract string DisplayText { get; }

    /// <summary>What this visit remembered; empty on the first call.</summary>
    public abstract JsonObject State { get; }

    /// <summary>The value of an input now; <c>default</c> of <typeparamref name="T"/> when unset.</summary>
    /// <exception cref="Expressions.ExpressionException">The expression does not evaluate or does not convert; becomes an incident.</exception>
    public abstract T? Evaluate<T>(Input<T> input);

    /// <summary>Whether a workflow may be called; true when the host does not say.</summary>
    internal virtual bool Knows(string definitionId) => true;

    /// <summary>Facts that the host hands in, such as the working calendar. Pure data.</summary>
    /// <exception cref="InvalidOperationException">The host gave no such fact.</exception>
    public abstract TFact Fact<TFact>()
        where TFact : class;
}

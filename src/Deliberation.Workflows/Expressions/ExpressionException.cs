namespace Deliberation.Workflows.Expressions;

/// <summary>An expression that does not parse, evaluate or convert.</summary>
public sealed class ExpressionException : Exception
{
    public ExpressionException(string message, int line = 1, int column = 1)
        : base(message)
    {
        Line = line;
        Column = column;
    }

    /// <summary>1-based; 0 when the text as a whole is meant.</summary>
    public int Line { get; }

    /// <summary>1-based, in UTF-16 units.</summary>
    public int Column { get; }

    /// <summary>True when a value is not of the type that is wanted: Elsa, which is not strict, takes the default of the type instead.</summary>
    internal bool IsUnfit { get; init; }
}

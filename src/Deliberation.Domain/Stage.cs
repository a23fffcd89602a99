namespace Deliberation.Domain;

/// <summary>The five co's (五共), in order.</summary>
public enum Stage
{
    /// <summary>Plan together (共谋).</summary>
    Plan,

    /// <summary>Build together (共建).</summary>
    Build,

    /// <summary>Manage together (共管).</summary>
    Manage,

    /// <summary>Evaluate together (共评).</summary>
    Evaluate,

    /// <summary>Share together (共享).</summary>
    Share,
}

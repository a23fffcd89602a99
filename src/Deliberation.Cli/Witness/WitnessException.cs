namespace Deliberation.Cli.Witness;

/// <summary>Why nothing was signed, in words for the person who watches.</summary>
/// <param name="isUsage">Something is missing or is no such file; the log is not accused of anything.</param>
internal sealed class WitnessException(string message, bool isUsage = false) : Exception(message)
{
    public bool IsUsage => isUsage;
}

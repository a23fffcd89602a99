using System.ComponentModel.DataAnnotations;

namespace Deliberation.Postgres.Scheduling;

/// <summary>Section <c>Pump</c>: how due work is found.</summary>
public sealed class PumpOptions
{
    public const string Section = "Pump";

    /// <summary>Longest pause between two looks for due work. Machine time.</summary>
    /// <value>0.1 s to 1 min; 1 s unless set.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Steps that this node runs at the same time.</summary>
    /// <value>0 to 32; 8 unless set. 0: this node runs none.</value>
    [Range(0, 32)]
    public int Workers { get; set; } = 8;

    /// <summary>Longest time that one step may take; what takes longer has failed and is tried again later, on the rules of every failure. Machine time.</summary>
    /// <value>0.1 s to 10 min; 1 min unless set.</value>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:10:00")]
    public TimeSpan StepBudget { get; set; } = TimeSpan.FromMinutes(1);
}

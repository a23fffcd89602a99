using Xunit;

namespace Deliberation.IntegrationTests.Crashes;

/// <summary>A test that kills. <c>DELIBERATION_CRASH</c>: <c>some</c> unless set, <c>all</c>, <c>none</c>; <c>skip</c> leaves it out.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CrashFactAttribute : FactAttribute
{
    public CrashFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("DELIBERATION_CRASH") == "skip")
        {
            Skip = "Left out by DELIBERATION_CRASH=skip.";
        }
    }
}

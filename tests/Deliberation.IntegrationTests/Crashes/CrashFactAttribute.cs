using Xunit;

namespace Deliberation.IntegrationTests.Crashes;

/// <summary>A test that kills; runs only where <c>DELIBERATION_CRASH</c> is set: <c>some</c>, <c>all</c> or <c>none</c>.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class CrashFactAttribute : FactAttribute
{
    public CrashFactAttribute()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("DELIBERATION_CRASH")))
        {
            Skip = "Not part of the suite yet. Set DELIBERATION_CRASH=some, all or none.";
        }
    }
}

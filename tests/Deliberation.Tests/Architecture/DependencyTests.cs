using System.Reflection;
using Deliberation.Domain;
using Deliberation.Features;
using Deliberation.Postgres;
using Deliberation.Process.Ballots;
using Deliberation.Workflows.Activities;

namespace Deliberation.Tests.Architecture;

public sealed class DependencyTests
{
    private static readonly Dictionary<Assembly, string[]> Allowed = new()
    {
        [typeof(Refusal).Assembly] = [],
        [typeof(IActivity).Assembly] = [],
        [typeof(OpenBallotCommand).Assembly] = ["Deliberation.Domain", "Deliberation.Workflows"],
        [typeof(Sql).Assembly] = ["Deliberation.Domain", "Deliberation.Workflows"],
        [typeof(FeaturesModule).Assembly] = ["Deliberation.Domain", "Deliberation.Workflows", "Deliberation.Postgres", "Deliberation.Process"],
    };

    [Fact]
    public void Dependencies_point_one_way()
    {
        foreach (var (assembly, allowed) in Allowed)
        {
            var referenced = assembly.GetReferencedAssemblies().Select(a => a.Name!).Where(n => n.StartsWith("Deliberation.", StringComparison.Ordinal));
            Assert.Empty(referenced.Except(allowed));
        }
    }

    [Fact]
    public void Rules_and_engine_use_nothing_but_the_framework()
    {
        foreach (var assembly in new[] { typeof(Refusal).Assembly, typeof(IActivity).Assembly })
        {
            Assert.All(assembly.GetReferencedAssemblies(), a => Assert.StartsWith("System", a.Name, StringComparison.Ordinal));
        }
    }
}

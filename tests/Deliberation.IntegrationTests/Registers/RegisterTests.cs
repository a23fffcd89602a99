using Deliberation.Testing;
using Xunit;

namespace Deliberation.IntegrationTests.Registers;

/// <summary>One database for all registers, whose tests follow each other: each sets council time.</summary>
[CollectionDefinition(Name)]
public sealed class RegisterTests : ICollectionFixture<TestDatabase>
{
    public const string Name = "registers";
}

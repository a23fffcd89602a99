using System.Runtime.CompilerServices;
using Deliberation.Features;
using Deliberation.Features.Foundation;

namespace Deliberation.Tests.Architecture;

/// <summary>Officials and supervisors read; they change nothing (domain.md 5, requirement 12). Said by every use case that changes something.</summary>
public sealed class RolesTests
{
    /// <summary>Their own messages, a task urged by an official, an objector's second answer, and reads that are put on record.</summary>
    private static readonly string[] Own = ["MarkMessagesRead", "UrgeTask", "AnswerAgain", "ExportRoll", "ExportAuditorsBundle"];

    public static TheoryData<Type> Commands { get; } = [.. typeof(FeaturesModule).Assembly.GetTypes()
        .Where(type => type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ICommand<>)) && !Own.Contains(type.Name))
        .OrderBy(type => type.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Who_only_reads_is_not_heard(Type command)
    {
        var audience = ((ICommunityRequest)RuntimeHelpers.GetUninitializedObject(command)).Audience;
        Assert.True(
            audience == Audience.Everyone || (audience & (Audience.Official | Audience.Supervisor)) == 0,
            $"{command.Name} hears {audience}.");
    }
}

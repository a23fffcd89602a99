using System.Runtime.CompilerServices;
using Deliberation.Features;
using Deliberation.Features.Agendas;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;

namespace Deliberation.Tests.Architecture;

/// <summary>Officials and supervisors read; they change nothing (domain.md 5, requirement 12). Said by every use case that changes something.</summary>
public sealed class RolesTests
{
    /// <summary>Their own messages, a task urged by an official, an objector's second answer, reads that are put on record, and what the level above orders and decides (record 0028).</summary>
    private static readonly string[] Own =
    [
        "MarkMessagesRead", "UrgeTask", "AnswerAgain", "ExportRoll", "ExportAuditorsBundle",
        "IssueOrder", "AcceptOrder", "ReturnOrder", "AskAllHolders", "DecideUpperItem",
    ];

    /// <summary>The level above acts as officials; supervisors look on.</summary>
    [Theory]
    [InlineData(typeof(IssueOrder))]
    [InlineData(typeof(AcceptOrder))]
    [InlineData(typeof(ReturnOrder))]
    [InlineData(typeof(AskAllHolders))]
    [InlineData(typeof(DecideUpperItem))]
    public void Supervisors_order_nothing(Type command) =>
        Assert.Equal(Audience.None, ((ICommunityRequest)RuntimeHelpers.GetUninitializedObject(command)).Audience & Audience.Supervisor);

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

namespace Deliberation.IntegrationTests.Messages;

/// <summary>Tests that share one post room, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class PostRoomGroup : ICollectionFixture<PostRoom>
{
    public const string Name = "post room";
}

using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>Saves one part of a launch. The first save makes the draft.</summary>
/// <param name="DraftId">Null makes a new draft.</param>
/// <param name="Part">One of <see cref="LaunchParts"/>.</param>
/// <param name="ExpectedVersion">0 for a new draft; another version is stored → <c>project.draft-changed</c>.</param>
public sealed record SaveDraft(
    Caller Caller,
    CommunityId Community,
    Guid? DraftId,
    string Part,
    JsonObject Answers,
    int ExpectedVersion) : ICommand<LaunchDraft>
{
    public Audience Audience => Audience.Workers;
}

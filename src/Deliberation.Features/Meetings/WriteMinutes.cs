using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Meetings;

/// <summary>Saves the draft of the minutes (会议纪要); a saved draft must be approved anew.</summary>
/// <param name="ExpectedVersion">Version the text was written from; else <c>meeting.minutes-changed</c>.</param>
/// <returns>The new version.</returns>
public sealed record WriteMinutes(Caller Caller, CommunityId Community, Guid Meeting, string Text, int ExpectedVersion) : ICommand<int>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>A second person approves the minutes; the writer may not: <c>meeting.second-person-needed</c>.</summary>
public sealed record ApproveMinutes(Caller Caller, CommunityId Community, Guid Meeting, int ExpectedVersion) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

using Deliberation.Features.Ballots;

namespace Deliberation.Web.Parts;

/// <summary>Model of <c>_NamedVotes</c>: who voted how, a page of it.</summary>
public sealed record NamedVotesPart(NamedVotes List, PagerPart Pager)
{
    /// <summary>Header that keeps the list out of search engines and their copies, should its address get about.</summary>
    public const string RobotsHeader = "X-Robots-Tag";

    public const string NoRobots = "noindex, nofollow, noarchive";
}

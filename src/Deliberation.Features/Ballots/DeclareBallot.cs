using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Resolutions;
using Deliberation.Features.Tasks;
using Deliberation.Postgres;
using MediatR;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>Confirms and declares a counted result (公布), once; from then on the result carries the seal. The workflow does not wait for it.
/// Refused with <c>ballot.not-found</c>, <c>ballot.not-closed</c>, <c>ballot.counting</c>, <c>ballot.cancelled</c>, <c>ballot.already-declared</c>,
/// <c>ballot.set-up-by-you</c> and <c>ballot.not-declarer</c>, which say whose act it is.</summary>
/// <remarks>Who set the ballot up does not declare it (domain.md 5, requirement 12). The seal certifies the count, not success: a rejected or inquorate ballot is declared too. Source: domain.md P10 and 5, requirement 9 (the scrutineer confirms).</remarks>
public sealed record DeclareBallot(Caller Caller, CommunityId Community, BallotId Ballot) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>A counted result that waits to be declared.</summary>
/// <param name="Post">Whose act it is.</param>
/// <param name="Holder">Who acts for that post; null while it is vacant.</param>
/// <param name="MayDeclare">The reader acts for it.</param>
public sealed record ResultToDeclare(string Post, string? Holder, bool MayDeclare);

/// <summary>Who declares results: the scrutineer (监票人); where nobody acts for that post but who set the ballot up, the community; where nobody does there, an admin. An admin may stand in.</summary>
internal static class Declaring
{
    public const string Post = "Scrutineer";

    public const string PostInstead = "Community";

    /// <summary>No post of the community: the name of the admins' in texts.</summary>
    public const string LastPost = "Admin";

    /// <param name="setUpBy">Null when nobody on our books did.</param>
    public static ResultToDeclare Of(Caller caller, IReadOnlyList<ActingHolder> acting, StaffId? setUpBy)
    {
        var others = acting.Where(holder => holder.StaffId != setUpBy).ToList();
        var post = others.Any(holder => holder.PostCode == Post) ? Post
            : others.Any(holder => holder.PostCode == PostInstead) || !acting.Any(holder => holder.PostCode == PostInstead) ? PostInstead
            : LastPost;
        var holders = others.Where(holder => holder.PostCode == post).ToList();
        return new ResultToDeclare(
            post,
            holders.FirstOrDefault()?.DisplayName,
            (setUpBy is null || caller.Staff != setUpBy) && (caller.Kind == CallerKind.Admin || holders.Any(holder => holder.StaffId == caller.Staff)));
    }

    public static async Task<ResultToDeclare> FindAsync(
        NpgsqlConnection connection, Caller caller, CommunityId community, ProjectId project, DateTimeOffset now, CancellationToken cancellationToken) =>
        Of(caller, await connection.ActingHoldersAsync(community, now, cancellationToken), await SettingUp.ByAsync(connection, community, project, cancellationToken));
}

internal sealed class DeclareBallotHandler(CouncilSession session) : IRequestHandler<DeclareBallot, Result<Done>>
{
    public async Task<Result<Done>> Handle(DeclareBallot request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await BallotRow.LockAsync(connection, request.Community, request.Ballot, cancellationToken) is not { } ballot)
        {
            return BallotRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        switch (ballot.State)
        {
            case nameof(BallotState.Open) or nameof(BallotState.Paused):
                return BallotRefusals.NotClosed(ballot.ClosesAt);
            case nameof(BallotState.Counting):
                return BallotRefusals.Counting;
            case nameof(BallotState.Declared):
                return Refusal.Conflict("ballot.already-declared");
            case nameof(BallotState.Cancelled) or nameof(BallotState.Voided):
                return BallotRefusals.Cancelled;
        }

        var setUpBy = await SettingUp.ByAsync(connection, request.Community, ballot.ProjectId, cancellationToken);
        var declaring = Declaring.Of(request.Caller, await connection.ActingHoldersAsync(request.Community, now, cancellationToken), setUpBy);
        if (!declaring.MayDeclare)
        {
            return Refusal.Forbidden(setUpBy is not null && request.Caller.Staff == setUpBy ? "ballot.set-up-by-you" : "ballot.not-declarer", ("post", declaring.Post));
        }

        await connection.RunAsync(
            """
            update ballot set state = 'Declared', declared_at = @now, declared_by = @staff, declared_post = @post
            where community_id = @community and ballot_id = @ballot
            """,
            new { request.Community, request.Ballot, now, staff = request.Caller.Staff, declaring.Post },
            cancellationToken);
        await connection.AddResolutionOfBallotAsync(request.Community, request.Ballot, now, cancellationToken);
        await connection.TimelineAsync(
            request.Caller, request.Community, ballot.ProjectId, now, "Ballot", "ballots.timeline.declared",
            new JsonObject { ["question"] = ballot.Question, ["post"] = declaring.Post }, $"/results/{ballot.BallotId}", cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(DeclareBallot), $"ballot:{ballot.BallotId}", now, cancellationToken,
            details: new JsonObject { ["outcome"] = ballot.Result?["outcome"]?.DeepClone(), ["post"] = declaring.Post });
        return Done.Value;
    }
}

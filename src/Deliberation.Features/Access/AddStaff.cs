using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Access;

/// <summary>Makes a sign-in for a member of staff. The operator does it on the machine; no page sends it.</summary>
/// <param name="Kind">Staff, Admin, Official or Supervisor.</param>
/// <param name="Communities">Codes of the communities it opens; at least one.</param>
/// <param name="Posts">Posts that the person holds from now on, in each of those communities; may be empty.</param>
public sealed record AddStaff(string Login, string DisplayName, CallerKind Kind, string Password, IReadOnlyList<string> Communities, IReadOnlyList<string> Posts) : ICommand<StaffId>
{
    public Caller Caller => Caller.System;

    public CommunityId Community => new(0);

    public Audience Audience => Audience.None; // only the product itself
}

internal sealed class AddStaffHandler(CouncilSession session) : IRequestHandler<AddStaff, Result<StaffId>>
{
    public async Task<Result<StaffId>> Handle(AddStaff request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (Problem(request) is { } problem)
        {
            return problem;
        }

        var known = (await connection.RowsAsync<CommunityRow>("select code, community_id as id from community order by community_id", new { }, cancellationToken)).ToDictionary(row => row.Code, row => new CommunityId(row.Id));
        if (known.Count == 0)
        {
            return Refusal.Conflict("staff.no-community");
        }

        if (request.Communities.FirstOrDefault(code => !known.ContainsKey(code)) is { } unknown)
        {
            return Refusal.Invalid("staff.unknown-community", nameof(AddStaff.Communities), ("value", unknown), ("known", string.Join(' ', known.Keys)));
        }

        if (await connection.AddStaffAsync(request.Login, request.DisplayName, request.Kind.ToString(), request.Password, cancellationToken) is not var (staff, _))
        {
            return Refusal.Conflict("staff.login-taken", ("login", request.Login));
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var ladder = new LadderSettings().Posts;
        foreach (var community in request.Communities.Distinct().Select(code => known[code]))
        {
            await connection.AddScopeAsync(community, staff, cancellationToken);
            foreach (var post in request.Posts.Distinct())
            {
                int? rung = ladder.Index().Where(p => p.Item == post).Select(p => (int?)p.Index).FirstOrDefault();
                await connection.AddPostAsync(community, post, rung, staff, now, cancellationToken);
            }
        }

        await connection.AddAuditAsync(
            new AuditEntry(
                request.Community, Caller.System.ActorKind, null, nameof(AddStaff), $"staff:{staff}", now,
                Details: new JsonObject { ["kind"] = request.Kind.ToString(), ["communities"] = string.Join(' ', request.Communities), ["posts"] = string.Join(' ', request.Posts) }),
            cancellationToken);
        return staff;
    }

    private static Refusal? Problem(AddStaff request) =>
        StaffRules.LoginProblem(request.Login, nameof(AddStaff.Login))
        ?? (request.DisplayName.Length is < 1 or > 60 ? Refusal.Invalid("staff.name-length", nameof(AddStaff.DisplayName), ("most", 60)) : null)
        ?? (request.Kind is CallerKind.Staff or CallerKind.Admin or CallerKind.Official or CallerKind.Supervisor ? null : Refusal.Invalid("staff.unknown-kind", nameof(AddStaff.Kind)))
        ?? (request.Communities.Count == 0 ? Refusal.Invalid("staff.community-missing", nameof(AddStaff.Communities)) : null)
        ?? StaffRules.PasswordProblem(request.Password, request.Login, nameof(AddStaff.Password));

    private sealed record CommunityRow(string Code, int Id);
}

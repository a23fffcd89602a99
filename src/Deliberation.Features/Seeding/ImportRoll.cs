using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Seeding;

/// <summary>Writes the households, people, flats and owners of a community from one table, all or nothing, into a roll that is still empty. The operator does it on the machine.</summary>
/// <param name="CommunityCode">Code of the community.</param>
/// <param name="Path">The table, as <see cref="RollFile"/> reads it.</param>
public sealed record ImportRoll(string CommunityCode, string Path) : ICommand<ImportedRoll>
{
    public Caller Caller => Caller.System;

    public CommunityId Community => new(0);

    public Audience Audience => Audience.None; // only the product itself
}

/// <param name="AreaHundredths">Exclusive area of all flats, 0.01 m².</param>
public sealed record ImportedRoll(int Households, int Residents, int Units, long AreaHundredths);

internal sealed class ImportRollHandler(CouncilSession session) : IRequestHandler<ImportRoll, Result<ImportedRoll>>
{
    public async Task<Result<ImportedRoll>> Handle(ImportRoll request, CancellationToken cancellationToken)
    {
        var problems = new SeedProblems();
        var roll = RollFile.Read(request.Path, problems);
        if (problems.First is { } problem)
        {
            return problem;
        }

        var connection = session.Connection;
        var community = await connection.ScalarAsync<int?>(
            "select community_id from community where code = @CommunityCode for update", new { request.CommunityCode }, cancellationToken);
        if (community is not { } id)
        {
            return Refusal.Invalid(
                "staff.unknown-community", nameof(ImportRoll.CommunityCode), ("value", request.CommunityCode),
                ("known", await connection.ScalarAsync<string>("select string_agg(code, ' ' order by community_id) from community", new { }, cancellationToken)));
        }

        if (await connection.ScalarAsync<bool>(
            "select exists (select from household where community_id = @id) or exists (select from resident where community_id = @id)", new { id }, cancellationToken))
        {
            return Refusal.Conflict("seed.roll-not-empty", ("community", request.CommunityCode));
        }

        await new SeedWriter(connection, seed: 0).WriteRollAsync(id, roll, cancellationToken);
        var imported = new ImportedRoll(roll.Households.Count, roll.Residents.Count, roll.Units.Count, roll.Units.Sum(u => (long)u.AreaHundredths));
        await connection.AddAuditAsync(
            new AuditEntry(
                new CommunityId(id), Caller.System.ActorKind, null, nameof(ImportRoll), $"community:{id}", await connection.CouncilNowAsync(cancellationToken),
                Details: new JsonObject { ["households"] = imported.Households, ["residents"] = imported.Residents, ["units"] = imported.Units }),
            cancellationToken);
        return imported;
    }
}

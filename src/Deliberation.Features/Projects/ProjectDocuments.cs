using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Projects;

/// <summary>Adds a document that the project's next ballots go to the vote with. A ballot that has opened keeps the list as it was (D48).
/// Refused with <c>access.not-found</c>, <c>document.title</c>, <c>document.size</c>, <c>document.kind</c>, <c>document.too-many</c>.</summary>
/// <param name="Title">1 to 120 characters.</param>
/// <param name="Content">1 byte to 2 MB: a text in UTF-8, a PDF or a picture. What it is, is read from its own first bytes.</param>
public sealed record AttachDocument(Caller Caller, CommunityId Community, ProjectId Project, string Title, byte[] Content) : ICommand<BallotDocument>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Takes a document off the list for the next ballots. Refused with <c>document.unknown</c>.</summary>
public sealed record RemoveDocument(Caller Caller, CommunityId Community, ProjectId Project, string Sha256) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>What the project's next ballot would go to the vote with. Refused with <c>access.not-found</c>.</summary>
public sealed record ListDocuments(Caller Caller, CommunityId Community, ProjectId Project) : IQuery<ProjectDocuments>
{
    public Audience Audience => Audience.Workers;
}

public sealed record ProjectDocuments(string ProjectTitle, IReadOnlyList<BallotDocument> Documents);

internal sealed class ProjectDocumentsHandler(CouncilSession session) :
    IRequestHandler<AttachDocument, Result<BallotDocument>>,
    IRequestHandler<RemoveDocument, Result<Done>>,
    IRequestHandler<ListDocuments, Result<ProjectDocuments>>
{
    public async Task<Result<BallotDocument>> Handle(AttachDocument request, CancellationToken cancellationToken)
    {
        if (request.Title?.Trim() is not { Length: >= 1 and <= BallotDocuments.LongestTitle } title)
        {
            return Refusal.Invalid("document.title", "title");
        }

        if (request.Content.Length is 0 or > BallotDocuments.LargestBytes)
        {
            return Refusal.Invalid("document.size", "content");
        }

        if (BallotDocuments.TypeOf(request.Content) is not { } type)
        {
            return Refusal.Invalid("document.kind", "content");
        }

        var connection = session.Connection;
        if (await connection.RowAsync<string>(
            "select title from project where community_id = @Community and project_id = @Project for no key update", new { request.Community, request.Project }, cancellationToken) is null)
        {
            return AccessRefusals.NotFound;
        }

        if ((await BallotDocuments.OfProjectAsync(connection, request.Community, request.Project, cancellationToken)).Count >= BallotDocuments.Most)
        {
            return Refusal.Conflict("document.too-many", ("most", BallotDocuments.Most));
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        var document = await BallotDocuments.KeepAsync(connection, request.Community, title, type, request.Content, cancellationToken);
        await connection.RunAsync(
            """
            insert into project_document (community_id, project_id, sha256, title, type, bytes, added_at)
            values (@Community, @Project, decode(@Sha256, 'hex'), @Title, @Type, @Bytes, @now)
            on conflict (community_id, project_id, sha256) do update set title = excluded.title
            """,
            new { request.Community, request.Project, document.Sha256, document.Title, document.Type, document.Bytes, now },
            cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(AttachDocument), $"project:{request.Project}", now, cancellationToken, details: new JsonObject { ["sha256"] = document.Sha256 });
        return document;
    }

    public async Task<Result<Done>> Handle(RemoveDocument request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var removed = await session.Connection.RunAsync(
            "delete from project_document where community_id = @Community and project_id = @Project and encode(sha256, 'hex') = @Sha256",
            new { request.Community, request.Project, request.Sha256 },
            cancellationToken);
        if (removed == 0)
        {
            return Refusal.NotFound("document.unknown");
        }

        await session.Connection.AuditAsync(
            request.Caller, request.Community, nameof(RemoveDocument), $"project:{request.Project}", now, cancellationToken, details: new JsonObject { ["sha256"] = request.Sha256 });
        return Done.Value;
    }

    public async Task<Result<ProjectDocuments>> Handle(ListDocuments request, CancellationToken cancellationToken) =>
        await session.Connection.RowAsync<string>(
            "select title from project where community_id = @Community and project_id = @Project", new { request.Community, request.Project }, cancellationToken) is { } title
            ? new ProjectDocuments(title, await BallotDocuments.OfProjectAsync(session.Connection, request.Community, request.Project, cancellationToken))
            : AccessRefusals.NotFound;
}

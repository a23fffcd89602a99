using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Ballots;

/// <summary>One document of a ballot, as it was voted on. Anybody reads it. Refused with <c>ballot.document-unknown</c>.</summary>
public sealed record ReadDocument(Caller Caller, CommunityId Community, BallotId Ballot, string Sha256) : IQuery<DocumentContent>
{
    public Audience Audience => Audience.Everyone;
}

/// <param name="Question">Of the ballot it belongs to.</param>
public sealed record DocumentContent(BallotDocument Document, byte[] Content, string Question);

internal sealed class ReadDocumentHandler(CouncilSession session) : IRequestHandler<ReadDocument, Result<DocumentContent>>
{
    public async Task<Result<DocumentContent>> Handle(ReadDocument request, CancellationToken cancellationToken)
    {
        var found = await session.Connection.RowAsync<Row>(
            """
            select b.question, b.documents, d.content
            from ballot b join document_content d on d.community_id = b.community_id and encode(d.sha256, 'hex') = @Sha256
            where b.community_id = @Community and b.ballot_id = @Ballot
            """,
            new { request.Community, request.Ballot, request.Sha256 },
            cancellationToken);
        return found is not null && BallotDocuments.Of(found.Documents).FirstOrDefault(document => document.Sha256 == request.Sha256) is { } document
            ? new DocumentContent(document, found.Content, found.Question)
            : Refusal.NotFound("ballot.document-unknown");
    }

    private sealed record Row(string Question, JsonArray Documents, byte[] Content);
}

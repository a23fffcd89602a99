using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Domain;
using Deliberation.Process.Ballots;
using Npgsql;

namespace Deliberation.Features.Ballots;

/// <summary>A document that was put to the vote with the question.</summary>
/// <param name="Type"><c>text/plain</c>, <c>application/pdf</c>, <c>image/jpeg</c> or <c>image/png</c>.</param>
/// <param name="Bytes">Size, 1 or more.</param>
/// <param name="Sha256">Lower-case hex: names this very version.</param>
public sealed record BallotDocument(string Title, string Type, int Bytes, string Sha256)
{
    /// <summary>Enough to compare by eye: the first eight digits, in two groups.</summary>
    public string ShortHash => $"{Sha256[..4]} {Sha256[4..8]}";
}

/// <summary>Keeps documents by their hash; which of them a ballot goes to the vote with belongs to its definition.</summary>
internal static class BallotDocuments
{
    public const int Most = 10;
    public const int LargestBytes = 2 * 1024 * 1024;
    public const int LongestTitle = 120;
    public const string Text = "text/plain";

    private static readonly JsonSerializerOptions Camel = new(JsonSerializerDefaults.Web);

    public static IReadOnlyList<BallotDocument> Of(JsonArray documents) => documents.Deserialize<List<BallotDocument>>(Camel)!;

    public static JsonArray ToJson(IEnumerable<BallotDocument> documents) => (JsonArray)JsonSerializer.SerializeToNode(documents, Camel)!;

    /// <summary>What a file is by its own first bytes; null when it is nothing that we keep.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> content) =>
        content.StartsWith("%PDF-"u8) ? "application/pdf"
        : content.StartsWith<byte>([0xff, 0xd8, 0xff]) ? "image/jpeg"
        : content.StartsWith<byte>([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) ? "image/png"
        : IsText(content) ? Text
        : null;

    /// <summary>What a ballot goes to the vote with: the project's documents as they stand, and the texts that its template brings along.</summary>
    /// <exception cref="InvalidOperationException">A text without title, empty, or too many: the workflow stops there.</exception>
    public static async Task<IReadOnlyList<BallotDocument>> BindAsync(
        NpgsqlConnection connection, CommunityId community, ProjectId project, IReadOnlyList<BallotText> texts, CancellationToken cancellationToken)
    {
        var documents = (await OfProjectAsync(connection, community, project, cancellationToken)).ToList();
        foreach (var text in texts)
        {
            var content = Encoding.UTF8.GetBytes(text.Text);
            if (text.Title.Trim().Length is 0 or > LongestTitle || content.Length is 0 or > LargestBytes || texts.Count > Most)
            {
                throw new InvalidOperationException($"A ballot takes at most {Most} texts, each with a title and at most {LargestBytes} bytes.");
            }

            documents.Add(await KeepAsync(connection, community, text.Title.Trim(), Text, content, cancellationToken));
        }

        return documents;
    }

    public static async Task<IReadOnlyList<BallotDocument>> OfProjectAsync(
        NpgsqlConnection connection, CommunityId community, ProjectId project, CancellationToken cancellationToken) =>
        (await connection.QueryAsync<BallotDocument>(new CommandDefinition(
            """
            select title, type, bytes, encode(sha256, 'hex') as sha256
            from project_document where community_id = @community and project_id = @project order by added_at, title
            """,
            new { community, project },
            cancellationToken: cancellationToken))).AsList();

    public static async Task<BallotDocument> KeepAsync(
        NpgsqlConnection connection, CommunityId community, string title, string type, byte[] content, CancellationToken cancellationToken)
    {
        var hash = SHA256.HashData(content);
        await connection.ExecuteAsync(new CommandDefinition(
            "insert into document_content (community_id, sha256, content) values (@community, @hash, @content) on conflict do nothing",
            new { community, hash, content },
            cancellationToken: cancellationToken));
        return new BallotDocument(title, type, content.Length, Convert.ToHexStringLower(hash));
    }

    private static bool IsText(ReadOnlySpan<byte> content)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetCharCount(content) > 0 && !content.Contains((byte)0);
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}

using System.Security.Cryptography;
using System.Text;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Deliberation.Process.Ballots;
using Deliberation.Testing;
using Shouldly;

namespace Deliberation.IntegrationTests.Ballots;

/// <summary>Documents go to the vote by their hash: what was voted on never changes (D48).</summary>
public sealed class DocumentTests(TestDatabase database) : IClassFixture<TestDatabase>
{
    private static readonly byte[] Pdf = Encoding.ASCII.GetBytes("%PDF-1.7 the plan");

    [Fact]
    public async Task A_ballot_takes_along_what_the_project_has_with_its_hash_and_anybody_reads_it_as_it_was()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var attached = (await hall.SendAsync(Attach(hall, " Drawing ", Pdf))).Require();
        var ballot = await hall.OpenBallotAsync(BallotHall.Question(await database.CouncilNowAsync()) with { Documents = [new BallotText("Plan", "New pipes in every house.")] });

        var documents = (await hall.SendAsync(new GetBallot(hall.AsStaff(), hall.Community, ballot))).Require().Documents;
        documents.Select(d => (d.Title, d.Type)).ShouldBe([("Drawing", "application/pdf"), ("Plan", "text/plain")]);
        documents[0].ShouldBe(attached);
        attached.Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(Pdf)));
        attached.ShortHash.ShouldBe($"{attached.Sha256[..4]} {attached.Sha256[4..8]}");
        (await hall.SendAsync(new ReadDocument(Caller.Anonymous, hall.Community, ballot, attached.Sha256))).Require().Content.ShouldBe(Pdf);
        (await hall.ScalarAsync<int>("select count(*) from audit_entry where community_id = @Community and action = 'AttachDocument' and details->>'sha256' = @Sha256", new { hall.Community, attached.Sha256 }))
            .ShouldBe(1);
    }

    [Fact]
    public async Task Changing_a_document_later_changes_the_next_ballot_and_never_one_that_has_opened()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        var old = (await hall.SendAsync(Attach(hall, "Plan", "One"u8.ToArray()))).Require();
        var first = await hall.OpenBallotAsync();
        (await hall.SendAsync(new RemoveDocument(hall.AsStaff(), hall.Community, hall.Project, old.Sha256))).Require();
        BallotHall.CodeOf(await hall.SendAsync(new RemoveDocument(hall.AsStaff(), hall.Community, hall.Project, old.Sha256))).ShouldBe("document.unknown");
        var next = (await hall.SendAsync(Attach(hall, "Plan", "Two"u8.ToArray()))).Require();
        var second = await hall.OpenBallotAsync();

        (await DocumentsAsync(first)).ShouldBe([old]);
        (await DocumentsAsync(second)).ShouldBe([next]);
        Encoding.UTF8.GetString((await hall.SendAsync(new ReadDocument(Caller.Anonymous, hall.Community, first, old.Sha256))).Require().Content).ShouldBe("One");
        BallotHall.CodeOf(await hall.SendAsync(new ReadDocument(Caller.Anonymous, hall.Community, first, next.Sha256))).ShouldBe("ballot.document-unknown");
        BallotHall.CodeOf(await hall.SendAsync(new ReadDocument(Caller.Anonymous, hall.Community, second, old.Sha256))).ShouldBe("ballot.document-unknown");

        async Task<IReadOnlyList<BallotDocument>> DocumentsAsync(BallotId ballot) => (await hall.SendAsync(new GetBallot(hall.AsStaff(), hall.Community, ballot))).Require().Documents;
    }

    [Fact]
    public async Task What_is_voted_on_cannot_be_rewritten_even_by_hand()
    {
        await using var hall = await BallotHall.OpenAsync(database);
        (await hall.SendAsync(Attach(hall, "Plan", Pdf))).Require();
        var ballot = await hall.OpenBallotAsync();

        foreach (var rewrite in new[]
        {
            "update ballot set documents = '[]' where ballot_id = @ballot",
            "update ballot set explanation = 'Another' where ballot_id = @ballot",
            "update ballot set question = 'Another?' where ballot_id = @ballot",
            "update ballot set paper_id = gen_random_uuid() where ballot_id = @ballot",
            "update document_content set content = 'x' where community_id = @Community",
            "delete from document_content where community_id = @Community",
            "insert into document_content (community_id, sha256, content) values (@Community, sha256('a'), 'b')",
        })
        {
            (await Should.ThrowAsync<Npgsql.PostgresException>(() => hall.ExecuteAsync(rewrite, new { hall.Community, ballot }))).SqlState.ShouldStartWith("23", Case.Sensitive, rewrite);
        }
    }

    [Fact]
    public async Task A_file_is_what_its_first_bytes_say_small_enough_and_has_a_title()
    {
        await using var hall = await BallotHall.OpenAsync(database);

        foreach (var (content, code) in new (byte[], string)[]
        {
            ([], "document.size"),
            (new byte[BallotDocuments.LargestBytes + 1], "document.size"),
            ([0x4d, 0x5a, 0x90, 0x00], "document.kind"),
            ([0xff, 0xfe, 0x00], "document.kind"),
            ("a\0b"u8.ToArray(), "document.kind"),
        })
        {
            BallotHall.CodeOf(await hall.SendAsync(Attach(hall, "Plan", content))).ShouldBe(code);
        }

        BallotHall.CodeOf(await hall.SendAsync(Attach(hall, " ", Pdf))).ShouldBe("document.title");
        BallotHall.CodeOf(await hall.SendAsync(Attach(hall, new string('x', 121), Pdf))).ShouldBe("document.title");
        BallotHall.CodeOf(await hall.SendAsync(Attach(hall, "Plan", Pdf) with { Project = ProjectId.New() })).ShouldBe("access.not-found");
        (await hall.ScalarAsync<int>("select count(*) from document_content where community_id = @Community", new { hall.Community })).ShouldBe(0);

        (await hall.SendAsync(Attach(hall, "Plan", [.. Pdf, .. new byte[BallotDocuments.LargestBytes - Pdf.Length]]))).Require().Bytes.ShouldBe(BallotDocuments.LargestBytes);
        for (var i = 1; i < BallotDocuments.Most; i++)
        {
            (await hall.SendAsync(Attach(hall, "Text", Encoding.UTF8.GetBytes($"Text {i}")))).Require();
        }

        BallotHall.CodeOf(await hall.SendAsync(Attach(hall, "Plan", Pdf))).ShouldBe("document.too-many");
    }

    private static AttachDocument Attach(BallotHall hall, string title, byte[] content) => new(hall.AsStaff(), hall.Community, hall.Project, title, content);
}

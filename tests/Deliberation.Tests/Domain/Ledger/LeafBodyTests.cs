using System.Security.Cryptography;
using System.Text;
using Deliberation.Domain;
using Deliberation.Domain.Ledger;

namespace Deliberation.Tests.Domain.Ledger;

/// <summary>Bodies and commitments byte for byte: others hash them too.</summary>
public sealed class LeafBodyTests
{
    private const string Id = "0190f3a2-7c11-7f00-8a00-00000000abcd";
    private static readonly BallotId Ballot = new(Guid.Parse(Id));
    private static readonly byte[] Ones = [.. Enumerable.Repeat((byte)0x11, 32)];
    private static readonly string OnesHex = new('1', 64);
    private static readonly byte[] Twos = [.. Enumerable.Repeat((byte)0x22, 32)];

    [Fact]
    public void Bodies_are_these_strings()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var spki = key.ExportSubjectPublicKeyInfo();
        Assert.Equal(
            $$"""{"v":"DLB1","kind":"key","name":"居委会","role":"Witness","key":"{{Convert.ToBase64String(spki)}}","state":"Added"}""",
            LeafBody.Key(NoteKey.TryRead("居委会", spki)!, KeyRole.Witness, isAdded: true));
        Assert.EndsWith("\"state\":\"Removed\"}", LeafBody.Key(NoteKey.TryRead("w", spki)!, KeyRole.Log, isAdded: false), StringComparison.Ordinal);
        Assert.Equal(
            $$"""{"v":"DLB1","kind":"ballot-opened","ballot":"{{Id}}","definition":"{{OnesHex}}","roll":"{{new string('2', 64)}}","units":3}""",
            LeafBody.BallotOpened(Ballot, Ones, Twos, 3));
        Assert.Equal(
            $$"""{"v":"DLB1","kind":"roll-amended","ballot":"{{Id}}","change":"Removed","roll":"{{OnesHex}}","units":2}""",
            LeafBody.RollAmended(Ballot, "Removed", Ones, 2));
        Assert.Equal($$"""{"v":"DLB1","kind":"vote","ballot":"{{Id}}","commitment":"{{OnesHex}}"}""", LeafBody.Vote(Ballot, Ones));
        Assert.Equal(
            $$"""{"v":"DLB1","kind":"ballot-closed","ballot":"{{Id}}","participations":2,"papers":1,"replaced":["{{OnesHex}}","{{new string('2', 64)}}"]}""",
            LeafBody.BallotClosed(Ballot, 2, 1, [Twos, Ones]));
        Assert.Equal($$"""{"v":"DLB1","kind":"ballot-cancelled","ballot":"{{Id}}"}""", LeafBody.BallotCancelled(Ballot));
        Assert.Equal($$"""{"v":"DLB1","kind":"tally-published","ballot":"{{Id}}","version":2,"tally":"{{OnesHex}}"}""", LeafBody.TallyPublished(Ballot, 2, Ones));
    }

    [Fact]
    public void A_secret_commitment_is_the_hash_of_these_bytes()
    {
        byte[] bytes = [.. "DLB1"u8, .. Convert.FromHexString(Id.Replace("-", "", StringComparison.Ordinal)), .. "Against\nFor"u8, 0, .. Ones[..16], .. Twos];
        Assert.Equal(SHA256.HashData(bytes), Commitments.Secret(Ballot, ["For", "Against"], Ones[..16], Twos));
        Assert.Equal(Commitments.Secret(Ballot, ["Against", "For"], Ones[..16], Twos), Commitments.Secret(Ballot, ["For", "Against"], Ones[..16], Twos));
    }

    [Fact]
    public void A_named_commitment_is_the_hash_of_these_bytes()
    {
        byte[] bytes = [.. "DLB1N"u8, .. Convert.FromHexString(Id.Replace("-", "", StringComparison.Ordinal)), .. "h:1"u8, 0, .. "a=2\nb=1"u8, 0, .. Ones[..16]];
        Assert.Equal(SHA256.HashData(bytes), Commitments.Named(Ballot, "h:1", ["b=1", "a=2"], Ones[..16]));
    }

    [Fact]
    public void Another_ballot_unit_choice_or_salt_is_another_commitment()
    {
        byte[][] all =
        [
            Commitments.Named(Ballot, "h:1", ["For"], Ones[..16]),
            Commitments.Named(BallotId.New(), "h:1", ["For"], Ones[..16]),
            Commitments.Named(Ballot, "h:2", ["For"], Ones[..16]),
            Commitments.Named(Ballot, "h:1", ["Against"], Ones[..16]),
            Commitments.Named(Ballot, "h:1", [], Ones[..16]),
            Commitments.Named(Ballot, "h:1", ["For"], Twos[..16]),
        ];
        Assert.Equal(all.Length, all.Select(Convert.ToHexString).Distinct().Count());
    }

    [Fact]
    public void The_roll_s_root_is_the_tree_of_its_units_in_ordinal_order()
    {
        LedgerUnit[] units = [new("h:2", 1, 0), new("h:10", 2, 8_812)];
        var salt = Ones;
        byte[] Leaf(string line, string key) => MerkleHash.Leaf([.. Encoding.UTF8.GetBytes(line), .. HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(key))]);

        Assert.Equal(MerkleHash.Node(Leaf("h:10\n2\n8812\n", "h:10"), Leaf("h:2\n1\n0\n", "h:2")), LedgerRoll.Root(units, salt));
        Assert.Equal(MerkleHash.Empty, LedgerRoll.Root([], salt));
        Assert.NotEqual(LedgerRoll.Root(units, salt), LedgerRoll.Root([units[0], units[1] with { AreaHundredths = 8_813 }], salt));
    }
}

using System.Security.Cryptography;
using Deliberation.Domain.Ledger;

namespace Deliberation.Tests.Domain.Ledger;

public sealed class SignedNoteTests
{
    private const string Name = "deliberation/nanshan";
    private static readonly byte[] Root = MerkleHash.Leaf([7]);

    [Fact]
    public void A_checkpoint_goes_out_and_comes_back_with_its_signatures()
    {
        using var log = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var witness = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = new Checkpoint(Name, 42, Root).Text;
        var note = new SignedNote(text, [NoteKey.Sign(Name, log, text), NoteKey.Sign("居委会", witness, text)]);

        var read = SignedNote.TryParse(note.ToString())!;

        Assert.Equal(note.ToString(), read.ToString());
        Assert.True(Key(Name, log).HasSigned(read));
        Assert.True(Key("居委会", witness).HasSigned(read));
        Assert.False(Key(Name, witness).HasSigned(read));
        Assert.False(Key("other", log).HasSigned(read));
        var checkpoint = Checkpoint.TryParse(read.Text)!;
        Assert.Equal((Name, 42L), (checkpoint.Origin, checkpoint.Size));
        Assert.Equal(Root, checkpoint.Root);
    }

    [Fact]
    public void The_note_has_the_shape_that_others_read()
    {
        using var log = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = new Checkpoint(Name, 42, Root).Text;
        var lines = new SignedNote(text, [NoteKey.Sign(Name, log, text)]).ToString().Split('\n');

        Assert.Equal([Name, "42", Convert.ToBase64String(Root), ""], lines[..4]);
        Assert.StartsWith($"— {Name} ", lines[4], StringComparison.Ordinal);
        Assert.Equal("", lines[5]);
        Assert.Equal(SHA256.HashData(log.ExportSubjectPublicKeyInfo())[..4], Convert.FromBase64String(lines[4].Split(' ')[2])[..4]);
    }

    [Fact]
    public void Not_one_character_of_a_signed_text_may_change()
    {
        using var log = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var text = new Checkpoint(Name, 42, Root).Text;
        var signature = NoteKey.Sign(Name, log, text);
        for (var i = 0; i < text.Length; i++)
        {
            var changed = string.Concat(text.AsSpan(0, i), ((char)(text[i] ^ 1)).ToString(), text.AsSpan(i + 1));
            Assert.False(Key(Name, log).HasSigned(new SignedNote(changed, [signature])));
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("a\n1\nb\n")]
    [InlineData("a\n1\nb\n\n")]
    [InlineData("a\n1\nb\n\n— name\n")]
    [InlineData("a\n1\nb\n\n- name AAAAAAA=\n")]
    [InlineData("a\n1\nb\n\n— name AAAA\n")] // a key id needs four bytes and a signature
    [InlineData("a\n1\nb\n\n— name !!!!!!!!\n")]
    [InlineData("a\n1\nb\n\n— na+me AAAAAAA=\n")]
    [InlineData("a\n1\nb\n\n— name AAAAAAA=")]
    public void What_is_no_note_is_not_read_as_one(string note) => Assert.Null(SignedNote.TryParse(note));

    [Theory]
    [InlineData("o\n1\n")]
    [InlineData("\n1\nrqg=\n")]
    [InlineData("o\n01\n{root}\n")]
    [InlineData("o\n-1\n{root}\n")]
    [InlineData("o\n+1\n{root}\n")]
    [InlineData("o\n 1\n{root}\n")]
    [InlineData("o\n9223372036854775808\n{root}\n")]
    [InlineData("o\n1\n{root}")]
    [InlineData("o\n1\n{root}\nmore\n")]
    [InlineData("o\n1\nAAAA\n")]
    public void What_is_no_checkpoint_is_not_read_as_one(string text) =>
        Assert.Null(Checkpoint.TryParse(text.Replace("{root}", Convert.ToBase64String(Root), StringComparison.Ordinal)));

    [Fact]
    public void The_largest_size_is_read() =>
        Assert.Equal(long.MaxValue, Checkpoint.TryParse(new Checkpoint("o", long.MaxValue, Root).Text)!.Size);

    [Theory]
    [InlineData("居委会", true)]
    [InlineData("a", true)]
    [InlineData("a b", false)]
    [InlineData("a+b", false)]
    [InlineData("a\u00a0b", false)]
    [InlineData("a\n", false)]
    public void A_name_holds_no_blank_and_no_plus(string name, bool isName)
    {
        Assert.Equal(isName, NoteKey.IsName(name));
        Assert.Equal(isName, NoteKey.IsName(name.PadRight(64, 'x')));
        Assert.False(NoteKey.IsName(name.PadRight(65, 'x')));
        Assert.False(NoteKey.IsName(""));
    }

    [Fact]
    public void Only_public_keys_on_the_curve_are_read()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        using var log = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Null(NoteKey.TryRead("w", other.ExportSubjectPublicKeyInfo()));
        Assert.Null(NoteKey.TryRead("w", rsa.ExportSubjectPublicKeyInfo()));
        Assert.Null(NoteKey.TryRead("w", [1, 2, 3]));
        Assert.Null(NoteKey.TryRead("w", [.. log.ExportSubjectPublicKeyInfo(), 0]));
        Assert.Null(NoteKey.TryRead("w w", log.ExportSubjectPublicKeyInfo()));
        Assert.NotNull(NoteKey.TryRead("w", log.ExportSubjectPublicKeyInfo()));
    }

    private static NoteKey Key(string name, ECDsa key) => NoteKey.TryRead(name, key.ExportSubjectPublicKeyInfo())!;
}

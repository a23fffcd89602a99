namespace Deliberation.Cli.Verify.Bundles;

/// <summary>The files of a bundle, by their names inside it. Nothing is ever written or unpacked.</summary>
internal abstract class BundleFiles : IDisposable
{
    /// <summary>More files than any council's ledger has.</summary>
    protected const int MostFiles = 200_000;

    private long _bytesLeft = 16L << 30;

    /// <summary>Opens a folder or a ZIP.</summary>
    public static BundleFiles Open(string path) => Directory.Exists(path) ? new FolderFiles(path) : new ZipFiles(path);

    /// <summary>Names with <c>/</c> between folder and file.</summary>
    public abstract IReadOnlyCollection<string> Names { get; }

    public bool Has(string name) => Names.Contains(name);

    /// <summary>A stream that ends the reading when the bundle as a whole becomes too large.</summary>
    public Stream OpenFile(string name) => new CountedStream(OpenRaw(name) ?? throw new BundleException($"{name} is missing."), this, name);

    /// <summary>A whole small file.</summary>
    public byte[] ReadAll(string name, int mostBytes)
    {
        using var stream = OpenFile(name);
        using var bytes = new MemoryStream();
        var part = new byte[81_920];
        int read;
        while ((read = stream.Read(part)) > 0)
        {
            if (bytes.Length + read > mostBytes) throw new BundleException($"{name} is larger than {mostBytes:N0} bytes.");
            bytes.Write(part, 0, read);
        }

        return bytes.ToArray();
    }

    public virtual void Dispose()
    {
    }

    protected abstract Stream? OpenRaw(string name);

    /// <summary>A name that stays inside the bundle.</summary>
    protected static bool IsSafe(string name) =>
        name.Length is > 0 and < 300 && name[0] != '/' && !name.Any(c => c is '\\' or ':' || char.IsControl(c))
        && name.Split('/').All(part => part is not ("" or "." or ".."));

    private void Take(int bytes, string name)
    {
        _bytesLeft -= bytes;
        if (_bytesLeft < 0) throw new BundleException($"The bundle is too large: reading stopped inside {name}.");
    }

    private sealed class CountedStream(Stream inner, BundleFiles files, string name) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = inner.Read(buffer);
            files.Take(read, name);
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing) inner.Dispose();
            base.Dispose(disposing);
        }
    }
}

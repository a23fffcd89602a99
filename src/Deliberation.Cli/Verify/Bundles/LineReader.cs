namespace Deliberation.Cli.Verify.Bundles;

/// <summary>Lines of a file, one at a time and no longer than allowed; a line lives until the next is read.</summary>
internal sealed class LineReader(Stream stream, string name, int mostBytes) : IDisposable
{
    private byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _end;
    private bool _isOver;

    /// <summary>Of the line read last, from 1.</summary>
    public long Number { get; private set; }

    public bool TryRead(out ReadOnlyMemory<byte> line)
    {
        var searched = 0;
        while (true)
        {
            var at = _buffer.AsSpan(_start + searched, _end - _start - searched).IndexOf((byte)'\n');
            if (at >= 0)
            {
                line = _buffer.AsMemory(_start, searched + at);
                _start += searched + at + 1;
                break;
            }

            searched = _end - _start;
            if (_isOver)
            {
                line = _buffer.AsMemory(_start, searched);
                _start = _end;
                if (line.IsEmpty) return false;
                break;
            }

            Fill();
        }

        Number++;
        if (line.Length > mostBytes) throw TooLong();
        return true;
    }

    public void Dispose() => stream.Dispose();

    private void Fill()
    {
        if (_end - _start > mostBytes)
        {
            Number++;
            throw TooLong();
        }

        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length) Array.Resize(ref _buffer, _buffer.Length * 2);
        var read = stream.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _isOver = read == 0;
    }

    private BundleException TooLong() => new($"Line {Number} of {name} is longer than {mostBytes:N0} bytes.");
}

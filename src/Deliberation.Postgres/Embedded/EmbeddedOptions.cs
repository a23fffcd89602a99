namespace Deliberation.Postgres.Embedded;

/// <summary>Section <c>Embedded</c>: the product's own PostgreSQL. Not used when a connection string is set.</summary>
public sealed class EmbeddedOptions
{
    public const string Section = "Embedded";

    /// <summary>Folder for data, programs, socket and secrets (<c>--data</c>).</summary>
    /// <value>Null: <c>~/.local/share/deliberation</c>, or <c>/var/lib/deliberation</c> as root.</value>
    public string? DataDir { get; set; }

    /// <summary>Folder with <c>initdb</c> and <c>postgres</c>.</summary>
    /// <value>Null: the npm package, else the newest package of the system.</value>
    public string? BinDir { get; set; }

    /// <summary>Account that the server runs as when the program runs as root; PostgreSQL refuses root.</summary>
    /// <value>Null: owner of the data folder, else <c>postgres</c>, else <c>nobody</c>.</value>
    public string? User { get; set; }

    /// <summary>Deletes the database before starting (<c>--reset</c>). Secrets stay.</summary>
    public bool Reset { get; set; }

    /// <summary>Uses a server that another Deliberation has started, and leaves it running: for <c>doctor</c> and <c>db</c> commands.</summary>
    public bool Attach { get; set; }

    /// <summary>Free disk space below which the server is not started. Bytes.</summary>
    public long MinFreeBytes { get; set; } = 500L * 1024 * 1024;
}

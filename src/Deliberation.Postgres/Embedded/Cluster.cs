using Npgsql;

namespace Deliberation.Postgres.Embedded;

/// <summary>The data folder: making it, deleting it, taking a stale lock off it.</summary>
internal static class Cluster
{
    private static readonly TimeSpan StaleLockPatience = TimeSpan.FromSeconds(20);

    public static bool Exists(EmbeddedLayout layout) => File.Exists(Path.Combine(layout.DataFolder, "PG_VERSION"));

    /// <summary>The major version that the data themselves name; null when there are none.</summary>
    public static string? MajorOf(EmbeddedLayout layout) => Exists(layout) ? File.ReadAllText(Path.Combine(layout.DataFolder, "PG_VERSION")).Trim() : null;

    /// <summary>Makes an empty cluster. Under another name until it is whole, so that an interrupted start leaves none half made.</summary>
    public static void Create(EmbeddedLayout layout, PostgresBinaries binaries)
    {
        var unfinished = layout.DataFolder + ".new";
        if (Directory.Exists(unfinished))
        {
            Directory.Delete(unfinished, recursive: true);
        }

        layout.Account.MakePrivateFolder(unfinished);
        var passwordFile = Path.Combine(layout.SocketFolder, "password");
        File.WriteAllText(passwordFile, layout.Password); // in a 0700 folder
        layout.Account.Own(passwordFile);

        // With ctype C pg_trgm finds no trigrams in Chinese, and says nothing. The built-in provider's order does not depend on the system.
        string[] locale = binaries.Version.Major >= 17
            ? ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--lc-collate=C", "--lc-ctype=C.UTF-8", "--lc-messages=C"]
            : ["--locale=C.UTF-8", "--lc-messages=C"];
        try
        {
            Programs.Run(
                layout.Account.User,
                Path.Combine(binaries.BinDir, "initdb"),
                ["-D", unfinished, "-U", EmbeddedLayout.User, "-A", "scram-sha-256", "--pwfile", passwordFile, "-E", "UTF8", "--data-checksums", .. locale]);
        }
        catch (InvalidOperationException exception)
        {
            throw new EmbeddedPostgresException(DatabaseProblems.InitFailed, $"PostgreSQL could not make its data folder: {exception.Message}", ("detail", exception.Message));
        }
        finally
        {
            File.Delete(passwordFile);
        }

        Directory.Move(unfinished, layout.DataFolder);
    }

    /// <summary>Makes the database when the cluster is new.</summary>
    public static async Task EnsureDatabaseAsync(EmbeddedLayout layout, CancellationToken cancellationToken)
    {
        await using var connection = new NpgsqlConnection(layout.ConnectionStringTo("postgres") + ";Pooling=false");
        await connection.OpenAsync(cancellationToken);
        await using var ask = new NpgsqlCommand($"select count(*) from pg_database where datname = '{EmbeddedLayout.User}'", connection);
        if (await ask.ExecuteScalarAsync(cancellationToken) is 0L)
        {
            await using var create = new NpgsqlCommand($"create database {EmbeddedLayout.User}", connection);
            await create.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    /// <summary>Deletes all data of every major version. The server must not run.</summary>
    public static void Delete(EmbeddedLayout layout)
    {
        foreach (var folder in Directory.EnumerateDirectories(layout.Root, "pg??"))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// Removes <c>postmaster.pid</c> of a server that was killed. Only when its process is dead or a zombie and no process at all works in
    /// the folder: PostgreSQL itself takes a zombie for a living server, and backends without postmaster may still write.
    /// </summary>
    public static async Task RemoveStaleLockAsync(EmbeddedLayout layout, CancellationToken cancellationToken)
    {
        if (ServerProcess.ReadLockFile(layout.DataFolder) is not { } id)
        {
            return;
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(StaleLockPatience);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        try
        {
            while (ServerProcess.IsInUse(layout.DataFolder))
            {
                await look.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new EmbeddedPostgresException(
                DatabaseProblems.LockInUse,
                $"Processes of a PostgreSQL server still work in {layout.DataFolder}, though it does not answer: end them, then start again.",
                ("folder", layout.DataFolder));
        }

        if (!ServerProcess.IsAlive(id))
        {
            File.Delete(ServerProcess.LockFileOf(layout.DataFolder));
        }
    }
}

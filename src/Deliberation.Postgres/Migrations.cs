using System.Globalization;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace Deliberation.Postgres;

/// <summary>One numbered SQL file. Forward only; once released it never changes.</summary>
/// <param name="Number">1 or more; files are applied in ascending order.</param>
/// <param name="Name">What follows the number in the file name.</param>
public sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>SHA-256 of the text with Unix line ends, so that a checkout on another system has the same sum.</summary>
    public byte[] Checksum => SHA256.HashData(Encoding.UTF8.GetBytes(Sql.ReplaceLineEndings("\n")));

    /// <summary>The files that this program carries, in order.</summary>
    public static IReadOnlyList<Migration> Embedded { get; } = Load(Assembly.GetExecutingAssembly());

    private static List<Migration> Load(Assembly assembly)
    {
        const string folder = "Deliberation.Postgres.Migrations.";
        var migrations = assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(folder, StringComparison.Ordinal) && name.EndsWith(".sql", StringComparison.Ordinal))
            .Select(name => Read(assembly, name, name[folder.Length..^".sql".Length]))
            .OrderBy(migration => migration.Number)
            .ToList();
        var twice = migrations.GroupBy(migration => migration.Number).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? migrations
            : throw new InvalidOperationException($"Two migrations have the number {twice.Key}: {string.Join(", ", twice.Select(m => m.Name))}.");
    }

    private static Migration Read(Assembly assembly, string resource, string fileName)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        var (number, name) = (fileName[..4], fileName[5..]);
        return new Migration(int.Parse(number, CultureInfo.InvariantCulture), name, reader.ReadToEnd());
    }
}

/// <summary>Why this program will not work on that schema.</summary>
public enum SchemaProblem
{
    /// <summary>A newer program has migrated the database.</summary>
    Newer,

    /// <summary>A file that was applied has another text now.</summary>
    Changed,
}

/// <summary>The database has a schema that this program must not touch. The message is a sentence for the operator.</summary>
public sealed class SchemaRefusedException(SchemaProblem problem, int number, string message) : Exception(message)
{
    public SchemaProblem Problem { get; } = problem;

    /// <summary>The migration at fault.</summary>
    public int Number { get; } = number;
}

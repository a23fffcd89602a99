using Npgsql;

namespace Deliberation.Postgres;

/// <summary>Which installation this is: an id made with its database. Marks what belongs to it outside the database.</summary>
public sealed class Installation(NpgsqlDataSource dataSource)
{
    private readonly Lazy<Guid> _id = new(() => Read(dataSource), LazyThreadSafetyMode.PublicationOnly); // a failed reading is tried again

    /// <summary>Asked of the database once. A restored backup keeps it, and so does any other copy: a copy for trials needs folders of its own.</summary>
    public Guid Id => _id.Value;

    private static Guid Read(NpgsqlDataSource dataSource)
    {
        using var command = dataSource.CreateCommand("select installation_id from installation");
        return (Guid)command.ExecuteScalar()!;
    }
}

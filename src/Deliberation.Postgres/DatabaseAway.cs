using System.Net.Sockets;
using Npgsql;

namespace Deliberation.Postgres;

/// <summary>Tells a database that is away for a while from one that says no.</summary>
public static class DatabaseAway
{
    /// <summary>True when the same may succeed soon: the server stops, starts, has no room for another session, or cannot be reached.</summary>
    public static bool IsCauseOf(Exception exception) => exception switch
    {
        PostgresException refused => refused.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown or PostgresErrorCodes.CannotConnectNow or PostgresErrorCodes.TooManyConnections,
        NpgsqlException broken => broken.InnerException is SocketException or IOException or TimeoutException,
        _ => false,
    };
}

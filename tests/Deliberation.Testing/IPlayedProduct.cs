using Npgsql;

namespace Deliberation.Testing;

/// <summary>A running product as its people meet it: an address and passwords; a look into its database tells what to do next, never does it.</summary>
public interface IPlayedProduct
{
    Uri Address { get; }

    /// <summary>For looking only.</summary>
    NpgsqlDataSource DataSource { get; }

    /// <summary>Password of a demo login.</summary>
    string Password(string login);

    /// <summary>Waits until nothing that is due is left undone: timers, events, messages.</summary>
    /// <exception cref="InvalidOperationException">A step failed; says what it said.</exception>
    Task SettleAsync();

    /// <summary>Lets council time pass, with a stop at each timer on the way.</summary>
    Task AdvanceToAsync(DateTimeOffset target);

    /// <summary>After a request was cut off: the product is there again, and whoever asked may look and go on.</summary>
    /// <returns>False where a product never goes away: the cut is a fault.</returns>
    Task<bool> ReviveAsync() => Task.FromResult(false);
}

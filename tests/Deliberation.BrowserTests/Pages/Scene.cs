using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>Whose browser looks.</summary>
public enum Who
{
    Stranger,

    /// <summary>The household of the demo's first link: has not voted.</summary>
    Resident,

    /// <summary>Has voted on the open ballot.</summary>
    Voter,

    /// <summary>Lives in a community where nothing goes on.</summary>
    Neighbour,

    /// <summary>Is being helped by staff, before a witness.</summary>
    Helped,

    /// <summary>Has four ballots of the other kinds before them.</summary>
    Chooser,
    Staff,

    /// <summary>Holds no post: an empty inbox.</summary>
    Idle,
    Admin,
    Official,
}

/// <summary>One page with something on it.</summary>
/// <param name="Route">Route pattern of the page, as in its <c>@page</c> line.</param>
/// <param name="Find">Its address; null while the demo's projects have nothing to show there: then time goes on.</param>
public sealed record Scene(string Route, string Name, Who Who, Func<World, Task<string?>> Find)
{
    /// <summary>What is done on the page before it is looked at; can be done again and again.</summary>
    public Func<IPage, Task>? Act { get; init; }

    /// <summary>True when the act is a wrong submit: the page must say what is wrong, where.</summary>
    public bool IsError { get; init; }

    /// <summary>Status the address answers with.</summary>
    public int Status { get; init; } = 200;

    /// <summary>True when looking costs something that cannot be had nine times, for example a code by telephone.</summary>
    public bool IsOnce { get; init; }

    /// <summary>A desk, its door included: made for a keyboard, its larger size is the browser's own.</summary>
    public bool IsDesk => Who >= Who.Staff || Route.StartsWith("/staff", StringComparison.Ordinal);

    public override string ToString() => Name;
}

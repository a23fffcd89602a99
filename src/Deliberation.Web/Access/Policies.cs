namespace Deliberation.Web.Access;

/// <summary>Sign-in schemes: two cookies that know nothing of each other.</summary>
public static class Schemes
{
    /// <summary>Chooses by address: desks use <see cref="Staff"/>, all else <see cref="Resident"/>.</summary>
    public const string ByAddress = "ByAddress";

    public const string Resident = "Resident";
    public const string Staff = "Staff";
}

/// <summary>Who may open what. A folder of pages has one; so has every endpoint (a test counts).</summary>
public static class Policies
{
    public const string Resident = "Resident";

    /// <summary>Staff and admins.</summary>
    public const string Staff = "Staff";

    public const string Admin = "Admin";

    /// <summary>Officials and supervisors, and admins.</summary>
    public const string Board = "Board";

    /// <summary>Whoever works at a desk, or looks on: what the levels have with each other.</summary>
    public const string Desks = "Desks";

    /// <summary>Only programs on this machine: health details, metrics.</summary>
    public const string Operator = "Operator";
}

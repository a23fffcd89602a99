namespace Deliberation.Domain;

// Ids are typed and sort by creation (UUID v7), except on anything that could join a voter with a secret choice: random there.

/// <summary>A community or village (社区, 村). First part of every key; small, because it stands in every row.</summary>
public readonly record struct CommunityId(int Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}

/// <summary>One project that walks through the five stages (项目).</summary>
public readonly record struct ProjectId(Guid Value)
{
    public static ProjectId New() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

/// <summary>One question put to the vote (表决).</summary>
public readonly record struct BallotId(Guid Value)
{
    public static BallotId New() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

/// <summary>A resident (居民).</summary>
public readonly record struct ResidentId(Guid Value)
{
    public static ResidentId New() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

/// <summary>A household (户).</summary>
public readonly record struct HouseholdId(Guid Value)
{
    public static HouseholdId New() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

/// <summary>A member of staff, an admin or an official with a sign-in (工作人员).</summary>
public readonly record struct StaffId(Guid Value)
{
    public static StaffId New() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

/// <summary>A piece of work that waits for the holder of a post (待办).</summary>
public readonly record struct TaskId(Guid Value)
{
    public static TaskId New() => new(Guid.CreateVersion7());

    public override string ToString() => Value.ToString();
}

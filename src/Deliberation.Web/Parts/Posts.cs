namespace Deliberation.Web.Parts;

/// <summary>Posts (岗位) that work can be handed to, the ladder first.</summary>
public static class Posts
{
    public static IReadOnlyList<string> All { get; } =
    [
        "GroupLeader", "Community", "Subdistrict", "District", "Inspector", "ElectionBoard", "Scrutineer", "Lawyer", "Facilitator", "Treasurer", "Contractor", "Designer", "Auditor", "LeadUnit", "CommitteeChair",
    ];
}

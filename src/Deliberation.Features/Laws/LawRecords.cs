using Deliberation.Domain;
using Deliberation.Domain.Laws;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Npgsql;

namespace Deliberation.Features.Laws;

/// <summary>What an admin put on record, or took back.</summary>
/// <param name="Basis">What was compared with what; of a withdrawal the reason.</param>
/// <param name="Document">Address where it can be read; null when none was given.</param>
/// <param name="By">Display name.</param>
/// <param name="At">Council time.</param>
public sealed record LawRecordLine(bool IsWithdrawal, string Basis, string? Document, string By, DateTimeOffset At);

/// <summary>The book of confirmations. The latest entry holds.</summary>
internal static class LawRecords
{
    public const string Profile = nameof(Profile);

    public const string OnlineElection = nameof(OnlineElection);

    /// <summary>True while the latest entry about a profile confirms it; <c>{0}</c> is the SQL of its id.</summary>
    public static string IsConfirmed(string profile) =>
        $"coalesce((select not l.is_withdrawal from law_record l where l.kind = 'Profile' and l.profile = {profile} order by l.record_id desc limit 1), false)";

    /// <summary>Whether figures of this text of a law still have to be compared with the official one (待核实).</summary>
    /// <param name="profile">Null or unknown: no law sets them, so there is nothing to confirm.</param>
    public static async Task<bool> IsUnconfirmedAsync(NpgsqlConnection connection, string? profile, CancellationToken cancellationToken) =>
        LawProfiles.Find(profile) is { Confirm: true }
        && !await connection.ScalarAsync<bool>($"select {IsConfirmed("@profile")}", new { profile }, cancellationToken);

    /// <summary>Whether a local basis is on record for committee elections otherwise than on paper.</summary>
    public static Task<bool> MayElectOnlineAsync(NpgsqlConnection connection, CommunityId community, CancellationToken cancellationToken) => connection.ScalarAsync<bool>(
        """
        select coalesce((
            select not is_withdrawal from law_record where kind = 'OnlineElection' and community_id = @community order by record_id desc limit 1), false)
        """,
        new { community },
        cancellationToken);

    /// <summary>One admin at a time, so that what is confirmed is not confirmed twice. Until the end of the transaction.</summary>
    public static Task<int> LockAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        connection.RunAsync("lock table law_record in share row exclusive mode", new { }, cancellationToken);

    /// <summary>Adds an entry, with council time now.</summary>
    /// <param name="profile">Null for <see cref="OnlineElection"/>.</param>
    /// <returns>That time.</returns>
    public static async Task<DateTimeOffset> AddAsync(
        NpgsqlConnection connection, Caller caller, CommunityId community, string kind, string? profile, bool isWithdrawal, string basis, string? document, CancellationToken cancellationToken)
    {
        var now = await connection.CouncilNowAsync(cancellationToken);
        await connection.RunAsync(
            """
            insert into law_record (kind, profile, community_id, is_withdrawal, basis, document, recorded_by, recorded_at)
            values (@kind, @profile, @community, @isWithdrawal, @basis, @document, @staff, @now)
            """,
            new { kind, profile, community, isWithdrawal, basis, document, staff = caller.Staff!.Value, now },
            cancellationToken);
        return now;
    }

    /// <returns>The text without what stands around it, and the address, null when empty; or <c>law.basis-length</c>, <c>law.document-malformed</c>.</returns>
    public static Result<(string Basis, string? Document)> Check(string basis, string? document, string field)
    {
        var said = basis.Trim();
        var link = string.IsNullOrWhiteSpace(document) ? null : document.Trim();
        return said.Length is < 5 or > 500 ? Refusal.Invalid("law.basis-length", field, ("least", 5), ("most", 500))
            : link is not null && !(link.Length <= 500 && Uri.TryCreate(link, UriKind.Absolute, out var address) && address.Scheme is "http" or "https") ? Refusal.Invalid("law.document-malformed", "Document")
            : new Result<(string, string?)>.Accepted((said, link));
    }
}

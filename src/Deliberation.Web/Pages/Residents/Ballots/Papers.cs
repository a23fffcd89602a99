using System.Text.Json;
using Deliberation.Domain;
using Microsoft.AspNetCore.DataProtection;

namespace Deliberation.Web.Pages.Residents.Ballots;

/// <summary>A filled paper on its way from choosing to submitting.</summary>
/// <param name="Key">Idempotency key, made with the empty form: a paper is cast once however often it is sent.</param>
public sealed record Paper(Guid Ballot, Guid Resident, string? Unit, IReadOnlyList<string> Choices, string Key);

/// <summary>A filled paper with several questions.</summary>
/// <param name="Choices">By ballot.</param>
/// <param name="Key">As in <see cref="Ballots.Paper"/>.</param>
public sealed record FilledPaper(Guid Id, Guid Resident, string? Unit, IReadOnlyDictionary<Guid, IReadOnlyList<string>> Choices, string Key);

/// <summary>What the address of a whole paper's receipt says: short, since addresses and cookies are; the questions are found by the codes.</summary>
public sealed record PaperSlip(int Community, DateTimeOffset ReceivedAt, DateTimeOffset ClosesAt, bool IsSecret, bool MayReplace, IReadOnlyList<string> Codes, string? ReplaceCode = null);

/// <summary>What a receipt's address says. Never the choice.</summary>
/// <param name="ReplaceCode">Replaces a secret vote; null when it is by name or final.</param>
public sealed record ReceiptSlip(string Question, string Code, DateTimeOffset ReceivedAt, DateTimeOffset ClosesAt, bool IsSecret, bool MayReplace, string? ReplaceCode = null);

/// <summary>Papers and receipts as opaque words for addresses: the server keeps nothing, the address tells nobody anything, and back, reload and two tabs all work.</summary>
public sealed class Papers(IDataProtectionProvider protection)
{
    private const int LongestWord = 7_000; // an address holds no more
    private static readonly TimeSpan PaperLasts = TimeSpan.FromHours(1);

    private readonly ITimeLimitedDataProtector _papers = protection.CreateProtector("ballot.paper").ToTimeLimitedDataProtector();
    private readonly ITimeLimitedDataProtector _forms = protection.CreateProtector("ballot.paper-form").ToTimeLimitedDataProtector();
    private readonly IDataProtector _paperReceipts = protection.CreateProtector("ballot.paper-receipt");
    private readonly IDataProtector _receipts = protection.CreateProtector("ballot.receipt");

    public string Seal(Paper paper) => _papers.Protect(JsonSerializer.Serialize(paper), PaperLasts);

    /// <returns>Null for a word that is not ours, too old, of another ballot or of another person.</returns>
    public Paper? Open(string? word, BallotId ballot, ResidentId? resident) =>
        Unseal<Paper>(_papers, word) is { } paper && paper.Ballot == ballot.Value && paper.Resident == resident?.Value ? paper : null;

    public string Seal(FilledPaper paper) => _forms.Protect(JsonSerializer.Serialize(paper), PaperLasts);

    /// <returns>As <see cref="Open"/>.</returns>
    public FilledPaper? OpenForm(string? word, Guid paper, ResidentId? resident) =>
        Unseal<FilledPaper>(_forms, word) is { } form && form.Id == paper && form.Resident == resident?.Value ? form : null;

    public string Seal(PaperSlip receipt) => _paperReceipts.Protect(JsonSerializer.Serialize(receipt));

    public PaperSlip? OpenPaperReceipt(string word) => Unseal<PaperSlip>(_paperReceipts, word);

    public string Seal(ReceiptSlip receipt) => _receipts.Protect(JsonSerializer.Serialize(receipt));

    public ReceiptSlip? OpenReceipt(string word) => Unseal<ReceiptSlip>(_receipts, word);

    private static T? Unseal<T>(IDataProtector protector, string? word)
        where T : class
    {
        if (string.IsNullOrEmpty(word) || word.Length > LongestWord)
        {
            return null;
        }

        try
        {
            return JsonSerializer.Deserialize<T>(protector.Unprotect(word));
        }
        catch (System.Security.Cryptography.CryptographicException)
        {
            return null; // tampered with or expired
        }
    }
}

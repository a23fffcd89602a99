using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Deliberation.Domain;

namespace Deliberation.Features.Ballots;

/// <summary>A checked vote that waits for its batch.</summary>
internal sealed class PendingCast
{
    public required CommunityId Community { get; init; }

    public required BallotDefinition Definition { get; init; }

    public required ResidentId Resident { get; init; }

    /// <summary>As asked; null when the voter has but one.</summary>
    public required string? RequestedUnit { get; init; }

    public required string[] Choices { get; init; }

    /// <summary>Set when a helper acts with the voter.</summary>
    public required Guid? Helper { get; init; }

    public required string? Witness { get; init; }

    public required CastKey Key { get; init; }

    /// <summary>Under whom the answer is kept: the voter; for a replacing vote nobody (<see cref="ReplaceCodes.OwnerOf"/>).</summary>
    public required ResidentId AnswerOwner { get; init; }

    /// <summary>Code as typed of the secret paper that this one takes the place of, empty when it is none; null for a first vote.</summary>
    public required byte[]? Replaces { get; init; }

    /// <summary>Code that may replace this vote in turn; null when it is final, or by name.</summary>
    public required byte[]? ReplaceCode { get; init; }

    /// <summary>Null for named ballots.</summary>
    public required byte[]? Sealed { get; init; }

    /// <summary>Fixes the vote in the ledger; its first bytes are the receipt. Of a named one set by the batch, since the unit is in it.</summary>
    public required byte[]? Commitment { get; set; }

    /// <summary>Opens a named vote's commitment; null for secret ballots, whose salt is sealed.</summary>
    public required byte[]? Salt { get; init; }

    /// <summary>Row id: of the vote, ordered; or of the intake's slot, random.</summary>
    public required Guid RowId { get; init; }

    /// <summary>Answered after the commit of the batch that held it.</summary>
    public TaskCompletionSource<Result<CastAnswer>> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public BallotId Ballot => Definition.Ballot;

    /// <summary>Voting unit found on the roll; set by the batch.</summary>
    public string? Unit { get; set; }

    public bool IsProxy { get; set; }

    /// <summary>Another vote of its unit was in the batch before and nothing replaces that: left is only whether this request had been answered already.</summary>
    public bool HasLost { get; set; }

    /// <summary>Answer to give once committed; set by the batch.</summary>
    public CastAnswer? Answer { get; set; }

    /// <summary>What this vote is told when another one of its unit counts and stays.</summary>
    public Refusal Lost => Replaces is null ? BallotRefusals.AlreadyVoted : BallotRefusals.ReplaceCodeWrong;

    public string ReceiptCode => ReceiptCodes.Format(Definition.CommunityCode, Commitment);
}

/// <summary>The client's idempotency key. The database holds nothing that the raw key is not needed to read.</summary>
internal sealed class CastKey
{
    private readonly byte[] _answerKey;

    public CastKey(string key, BallotId ballot, string? unit, IEnumerable<string> choices)
    {
        var raw = Encoding.UTF8.GetBytes(key);
        var derived = HMACSHA512.HashData(raw, "DLB1 cast answer"u8); // one half finds the answer, the other opens it
        Hash = derived[..32];
        _answerKey = derived[32..];
        BodyMac = HMACSHA256.HashData(raw, Encoding.UTF8.GetBytes($"{ballot}|{unit}|{string.Join('|', choices)}"));
    }

    public byte[] Hash { get; }

    public byte[] BodyMac { get; }

    public byte[] Seal(CastAnswer answer)
    {
        var plain = JsonSerializer.SerializeToUtf8Bytes(answer);
        var nonce = RandomNumberGenerator.GetBytes(12);
        var cipher = new byte[plain.Length];
        var tag = new byte[16];
        using var aes = new AesGcm(_answerKey, tag.Length);
        aes.Encrypt(nonce, plain, cipher, tag);
        return [.. nonce, .. tag, .. cipher];
    }

    public CastAnswer Open(byte[] sealedAnswer)
    {
        var plain = new byte[sealedAnswer.Length - 28];
        using var aes = new AesGcm(_answerKey, 16);
        aes.Decrypt(sealedAnswer.AsSpan(0, 12), sealedAnswer.AsSpan(28), sealedAnswer.AsSpan(12, 16), plain);
        return JsonSerializer.Deserialize<CastAnswer>(plain)! with { IsReplay = true };
    }
}

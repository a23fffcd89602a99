using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Deliberation.Tests.Verify;

/// <summary>A unit of a test roll.</summary>
internal sealed record TestUnit(string Key, int Persons, long Area)
{
    public byte[] Salt(byte[] rollSalt) => HMACSHA256.HashData(rollSalt, Encoding.UTF8.GetBytes(Key));
}

/// <summary>A cast vote with everything that opens it.</summary>
internal sealed record TestVote(string Unit, string[] Choices, byte[] Nonce, byte[] Salt)
{
    public string Status { get; set; } = "Counted";

    public byte[] Commitment { get; init; } = [];
}

/// <summary>A ballot as a test bundle tells it.</summary>
internal sealed class TestBallot(Guid id, bool isSecret, JsonObject rule, IReadOnlyList<(string Id, long? Cost)> options, int maxChoices, byte[] rollSalt)
{
    public Guid Id => id;

    public bool IsSecret => isSecret;

    public JsonObject Rule => rule;

    /// <summary>A secret vote may be cast again only where the rule says so.</summary>
    public bool IsFinal => isSecret && rule["allowReplace"]?.GetValue<bool>() is not true;

    public IReadOnlyList<(string Id, long? Cost)> Options => options;

    public IReadOnlyList<string> Ids => [.. options.Select(o => o.Id)];

    public int MaxChoices => maxChoices;

    public List<TestUnit> Roll { get; } = [];

    public List<TestVote> Votes { get; } = [];

    public string Folder => $"ballots/{id}/";

    public byte[] Definition => Json(new JsonObject
    {
        ["ballot"] = id.ToString(),
        ["community"] = "TEST",
        ["question"] = "建一个花园?",
        ["rule"] = rule.DeepClone(),
        ["options"] = new JsonArray([.. options.Select(o => (JsonNode)new JsonObject { ["id"] = o.Id, ["text"] = $"选项 {o.Id}", ["costFen"] = o.Cost })]),
        ["maxChoices"] = maxChoices,
        ["secrecy"] = isSecret ? "Secret" : "Named",
        ["rollKind"] = "Owners",
        ["law"] = "civil-code-2021",
        ["round"] = 1,
        ["opensAt"] = "2026-11-01T00:00:00Z",
        ["closesAt"] = "2026-11-02T00:00:00Z",
    });

    public byte[] RollRoot => TestTree.Root(Roll.OrderBy(u => u.Key, StringComparer.Ordinal)
        .Select(u => TestTree.Leaf([.. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{u.Key}\n{u.Persons}\n{u.Area}\n")), .. u.Salt(rollSalt)])).ToArray());

    public string RollLines => Lines(Roll.OrderBy(u => u.Key, StringComparer.Ordinal).Select(u => new JsonObject
    {
        ["unit"] = u.Key,
        ["persons"] = u.Persons,
        ["area"] = u.Area,
        ["salt"] = Convert.ToHexStringLower(u.Salt(rollSalt)),
    }));

    /// <summary>Papers that are no replaced ones.</summary>
    public IEnumerable<TestVote> Papers => Votes.Where(v => v.Status != "Replaced");

    public string OpeningLines => Lines(Votes.Where(v => !isSecret || v.Status != "Replaced").OrderBy(v => Convert.ToHexStringLower(v.Commitment), StringComparer.Ordinal).Select(Opening));

    public TestVote Cast(string unit, string[] choices, Random random)
    {
        byte[] nonce = Bytes(16), salt = Bytes(isSecret ? 32 : 16);
        var said = Encoding.UTF8.GetBytes(string.Join('\n', choices.Order(StringComparer.Ordinal)));
        byte[] committed = isSecret
            ? [.. "DLB1"u8, .. id.ToByteArray(bigEndian: true), .. said, 0, .. nonce, .. salt]
            : [.. "DLB1N"u8, .. id.ToByteArray(bigEndian: true), .. Encoding.UTF8.GetBytes(unit), 0, .. said, 0, .. salt];
        var vote = new TestVote(unit, choices, nonce, salt) { Commitment = SHA256.HashData(committed) };
        if (choices.Length == 0) vote.Status = "Spoilt";
        Votes.Add(vote);
        return vote;

        byte[] Bytes(int length)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            return bytes;
        }
    }

    public static byte[] Json(JsonNode node) => Encoding.UTF8.GetBytes(node.ToJsonString(Plain));

    private static readonly JsonSerializerOptions Plain = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public JsonObject Opening(TestVote vote)
    {
        var opening = new JsonObject { ["commitment"] = Convert.ToHexStringLower(vote.Commitment) };
        if (!isSecret) opening["unit"] = vote.Unit;
        opening["choices"] = new JsonArray([.. vote.Choices.Select(c => (JsonNode)c)]);
        if (isSecret) opening["nonce"] = Convert.ToHexStringLower(vote.Nonce);
        opening["salt"] = Convert.ToHexStringLower(vote.Salt);
        if (!isSecret) opening["status"] = vote.Status;
        return opening;
    }

    private static string Lines(IEnumerable<JsonObject> objects) => string.Concat(objects.Select(o => o.ToJsonString(Plain) + "\n"));
}

using System.CommandLine;
using System.Text.Json.Nodes;
using Deliberation.Cli.Verify.Ballots;

namespace Deliberation.Cli.Verify;

/// <summary><c>verify BUNDLE</c>: the offline auditor. Exit 0 = nothing wrong, 1 = something is, 2 = usage.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var bundle = new Argument<string>("BUNDLE") { Description = "A folder or a ZIP, as a community's ledger page hands it out." };
        var receipts = new Option<string?>("--receipts") { Description = "File with a receipt or a commitment a line: each must be in the log." };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "A checkpoint you kept (signed note): the log must have grown out of it." };
        var json = new Option<bool>("--json") { Description = "One JSON document on stdout, nothing else." };
        var command = new Command("verify", "Audits a ledger bundle: log, signatures, ballots, recount.") { bundle, receipts, checkpoint, json };
        command.SetAction(parsed => Run(parsed.GetValue(bundle)!, parsed.GetValue(receipts), parsed.GetValue(checkpoint), parsed.GetValue(json)));
        return command;
    }

    private static int Run(string path, string? receipts, string? checkpoint, bool asJson)
    {
        if (!File.Exists(path) && !Directory.Exists(path)) return Cli.Fail($"no such file or folder: {path}", Cli.Usage);
        if (receipts is not null && !File.Exists(receipts)) return Cli.Fail($"no such file: {receipts}", Cli.Usage);
        if (checkpoint is not null && !File.Exists(checkpoint)) return Cli.Fail($"no such file: {checkpoint}", Cli.Usage);

        var result = BundleAudit.Run(path, receipts, checkpoint);
        if (asJson) Cli.Print(ToJson(result));
        else WriteText(result);
        return result.IsOk ? Cli.Good : Cli.Problems;
    }

    private static JsonObject ToJson(AuditResult result) => new()
    {
        ["ok"] = result.IsOk,
        ["size"] = result.Size,
        ["ballots"] = new JsonArray([.. result.Ballots.Select(ballot => (JsonNode)new JsonObject
        {
            ["id"] = ballot.Id.ToString(),
            ["level"] = ballot.Level,
            ["state"] = ballot.State,
            ["audited"] = ballot.IsAudited,
            ["ok"] = ballot.IsOk,
            ["checks"] = ToJson(ballot.Checks),
        })]),
        ["checks"] = ToJson(result.Checks),
        ["keys"] = new JsonArray([.. result.Keys.Select(key => (JsonNode)new JsonObject { ["name"] = key.Name, ["role"] = key.Role, ["sha256"] = key.Fingerprint })]),
        ["problem"] = result.Problem,
        ["firstBadIndex"] = result.FirstBadIndex,
    };

    private static JsonArray ToJson(IEnumerable<Check> checks) =>
        [.. checks.Select(check => (JsonNode)new JsonObject { ["name"] = check.Name, ["ok"] = check.IsOk, ["detail"] = check.Detail })];

    private static void WriteText(AuditResult result)
    {
        foreach (var check in result.Checks) Write(check, "");
        foreach (var ballot in result.Ballots)
        {
            Console.Out.WriteLine($"ballot {ballot.Id} ({ballot.Level}, {ballot.State}{(ballot.IsAudited ? ", audited" : "")})");
            foreach (var check in ballot.Checks) Write(check, "  ");
        }

        foreach (var key in result.Keys) Console.Out.WriteLine($"key {Plain(key.Name)} ({key.Role}) SHA-256 {key.Fingerprint}: compare it with the one on the notice board");
        Console.Out.WriteLine(result switch
        {
            { IsOk: true } => $"Nothing wrong: {result.Size:N0} leaves.",
            { FirstBadIndex: { } index } => $"WRONG from leaf {index}: {Plain(result.Problem!)}",
            _ => $"WRONG: {Plain(result.Problem!)}",
        });
    }

    private static void Write(Check check, string indent) => Console.Out.WriteLine($"{indent}{(check.IsOk ? "ok   " : "WRONG")} {check.Name}: {Plain(check.Detail)}");

    /// <summary>Words out of a bundle must not move the cursor of whoever reads them.</summary>
    private static string Plain(string text) => string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
}

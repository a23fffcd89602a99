using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Deliberation.Cli.Verify.Bundles;

namespace Deliberation.Cli.Witness;

/// <summary>
/// <c>witness key</c> and <c>witness sign</c>: somebody independent watches that a community's log only grows, and signs what has grown. Opens neither a database nor
/// a connection: what it reads was fetched with curl, what it prints is sent with curl (README.md). Exit 0 = signed, 1 = refused, 2 = usage.
/// </summary>
internal static class WitnessCommand
{
    public static Command Create() => new("witness", "Watches a community's log and cosigns what has only grown.") { CreateKey(), CreateSign() };

    private static Command CreateKey()
    {
        var key = new Option<string>("--key") { Required = true, Description = "File for the private key; must not exist. Only its owner may read it." };
        var command = new Command("key", "Makes a key; prints the public half, which an admin registers.") { key };
        command.SetAction(parsed => MakeKey(parsed.GetValue(key)!));
        return command;
    }

    private static Command CreateSign()
    {
        var key = new Option<string>("--key") { Required = true, Description = "File of the private key." };
        var name = new Option<string>("--name") { Required = true, Description = "The witness's name as it is registered." };
        var state = new Option<string>("--state") { Required = true, Description = "File that remembers what was signed last; made the first time." };
        var checkpoint = new Option<string>("--checkpoint") { Required = true, Description = "What /api/v1/ledger/checkpoint answered, or the signed note itself." };
        var consistency = new Option<string?>("--consistency") { Description = "What /api/v1/ledger/consistency?from=…&to=… answered; not needed the first time." };
        var logKey = new Option<string?>("--log-key") { Description = "The log's public key in base64, from the notice board or from verify. Needed the first time; later it must be the one remembered." };
        var rotated = new Option<bool>("--rotated") { Description = "The log was given a new key, and its ledger says so: --log-key is the new one." };
        var command = new Command("sign", "Checks a checkpoint against the last one and prints the cosignature to send.") { key, name, state, checkpoint, consistency, logKey, rotated };
        command.SetAction(parsed => Sign(
            parsed.GetValue(key)!, parsed.GetValue(name)!, parsed.GetValue(state)!, parsed.GetValue(checkpoint)!, parsed.GetValue(consistency),
            parsed.GetValue(logKey), parsed.GetValue(rotated)));
        return command;
    }

    private static int MakeKey(string path)
    {
        if (File.Exists(path)) return Cli.Fail($"{path} is there already; a key is never written over", Cli.Usage);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            WitnessFiles.CreateAlone(path, key.ExportPkcs8PrivateKeyPem() + "\n");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Cli.Fail($"{path} cannot be written: {problem.Message}", Cli.Usage);
        }

        Console.Out.WriteLine(Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()));
        return Cli.Good;
    }

    private static int Sign(string keyPath, string name, string statePath, string checkpointPath, string? consistencyPath, string? logKey, bool isRotated)
    {
        foreach (var path in new[] { keyPath, checkpointPath, consistencyPath })
        {
            if (path is not null && !File.Exists(path)) return Cli.Fail($"no such file: {path}", Cli.Usage);
        }

        if (name.Length is 0 or > 64 || name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+')) return Cli.Fail("--name holds no blank and no +", Cli.Usage);
        try
        {
            using var alone = WitnessFiles.Lock(statePath); // two runs must not both sign from one state
            using var key = ReadKey(keyPath);
            var before = WitnessState.TryRead(statePath);
            var watch = new Watch(before, logKey, isRotated);
            var seen = watch.Check(WitnessFiles.ReadNote(checkpointPath), consistencyPath is null ? null : WitnessFiles.ReadProof(consistencyPath));
            seen.State.Write(statePath); // before anything is said: what is signed is never forgotten
            Cli.Print(new JsonObject { ["size"] = seen.State.Size, ["line"] = seen.Sign(name, key) });
            return Cli.Good;
        }
        catch (WitnessException refusal)
        {
            return Cli.Fail(refusal.Message, refusal.IsUsage ? Cli.Usage : Cli.Problems);
        }
        catch (BundleException problem)
        {
            return Cli.Fail(problem.Message, Cli.Usage);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Cli.Fail(problem.Message, Cli.Usage);
        }
    }

    private static ECDsa ReadKey(string path)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            if (key.KeySize == 256) return key;
        }
        catch (Exception problem) when (problem is ArgumentException or CryptographicException)
        {
            // told below, like a key of another kind
        }

        key.Dispose();
        throw new WitnessException($"{path} holds no private key of P-256 in PEM.", isUsage: true);
    }
}

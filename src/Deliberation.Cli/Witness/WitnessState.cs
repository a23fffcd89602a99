using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Cli.Verify.Bundles;
using Deliberation.Cli.Verify.Log;

namespace Deliberation.Cli.Witness;

/// <summary>What a witness remembers: the last checkpoint that it signed.</summary>
/// <param name="LogKey">The log's public key, base64 of its SubjectPublicKeyInfo.</param>
internal sealed record WitnessState(string Origin, string LogKey, long Size, Hash32 Root)
{
    private const string Format = "deliberation-witness/1";

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <returns>Null when there is no file: the first time.</returns>
    /// <exception cref="WitnessException">The file is no such state: nothing is signed on a guess.</exception>
    public static WitnessState? TryRead(string path)
    {
        if (!File.Exists(path)) return null;
        try
        {
            using var json = StrictJson.Parse(File.ReadAllBytes(path), path);
            if (json.Root.Text("format") == Format
                && Hash32.TryParse(System.Text.Encoding.ASCII.GetBytes(json.Root.Text("root")), out var root)
                && json.Root.Number("size") is > 0 and var size)
            {
                return new(json.Root.Text("origin"), json.Root.Text("logKey"), size, root);
            }
        }
        catch (BundleException)
        {
            // told below
        }

        throw new WitnessException($"{path} is no state of a witness, or is damaged. Nothing was signed.");
    }

    /// <summary>Old or new after a crash at any moment, never half: a file beside it takes its place once it is on the disk.</summary>
    public void Write(string path)
    {
        var state = new JsonObject { ["format"] = Format, ["origin"] = Origin, ["logKey"] = LogKey, ["size"] = Size, ["root"] = Root.ToString() };
        var beside = path + ".new";
        File.Delete(beside);
        WitnessFiles.CreateAlone(beside, state.ToJsonString(Plain) + "\n");
        File.Move(beside, path, overwrite: true);
    }
}

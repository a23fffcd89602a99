using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Cli.Counting;

namespace Deliberation.Cli;

/// <summary><c>decide FILE</c>: decides worked examples and shows the arithmetic.</summary>
internal static class Decide
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = "One example object, or {\"examples\": [...]}." };
        var json = new Option<bool>("--json") { Description = "One JSON document on stdout, nothing else." };
        var command = new Command("decide", "Decides worked examples by the rules of the council.") { file, json };
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string path, bool asJson)
    {
        if (!File.Exists(path)) return Cli.Fail($"no such file: {path}", Cli.Usage);
        try
        {
            var decisions = Examples.Decide(File.ReadAllText(path));
            if (asJson) Cli.Print(decisions);
            else WriteText(decisions);
            return Cli.Good;
        }
        catch (Exception exception) when (exception is JsonException or ExampleException)
        {
            if (asJson) Cli.Print(new JsonObject { ["error"] = exception.Message });
            return Cli.Fail($"{path}: {exception.Message}");
        }
    }

    private static void WriteText(JsonArray decisions)
    {
        foreach (var decision in decisions.Select(d => d!.AsObject()))
        {
            Console.Out.WriteLine($"{decision["id"]} ({decision["rule"]})");
            foreach (var (key, value) in decision["outcome"]!.AsObject()) Console.Out.WriteLine($"  {key}: {Cli.OneLine(value)}");
            foreach (var line in decision["arithmetic"]!.AsArray()) Console.Out.WriteLine($"    {line}");
        }
    }
}

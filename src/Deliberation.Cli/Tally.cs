using System.CommandLine;
using System.Text.Json.Nodes;
using Deliberation.Cli.Counting;
using Deliberation.Domain.Ballots;
using Deliberation.Domain.Ballots.Files;

namespace Deliberation.Cli;

/// <summary><c>tally FILE --rule RULE</c>: counts a ballot file.</summary>
internal static class Tally
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE") { Description = $"Ballot file: {string.Join(' ', BallotFiles.Endings)}" };
        var rule = new Option<string>("--rule") { Required = true, Description = string.Join(", ", BallotCount.Rules) };
        var seats = new Option<int?>("--seats") { Description = "Seats to fill; the file's own number when absent, else 1." };
        var margins = new Option<bool>("--margins") { Description = "schulze: strength by margins instead of winning votes." };
        var noSkip = new Option<bool>("--no-skip") { Description = "pb-greedy: stop at the first project that does not fit." };
        var utility = new Option<string>("--utility") { DefaultValueFactory = _ => "cost", Description = "pb-equal-shares: cost or count." };
        var completion = new Option<string>("--completion")
        {
            DefaultValueFactory = _ => "none",
            Description = "pb-equal-shares: none, add1, add1-no-stop or greedy.",
        };
        var seed = new Option<string?>("--seed") { Description = "Seed of a public draw for ties by lot; the order of the file when absent." };
        var json = new Option<bool>("--json") { Description = "One JSON document on stdout, nothing else." };
        utility.AcceptOnlyFromAmong("cost", "count");
        completion.AcceptOnlyFromAmong("none", "add1", "add1-no-stop", "greedy");
        var command = new Command("tally", "Counts a ballot file by a rule.")
        {
            file, rule, seats, margins, noSkip, utility, completion, seed, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetValue(file)!,
            new BallotCountOptions
            {
                Rule = parsed.GetValue(rule)!,
                Seats = parsed.GetValue(seats),
                Margins = parsed.GetValue(margins),
                NoSkip = parsed.GetValue(noSkip),
                Utility = parsed.GetValue(utility) == "count" ? BudgetUtility.Count : BudgetUtility.Cost,
                Completion = parsed.GetValue(completion) switch
                {
                    "add1" => BudgetCompletion.Add1,
                    "add1-no-stop" => BudgetCompletion.Add1NoStop,
                    "greedy" => BudgetCompletion.Greedy,
                    _ => BudgetCompletion.None,
                },
                Seed = parsed.GetValue(seed),
            },
            parsed.GetValue(json)));
        return command;
    }

    private static int Run(string path, BallotCountOptions options, bool asJson)
    {
        if (!BallotCount.Rules.Contains(options.Rule)) return Cli.Fail($"no such rule: {options.Rule}", Cli.Usage);
        if (options.Seats < 1) return Cli.Fail("--seats is 1 or more", Cli.Usage);
        if (!File.Exists(path)) return Cli.Fail($"no such file: {path}", Cli.Usage);
        try
        {
            var files = BallotFiles.Read(path, File.ReadAllText(path));
            var results = files.Select(f => BallotCount.Run(f, options)).ToList();
            if (asJson) Cli.Print(results is [var one] ? one : new JsonArray([.. results]));
            else results.ForEach(WriteText);
            return Cli.Good;
        }
        catch (BallotFileException exception)
        {
            if (asJson) Cli.Print(new JsonObject { ["error"] = exception.Message, ["line"] = exception.Line });
            return Cli.Fail($"{path}: {exception.Message}");
        }
    }

    private static void WriteText(JsonObject result)
    {
        foreach (var (key, value) in result)
        {
            if (key == "arithmetic") continue;
            Console.Out.WriteLine($"{key}: {Cli.OneLine(value)}");
        }

        foreach (var line in result["arithmetic"]?.AsArray() ?? []) Console.Out.WriteLine($"  {line}");
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Deliberation.Process;
using Deliberation.Process.Calendar;
using Deliberation.Process.Simulation;
using Deliberation.Process.Texts;
using Deliberation.Workflows.Definitions;

namespace Deliberation.Cli;

/// <summary><c>simulate TEMPLATE</c>: plays a whole project on a skipped clock and prints its calendar.</summary>
internal static class Simulate
{
    private static readonly TimeOnly Opening = new(8, 30);

    public static Command Create()
    {
        var file = new Argument<string>("TEMPLATE") { Description = "File of the top workflow; those it calls are found beside it." };
        var scenario = new Option<string?>("--scenario") { Description = "JSON: inputs that differ and how people answer." };
        var start = new Option<string?>("--start") { Description = "Launch, such as 2026-12-01T08:30+08:00. Default: the first working day of December 2026, 08:30." };
        var language = new Option<string>("--lang") { Description = "zh-Hans, zh-Hant or en.", DefaultValueFactory = _ => "zh-Hans" };
        var json = new Option<bool>("--json") { Description = "One JSON document on stdout, nothing else." };
        var command = new Command("simulate", "Plays a whole project: dates, messages, decisions.") { file, scenario, start, language, json };
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(scenario), parsed.GetValue(start), parsed.GetValue(language)!, parsed.GetValue(json)));
        return command;
    }

    private static int Run(string path, string? scenarioPath, string? startText, string language, bool asJson)
    {
        if (!File.Exists(path)) return Cli.Fail($"no such file: {path}", Cli.Usage);
        if (scenarioPath is not null && !File.Exists(scenarioPath)) return Cli.Fail($"no such file: {scenarioPath}", Cli.Usage);
        if (ParseStart(startText) is not { } start) return Cli.Fail($"--start: '{startText}' is no instant", Cli.Usage);

        var definitions = Directory.GetFiles(Path.GetDirectoryName(Path.GetFullPath(path))!, "*.json").Order(StringComparer.Ordinal)
            .Select(file => WorkflowDefinitionReader.Read(File.ReadAllText(file), CouncilActivities.Registry).Definition)
            .OfType<WorkflowDefinition>().ToList();
        var (template, messages) = WorkflowDefinitionReader.Read(File.ReadAllText(path), CouncilActivities.Registry);
        if (template is null) return Cli.Fail($"{path}: {messages[0].Message}");

        Scenario scenario;
        try
        {
            scenario = scenarioPath is null ? Scenario.AllGood : Scenario.Parse(File.ReadAllText(scenarioPath));
        }
        catch (JsonException exception)
        {
            return Cli.Fail($"{scenarioPath}: {exception.Message}");
        }

        var result = ProjectSimulation.Run(template, definitions, start, scenario);
        var sendings = MessagePlan.Of(result, WorkingCalendar.China, new LadderSettings());
        if (asJson) Cli.Print(ToJson(result, sendings));
        else WriteText(result, sendings, new TextCatalog(), language);
        return result.IsFinished && !result.Incidents.Any() ? Cli.Good : Cli.Problems;
    }

    /// <summary>A start without an offset is in the council's time zone.</summary>
    private static DateTimeOffset? ParseStart(string? text)
    {
        var calendar = WorkingCalendar.China;
        if (text is null) return calendar.At(calendar.NextWorkingDay(new DateOnly(2026, 12, 1)), Opening);
        return DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var local) && local.Kind is DateTimeKind.Unspecified
            ? calendar.At(DateOnly.FromDateTime(local), TimeOnly.FromDateTime(local))
            : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant.ToUniversalTime() : null;
    }

    private static void WriteText(SimulationResult result, IReadOnlyList<PlannedSending> messages, TextCatalog texts, string language)
    {
        foreach (var line in result.Lines)
        {
            Console.Out.WriteLine($"{Shown(line.At)}  {texts.Get(language, "simulation.kind." + line.Kind)}  {Words(line, texts, language)}");
        }

        Console.Out.WriteLine(texts.Get(language, "simulation.messages", ("count", messages.Count(message => !message.IsIfLate))));
        foreach (var message in messages) Console.Out.WriteLine(Words(message, texts, language));
        foreach (var incident in result.Incidents) Console.Out.WriteLine($"{Shown(incident.At)}  ! {incident.ActivityType}#{incident.ActivityId}: {incident.Message}");
        Console.Out.WriteLine(texts.Get(
            language,
            result.IsFinished ? "simulation.finished" : "simulation.stuck",
            ("start", result.StartedAt), ("end", result.EndedAt), ("days", (int)(result.EndedAt - result.StartedAt).TotalDays)));
    }

    private static string Words(SimulationLine line, TextCatalog texts, string language)
    {
        var values = (JsonObject)line.Values.DeepClone();
        foreach (var (name, prefix) in new[] { ("outcome", "port."), ("post", "post."), ("stage", "simulation.stage."), ("point", "simulation.point.") })
        {
            if (values[name]?.ToString() is { } code && texts.Has(language, prefix + code)) values[name] = texts.Get(language, prefix + code);
        }

        return texts.Get(language, line.TextKey, values);
    }

    private static string Words(PlannedSending message, TextCatalog texts, string language)
    {
        var audience = message.Audience.Replace("post:", "post.", StringComparison.Ordinal);
        var late = message.IsIfLate ? "  " + texts.Get(language, "simulation.if-late") : "";
        return $"{Shown(message.At)}  {texts.Get(language, "simulation.kind." + message.Occasion)}  {message.Title}  → {(texts.Has(language, audience) ? texts.Get(language, audience) : audience)}{late}";
    }

    private static JsonObject ToJson(SimulationResult result, IReadOnlyList<PlannedSending> messages) => new()
    {
        ["start"] = result.StartedAt.ToString("O", CultureInfo.InvariantCulture),
        ["end"] = result.EndedAt.ToString("O", CultureInfo.InvariantCulture),
        ["finished"] = result.IsFinished,
        ["lines"] = new JsonArray([.. result.Lines.Select(line => (JsonNode)new JsonObject
        {
            ["at"] = line.At.ToString("O", CultureInfo.InvariantCulture),
            ["kind"] = line.Kind,
            ["workflow"] = line.Workflow,
            ["activity"] = line.ActivityId,
            ["text"] = line.TextKey,
            ["values"] = line.Values.DeepClone(),
        })]),
        ["messages"] = new JsonArray([.. messages.Select(message => (JsonNode)new JsonObject
        {
            ["at"] = message.At.ToString("O", CultureInfo.InvariantCulture),
            ["occasion"] = message.Occasion,
            ["title"] = message.Title,
            ["point"] = message.Point,
            ["audience"] = message.Audience,
            ["ifLate"] = message.IsIfLate,
            ["provisional"] = message.IsProvisional,
        })]),
        ["incidents"] = new JsonArray([.. result.Incidents.Select(incident => (JsonNode)$"{incident.ActivityType}#{incident.ActivityId}: {incident.Message}")]),
    };

    private static string Shown(DateTimeOffset at) =>
        TimeZoneInfo.ConvertTime(at, WorkingCalendar.China.Zone).ToString("yyyy-MM-dd ddd HH:mm", CultureInfo.InvariantCulture);
}

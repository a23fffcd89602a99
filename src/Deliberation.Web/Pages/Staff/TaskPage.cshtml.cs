using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Agendas;
using Deliberation.Features.Calendars;
using Deliberation.Features.Foundation;
using Deliberation.Features.Orders;
using Deliberation.Features.Residents;
using Deliberation.Features.Tasks;
using Deliberation.Web.Language;
using Deliberation.Web.Parts;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>One piece of work: its form, made from its definition, its outcomes, hand-over and urging.</summary>
public sealed class TaskPageModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    [BindProperty(SupportsGet = true)]
    public Guid Id { get; set; }

    public TaskPage Task { get; private set; } = null!;

    public IReadOnlyList<QuestionPart> Questions { get; private set; } = [];

    public DateTimeOffset Now { get; private set; }

    public bool IsOpen => Task.Outcome is null && Task.State is "Open";

    public async Task<IActionResult> OnPostCompleteAsync(string? outcome, CancellationToken cancellationToken)
    {
        if (await LoadAsync(cancellationToken) is { } refusal)
        {
            return StatusCode(refusal.Kind.Status());
        }

        var data = new JsonObject();
        foreach (var question in Questions)
        {
            var read = question.Type == "residents"
                ? await ReadResidentsAsync(question, cancellationToken)
                : question.Read([.. Request.Form[question.Name].OfType<string>()]);
            switch (read)
            {
                case Result<JsonNode?>.Accepted { Value: { } value }:
                    data[question.Name] = value;
                    break;
                case Result<JsonNode?>.Refused { Reason: var reason }:
                    ModelState.AddModelError(question.Name, question.Why(Texts, reason));
                    break;
            }
        }

        return await ActAsync(new CompleteTask(Caller, Community, new TaskId(Id), outcome ?? "", data), "task-done", cancellationToken, _ => "/staff");
    }

    public Task<IActionResult> OnPostTransferAsync(CancellationToken cancellationToken) => ActAsync(
        new TransferTask(Caller, Community, new TaskId(Id), string.IsNullOrEmpty(Typed("ToPost")) ? null : Typed("ToPost"), Person("ToStaff"), Typed("TransferReason")),
        "task-transferred", cancellationToken, _ => "/staff", field: named => named == "Reason" ? "TransferReason" : named);

    public Task<IActionResult> OnPostUrgeAsync(CancellationToken cancellationToken) => ActAsync(
        new UrgeTask(Caller, Community, new TaskId(Id), Typed("UrgeReason")), "task-urged", cancellationToken, field: _ => "UrgeReason");

    public Task<IActionResult> OnPostCopyAsync(CancellationToken cancellationToken) => ActAsync(
        new CopyTask(Caller, Community, new TaskId(Id), Person("CopyTo") ?? default, Typed("CopyReason")),
        "task-copied", cancellationToken, field: named => named == "ToStaff" ? "CopyTo" : "CopyReason");

    public Task<IActionResult> OnPostExtendAsync(CancellationToken cancellationToken)
    {
        if (!DateOnly.TryParseExact(Typed("ExtendDay"), "yyyy-MM-dd", out var day))
        {
            ModelState.AddModelError("ExtendDay", Texts["form.not-a-day"]);
        }

        return ActAsync(
            new ExtendTask(Caller, Community, new TaskId(Id), day, Typed("ExtendReason")), "task-extended", cancellationToken, field: named => $"Extend{named}");
    }

    public Task<IActionResult> OnPostReturnAsync(CancellationToken cancellationToken) => ActAsync(
        new ReturnTask(Caller, Community, new TaskId(Id), Typed("ReturnReason")), "task-returned", cancellationToken, _ => "/staff", field: _ => "ReturnReason");

    public Task<IActionResult> OnPostSignerAsync(CancellationToken cancellationToken) => ActAsync(
        new AddSigner(
            Caller, Community, new TaskId(Id), Person("SignerWho") ?? default, Enum.TryParse<SignerPlace>(Typed("SignerPlace"), out var place) ? place : SignerPlace.Together, Typed("SignerReason")),
        "task-signer-asked", cancellationToken, field: named => named == "ToStaff" ? "SignerWho" : "SignerReason");

    public Task<IActionResult> OnPostSignAsync(string? answer, CancellationToken cancellationToken) => ActAsync(
        new SignTask(Caller, Community, new TaskId(Id), answer == "agree", Typed("SignReason")), answer == "agree" ? "task-signed" : "task-objected", cancellationToken, _ => "/staff", field: _ => "SignReason");

    public Task<IActionResult> OnPostRecallAsync(CancellationToken cancellationToken) => ActAsync(
        new RecallTask(Caller, Community, new TaskId(Id), Typed("RecallReason")), "task-recalled", cancellationToken, _ => "/staff", field: _ => "RecallReason");

    /// <summary>What was typed in a field of one of the page's forms; empty when it was not.</summary>
    public string Typed(string name) => Request.HasFormContentType ? Request.Form[name].ToString() : "";

    /// <summary>True for the form that was sent and came back.</summary>
    public bool IsUsed(string handler) => string.Equals(Request.Query["handler"], handler, StringComparison.OrdinalIgnoreCase);

    private StaffId? Person(string field) => Guid.TryParse(Typed(field), out var id) ? new StaffId(id) : null;

    /// <summary>By changed calendars.</summary>
    public IReadOnlyList<MovedDeadline> Moved { get; private set; } = [];

    /// <summary>Supervised orders about it, the newest first.</summary>
    public IReadOnlyList<OrderLine> Orders { get; private set; } = [];

    /// <summary>Its items on the upper body's agenda.</summary>
    public IReadOnlyList<UpperItem> Agenda { get; private set; } = [];

    public int Of => Community.Value;

    protected override async Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        var asked = await AskAsync(new GetTask(Caller, Community, new TaskId(Id)), task => Task = task, cancellationToken)
            ?? await AskAsync(new ListDeadlineMoves(Caller, Community, Id), moved => Moved = moved, cancellationToken)
            ?? await AskAsync(new ListOrdersOfTask(Caller, Community, new TaskId(Id)), orders => Orders = orders, cancellationToken)
            ?? await AskAsync(new ListUpperAgenda(Caller, Community, new TaskId(Id), new PageRequest(1)), items => Agenda = items.Items, cancellationToken);
        if (asked is { } refusal)
        {
            return refusal;
        }

        Now = await NowAsync(cancellationToken);
        var typed = Request.HasFormContentType ? Request.Form : null;
        Questions = [.. (Task.Form["fields"] as JsonArray ?? []).OfType<JsonObject>().Select(field => typed is null
            ? QuestionPart.Of(field, Texts.Language, Task.Data?[field["name"]!.ToString()])
            : QuestionPart.Of(field, Texts.Language, string.Join('\n', typed[field["name"]!.ToString()].OfType<string>())))];
        return await NamePeopleAsync(cancellationToken);
    }

    /// <summary>People whom an earlier step named are ticked by name, not typed again.</summary>
    private async Task<Refusal?> NamePeopleAsync(CancellationToken cancellationToken)
    {
        var ids = Questions.Where(q => q.Type == "residents").SelectMany(q => q.Items.Select(item => item.Value).Concat((q.Value ?? "").Split('\n')))
            .Select(value => Guid.TryParse(value, out var id) ? id : Guid.Empty).Where(id => id != Guid.Empty).Distinct().ToList();
        if (ids.Count == 0)
        {
            return null;
        }

        IReadOnlyDictionary<Guid, string> names = new Dictionary<Guid, string>();
        var refusal = await AskAsync(new ListNames(Caller, Community, ids), found => names = found, cancellationToken);
        string Name(string value) => Guid.TryParse(value, out var id) ? names.GetValueOrDefault(id, value) : value;
        Questions = [.. Questions.Select(q => q.Type == "residents" && q.Items.Count > 0
            ? q with
            {
                Type = "checklist",
                Value = q.Value ?? string.Join('\n', q.Items.Select(item => item.Value)),
                Items = [.. q.Items.Select(item => (item.Value, Name(item.Value)))],
            }
            : q.Type == "residents" && q.Value is not null ? q with { Value = string.Join('\n', q.Value.Split('\n').Select(Name)) } : q)];
        return refusal;
    }

    /// <summary>One person a line, by name, or by door and name. A line that fits nobody or several is named.</summary>
    private async Task<Result<JsonNode?>> ReadResidentsAsync(QuestionPart question, CancellationToken cancellationToken)
    {
        var people = new JsonArray();
        foreach (var line in (Request.Form[question.Name].ToString()).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            IReadOnlyList<ResidentLine> found = [];
            if (await AskAsync(new FindResident(Caller, Community, words[^1]), lines => found = lines, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            var fits = found.Where(f => words.Length == 1 || f.Door == words[0]).ToList();
            if (fits.Count(f => f.FullName == words[^1]) == 1)
            {
                fits = [fits.Single(f => f.FullName == words[^1])];
            }

            if (fits.Count != 1)
            {
                return Refusal.Invalid(fits.Count == 0 ? "form.nobody" : "form.several-people", question.Name, ("line", line));
            }

            people.Add(fits[0].Resident.ToString());
        }

        return people.Count == 0 ? (JsonNode?)null : people;
    }
}

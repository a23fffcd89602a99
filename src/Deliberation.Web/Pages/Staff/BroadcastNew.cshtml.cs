using Deliberation.Domain;
using Deliberation.Features.Notifications.ByStaff;
using Deliberation.Web.Language;
using MediatR;
using Microsoft.AspNetCore.Mvc;

namespace Deliberation.Web.Pages.Staff;

/// <summary>Write to many: first what and to whom, then how many it will be, then send.</summary>
public sealed class BroadcastNewModel(IMediator mediator, ITexts texts) : DeskPage(mediator, texts)
{
    /// <summary>Of this form: sent twice, it is one message.</summary>
    [BindProperty]
    public Guid Form { get; set; }

    [BindProperty]
    public string? To { get; set; }

    [BindProperty]
    public string? Text { get; set; }

    [BindProperty]
    public string? Traditional { get; set; }

    [BindProperty]
    public string? English { get; set; }

    [BindProperty]
    public bool IsLegal { get; set; }

    [BindProperty]
    public string? Basis { get; set; }

    public IReadOnlyList<AudienceChoice> Choices { get; private set; } = [];

    /// <summary>Null while it is written.</summary>
    public BroadcastPreview? Preview { get; private set; }

    private BroadcastDraft Draft => new(To, Text, Traditional, English, IsLegal, Basis);

    /// <summary>How many it will be.</summary>
    public Task<IActionResult> OnPostAsync(CancellationToken cancellationToken) => ShowAsync(null, cancellationToken);

    /// <summary>Back to writing, with all that was written.</summary>
    public Task<IActionResult> OnPostChangeAsync(CancellationToken cancellationToken) => OnGetAsync(cancellationToken);

    /// <param name="expected">The number that was shown.</param>
    public async Task<IActionResult> OnPostSendAsync(int expected, CancellationToken cancellationToken)
    {
        BroadcastSent? sent = null;
        var refusal = await AskAsync(new SendBroadcast(Caller, Community, Form, Draft, expected), answer => sent = answer, cancellationToken);
        return refusal is null ? LocalRedirect($"/staff/broadcasts/{sent!.Id}?said=broadcast&count={sent.Told}") : await ShowAsync(refusal, cancellationToken);
    }

    /// <summary>The audience in words.</summary>
    public string Name(AudienceChoice choice) => Texts.Get($"broadcast.to.{choice.Kind}", new { name = choice.Name });

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken)
    {
        Form = Form == Guid.Empty ? Guid.NewGuid() : Form;
        return AskAsync(new ListAudiences(Caller, Community), list => Choices = list.Choices, cancellationToken);
    }

    /// <summary>The number and the message as it will be read; or the form again with what is wrong.</summary>
    private async Task<IActionResult> ShowAsync(Refusal? refusal, CancellationToken cancellationToken)
    {
        var wrong = await AskAsync(new PreviewBroadcast(Caller, Community, Draft), preview => Preview = preview, cancellationToken);
        return (wrong ?? refusal) is { } reason ? await AgainAsync(reason, cancellationToken) : await OnGetAsync(cancellationToken);
    }
}

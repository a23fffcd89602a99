using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace Deliberation.Testing;

/// <summary>Forms as a person meets them: only what the page offers can be filled in or pressed.</summary>
public static class Forms
{
    /// <summary>A form of the page's main part.</summary>
    /// <param name="handler">The handler it posts to; null = any.</param>
    /// <param name="hidden">Hidden fields that tell it from its neighbours.</param>
    /// <exception cref="InvalidOperationException">The page has none.</exception>
    public static IHtmlFormElement Form(this IHtmlDocument page, string? handler = null, params (string Name, string Value)[] hidden) =>
        page.FindForm(handler, hidden)
        ?? throw new InvalidOperationException($"No form {handler} with {string.Join(", ", hidden)} on {page.DocumentUri}: {page.QuerySelector("h1")?.TextContent}");

    /// <returns>Null when the page has none.</returns>
    public static IHtmlFormElement? FindForm(this IHtmlDocument page, string? handler = null, params (string Name, string Value)[] hidden) =>
        page.Forms.FirstOrDefault(form =>
            form.IsMainPost() && (handler is null || form.PostsTo(handler))
            && hidden.All(h => form.QuerySelectorAll<IHtmlInputElement>("input[type=hidden]").Any(i => i.Name == h.Name && i.Value == h.Value)));

    public static bool IsMainPost(this IHtmlFormElement form) => form.Method == "post" && form.Closest("main") is not null;

    /// <summary>Types, chooses or ticks. Of boxes exactly those named are ticked afterwards.</summary>
    /// <exception cref="InvalidOperationException">The form does not ask for it, or does not offer that choice.</exception>
    public static IHtmlFormElement Fill(this IHtmlFormElement form, string name, params string[] values)
    {
        var controls = form.Controls(name).ToList();
        var missing = values.Where(value => !controls.Any(control => Offers(control, value))).ToList();
        if (controls.Count == 0 || missing.Count > 0)
        {
            throw new InvalidOperationException($"{form.Owner?.DocumentUri}: the form does not take {name} = {string.Join(", ", missing)}");
        }

        foreach (var control in controls)
        {
            switch (control)
            {
                case IHtmlInputElement { Type: "checkbox" or "radio" } box:
                    box.IsChecked = values.Contains(box.Value);
                    break;
                case IHtmlInputElement { Type: not "hidden" } line:
                    line.Value = values[0];
                    break;
                case IHtmlTextAreaElement area:
                    area.Value = values[0];
                    break;
                case IHtmlSelectElement select:
                    select.Value = values[0];
                    break;
            }
        }

        return form;
    }

    /// <summary>True when the field is there and may have this value; a hidden one must have it already.</summary>
    public static bool Takes(this IHtmlFormElement form, string name, string value) => form.Controls(name).Any(control => Offers(control, value));

    /// <summary>The controls of a name, hidden ones too.</summary>
    public static IEnumerable<IHtmlElement> Controls(this IHtmlFormElement form, string name) =>
        form.QuerySelectorAll<IHtmlElement>("input, textarea, select").Where(control => control.GetAttribute("name") == name && !control.HasAttribute("disabled"));

    /// <summary>The button that sends this value, or posts to this handler.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it cannot be pressed.</exception>
    public static IHtmlElement Button(this IHtmlFormElement form, string valueOrHandler) =>
        form.QuerySelectorAll<IHtmlElement>("button:not([disabled])")
            .FirstOrDefault(button => button.GetAttribute("value") == valueOrHandler || button.GetAttribute("formaction") == $"?handler={valueOrHandler}")
        ?? throw new InvalidOperationException($"{form.Owner?.DocumentUri}: no button {valueOrHandler}.");

    /// <summary>What a browser would send, without the button.</summary>
    internal static List<KeyValuePair<string, string>> Content(this IHtmlFormElement form)
    {
        var fields = new List<KeyValuePair<string, string>>();
        foreach (var control in form.QuerySelectorAll<IHtmlElement>("input, textarea, select").Where(control => !control.HasAttribute("disabled")))
        {
            var value = control switch
            {
                IHtmlInputElement { Type: "checkbox" or "radio", IsChecked: false } or IHtmlInputElement { Type: "submit" or "button" } => null,
                IHtmlInputElement line => line.Value,
                IHtmlTextAreaElement area => area.Value.ReplaceLineEndings("\r\n"),
                IHtmlSelectElement select => select.Value,
                _ => null,
            };
            if (value is not null && control.GetAttribute("name") is { Length: > 0 } name)
            {
                fields.Add(KeyValuePair.Create(name, value));
            }
        }

        return fields;
    }

    private static bool PostsTo(this IHtmlFormElement form, string handler) =>
        form.GetAttribute("action") is { } action && action.Split('?')[^1].Split('&').Any(part => string.Equals(part, $"handler={handler}", StringComparison.OrdinalIgnoreCase));

    private static bool Offers(IHtmlElement control, string value) => control switch
    {
        IHtmlInputElement { Type: "hidden" or "checkbox" or "radio" } input => input.Value == value,
        IHtmlSelectElement select => select.Options.Any(option => option.Value == value),
        _ => true,
    };
}

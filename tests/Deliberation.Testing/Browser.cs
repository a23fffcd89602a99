using AngleSharp;
using AngleSharp.Html.Dom;

namespace Deliberation.Testing;

/// <summary>Reads pages and sends their forms as a browser without script does.</summary>
/// <param name="client">Keeps the cookies; follows redirects or shows them.</param>
public sealed class Browser(HttpClient client) : IDisposable
{
    public HttpClient Http => client;

    public Task<HttpResponseMessage> GetAsync(string path) => client.GetAsync(new Uri(path, UriKind.RelativeOrAbsolute));

    public async Task<IHtmlDocument> ReadAsync(string path) => await ParseAsync(await GetAsync(path));

    public static async Task<IHtmlDocument> ParseAsync(HttpResponseMessage response)
    {
        var html = await response.Content.ReadAsStringAsync();
        return (IHtmlDocument)await BrowsingContext.New(Configuration.Default).OpenAsync(request => request.Address(response.RequestMessage!.RequestUri!.ToString()).Content(html));
    }

    /// <summary>Opens a page, fills in the first form that asks for these fields, and presses its first button.</summary>
    public async Task<HttpResponseMessage> SendAsync(string path, params (string Name, string Value)[] fields)
    {
        var page = await ReadAsync(path);
        var form = page.Forms.FirstOrDefault(form => form.IsMainPost() && fields.All(field => form.Takes(field.Name, field.Value)))
            ?? throw new InvalidOperationException($"No form on {path} asks for {string.Join(", ", fields.Select(f => f.Name))}.");
        foreach (var field in fields.GroupBy(field => field.Name, field => field.Value))
        {
            form.Fill(field.Key, [.. field]);
        }

        return await SubmitAsync(form);
    }

    /// <summary>Sends a form with all that the page and the person put into it.</summary>
    /// <param name="button">What was pressed; its name, value and address go along.</param>
    public Task<HttpResponseMessage> SubmitAsync(IHtmlFormElement form, IHtmlElement? button = null)
    {
        var own = button?.GetAttribute("formaction") ?? form.GetAttribute("action");
        var address = string.IsNullOrEmpty(own) ? new Uri(form.Owner!.DocumentUri) : new Uri(new Uri(form.Owner!.DocumentUri), own);
        var fields = form.Content();
        if (button?.GetAttribute("name") is { } name)
        {
            fields.Add(KeyValuePair.Create(name, button.GetAttribute("value") ?? ""));
        }

        return client.PostAsync(address, new FormUrlEncodedContent(fields));
    }

    /// <summary>A post that no form of ours makes.</summary>
    public Task<HttpResponseMessage> PostAsync(string path, params (string Name, string Value)[] fields) =>
        client.PostAsync(new Uri(path, UriKind.Relative), new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value))));

    public void Dispose() => client.Dispose();
}

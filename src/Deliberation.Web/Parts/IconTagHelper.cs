using System.Collections.Frozen;
using Microsoft.AspNetCore.Razor.TagHelpers;

namespace Deliberation.Web.Parts;

/// <summary>One of our icons: <c>&lt;icon name="tick" /&gt;</c>. 24 × 24, one line of 2 px in the colour of the text, hidden from readers of the screen: a word always stands beside it.</summary>
[HtmlTargetElement("icon", TagStructure = TagStructure.WithoutEndTag)]
public sealed class IconTagHelper : TagHelper
{
    private const string Face = """<circle cx="12" cy="12" r="9.5"/><path d="M8.7 9.5v.6M15.3 9.5v.6""";

    private static readonly FrozenDictionary<string, string> Shapes = new Dictionary<string, string>
    {
        ["tick"] = """<path d="M4 12.5l5.5 5.5L20 6.5"/>""",
        ["cross"] = """<path d="M6 6l12 12M18 6L6 18"/>""",
        ["next"] = """<path d="M9 5l7 7-7 7"/>""",
        ["back"] = """<path d="M15 5l-7 7 7 7"/>""",
        ["clock"] = """<circle cx="12" cy="12" r="9"/><path d="M12 7v5.500l3.500 2"/>""",
        ["dot"] = """<circle cx="12" cy="12" r="5" fill="currentColor"/>""",
        ["dash"] = """<path d="M5 12h14"/>""",
        ["warning"] = """<path d="M12 4L2.800 20h18.400zM12 10v4.500M12 17.300v.2"/>""",
        ["phone"] = """<path d="M6 3h3.500l1.500 5-2.200 1.600a12 12 0 0 0 5.600 5.600L16 13l5 1.500V18a3 3 0 0 1-3 3C10.500 21 3 13.500 3 6a3 3 0 0 1 3-3z"/>""",
        ["ear"] = """<path d="M4 9.500v5h3.500L12 18.500v-13L7.500 9.500zM15.500 9a4.200 4.200 0 0 1 0 6M18 6.500a8 8 0 0 1 0 11"/>""",
        ["letters"] = """<path d="M2.500 19L8 5l5.500 14M4.500 14.500h7M15 19l3-8 3 8M16 16.500h4"/>""",
        ["lock"] = """<rect x="5" y="11" width="14" height="9.500" rx="1.500"/><path d="M8 11V8a4 4 0 0 1 8 0v3"/>""",
        ["people"] = """<circle cx="9" cy="8" r="3.500"/><path d="M2.500 20a6.500 6.500 0 0 1 13 0M16 5a3.500 3.500 0 0 1 0 6.500M18 14.500a6.500 6.500 0 0 1 3.500 5.500"/>""",
        ["pen"] = """<path d="M4 20l1-4.500L16 4.500l3.500 3.500L8.500 19z"/>""",
        ["printer"] = """<path d="M7 9V3.500h10V9M7 17H4V9h16v8h-3M7 14h10v6.500H7z"/>""",
        ["page"] = """<path d="M6 3h8l4 4v14H6zM14 3v4h4M9 12h6M9 16h6"/>""",
        ["bell"] = """<path d="M6 17v-6a6 6 0 0 1 12 0v6l1.500 1.500h-15zM10 21h4"/>""",
        ["question"] = """<circle cx="12" cy="12" r="9.500"/><path d="M9.300 9.500a2.700 2.700 0 1 1 4 2.300c-.9.5-1.300 1-1.300 2M12 17v.2"/>""",
        ["search"] = """<circle cx="10.500" cy="10.500" r="6.500"/><path d="M15.500 15.500L21 21"/>""",
        ["plus"] = """<path d="M12 5v14M5 12h14"/>""",
        ["face-5"] = Face + """M8 14.500q4 5 8 0z"/>""",
        ["face-4"] = Face + """M8.500 15.500q3.500 2.500 7 0"/>""",
        ["face-3"] = Face + """M8.500 16h7"/>""",
        ["face-2"] = Face + """M8.500 16.500q3.500-2 7 0"/>""",
        ["face-1"] = Face + """M8 17q4-4 8 0"/>""",
    }.ToFrozenDictionary();

    /// <summary>Which icon; an unknown name is a mistake in the page and throws.</summary>
    [HtmlAttributeName("name")]
    public string Name { get; set; } = "";

    /// <summary>Further classes: <c>inl</c> inside a line of text, <c>face</c> in an option row.</summary>
    [HtmlAttributeName("class")]
    public string Class { get; set; } = "";

    public override void Process(TagHelperContext context, TagHelperOutput output)
    {
        output.TagName = "svg";
        output.TagMode = TagMode.StartTagAndEndTag;
        output.Attributes.SetAttribute("class", Class.Length == 0 ? "i" : $"i {Class}");
        output.Attributes.SetAttribute("viewBox", "0 0 24 24");
        output.Attributes.SetAttribute("aria-hidden", "true");
        output.Content.SetHtmlContent(Shapes[Name]);
    }
}

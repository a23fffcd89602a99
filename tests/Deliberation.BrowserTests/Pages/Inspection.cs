using System.Text.RegularExpressions;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests.Pages;

/// <summary>What every page must keep, measured in the browser.</summary>
public static partial class Inspection
{
    private static readonly int[] Widths = [320, 360, 390];
    private static readonly double[] Sizes = [1, 1.5, 2];
    private static readonly string Axe = new BundledAxeScriptProvider().GetScript();

    /// <summary>Every page of the context brings axe along, unread: sent with each look it took as long as looking.</summary>
    public static Task PrepareAsync(IBrowserContext context) => context.AddInitScriptAsync($"globalThis.readAxe = () => {{\n{Axe}\n}};");

    /// <summary>WCAG 2.0 to 2.2, A and AA, and good practice. Pages have no frames: axe runs in the page itself, which takes half the time of its way through frames.</summary>
    /// <param name="hasNewColours">False where the same page was looked at in these colours and sizes before: comparing colours is the dearest rule.</param>
    public static async Task<IEnumerable<string>> ViolationsAsync(IPage page, bool hasNewColours = true)
    {
        if (await page.EvaluateAsync<bool>("() => { globalThis.readAxe?.(); return !globalThis.axe; }"))
        {
            await page.EvaluateAsync(Axe); // a context that was not prepared
        }

        return await page.EvaluateAsync<string[]>(
            """
            async hasNewColours => {
              if (document.querySelector('iframe, frame, object')) return ['a frame, in which axe does not look'];
              const { violations } = await axe.run(document, { resultTypes: ['violations'], rules: { 'color-contrast': { enabled: hasNewColours } } }); // describing what passed takes most of the time
              return violations.map(v => `${v.id} ${v.help}: ${v.nodes.slice(0, 2).map(n => n.html).join(' | ')}`);
            }
            """,
            hasNewColours);
    }

    /// <summary>Sideways scroll at the widths of phones, at 100, 150 and 200 % of the reader's own size.</summary>
    public static async Task<IEnumerable<string>> TooWideAsync(IPage page)
    {
        var found = new List<string>();
        foreach (var width in Widths)
        {
            await page.SetViewportSizeAsync(width, 844);
            var wide = await page.EvaluateAsync<string?>(
                """
                sizes => {
                  const root = document.documentElement, range = document.createRange();
                  const reach = node => { range.selectNodeContents(node); return range.getBoundingClientRect().right; };
                  for (const size of sizes) {
                    if (size !== 1) root.style.setProperty('font-size', parseFloat(getComputedStyle(root).fontSize) * size + 'px');
                    const width = root.scrollWidth, texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), out = [];
                    if (width > innerWidth) { // a text may stand out of a box that does not
                      for (const e of document.querySelectorAll('body *')) if (e.getBoundingClientRect().right > innerWidth + .5 && !e.closest('.scroll')) out.push(e.outerHTML.slice(0, 160));
                      while (texts.nextNode()) if (reach(texts.currentNode) > innerWidth + .5 && !texts.currentNode.parentElement.closest('.scroll')) out.push('text ' + texts.currentNode.data.trim());
                    }
                    const wide = width <= innerWidth ? null : `${size * 100}% is ${width} px: ${out.slice(-2).join(' | ')}`;
                    root.style.removeProperty('font-size');
                    if (wide) return wide;
                  }
                  return null;
                }
                """,
                Sizes);
            if (wide is not null)
            {
                found.Add($"at {width} px and {wide}");
            }
        }

        await page.SetViewportSizeAsync(390, 844);
        return found;
    }

    /// <summary>Controls and links smaller than a finger. Links inside sentences are exempt, as in WCAG 2.5.8.</summary>
    /// <param name="least">Pixels each way: 44, in elder mode 60.</param>
    public static async Task<IEnumerable<string>> TooSmallAsync(IPage page, int least) => await page.EvaluateAsync<string[]>(
        """
        least => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
          .filter(e => e.checkVisibility({ visibilityProperty: true }) && !e.closest('.vh, .skip'))
          .filter(e => {
            if (e.tagName !== 'A' || getComputedStyle(e).display !== 'inline') return true;
            const around = e.parentElement.innerText.replace(e.innerText, '').trim();
            return around.length === 0;
          })
          .map(e => [e, (e.matches('input[type=radio], input[type=checkbox]') && e.closest('label') || e).getBoundingClientRect()])
          .filter(([, box]) => box.width < least - .5 || box.height < least - .5)
          .map(([e, box]) => `${Math.round(box.width)} x ${Math.round(box.height)}: ${e.outerHTML.slice(0, 120)}`)
        """,
        least);

    /// <summary>Texts of the page that are smaller than elder mode promises.</summary>
    public static async Task<IEnumerable<string>> SmallTextsAsync(IPage page) => await page.EvaluateAsync<string[]>(
        """
        () => {
          const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT), small = [];
          for (let node = walker.nextNode(); node; node = walker.nextNode()) {
            const e = node.parentElement;
            if (node.data.trim() && e.checkVisibility() && !e.closest('.vh')) {
              const size = parseFloat(getComputedStyle(e).fontSize);
              if (size < 18) small.push(size + ' px: ' + node.data.trim().slice(0, 40));
            }
          }
          return small;
        }
        """);

    /// <summary>Keys, ids, enum values and braces that were meant for programs, and words we do not say.</summary>
    public static IEnumerable<string> WordsOfPrograms(string text) =>
        Programs().Matches(text).Select(match => $"'{match.Value}' in '{Around(text, match.Index)}'").Distinct();

    /// <summary>After a wrong submit: the title says so, the summary has the focus, each link leads to its field, the same words stand there.</summary>
    public static async Task<IEnumerable<string>> FormFaultsAsync(IPage page) => await page.EvaluateAsync<string[]>(
        """
        () => {
          const faults = [], summary = document.querySelector('.errs');
          if (!summary) return ['no error summary'];
          if (!/^(错误|錯誤|Error)/.test(document.title)) faults.push('title is ' + document.title);
          if (document.activeElement !== summary) faults.push('the focus is not in the summary');
          const links = [...summary.querySelectorAll('a')];
          if (links.length === 0) faults.push('the summary leads to no field');
          for (const link of links) {
            const field = document.getElementById(link.hash.slice(1));
            if (!field || !field.matches('input, select, textarea')) { faults.push(link.hash + ' is no field'); continue; }
            const place = field.closest('.field, fieldset');
            if (!place?.innerText.includes(link.innerText.trim())) faults.push(link.hash + ' does not say ' + link.innerText);
          }
          return faults;
        }
        """);

    private static string Around(string text, int at) => text[Math.Max(0, at - 30)..Math.Min(text.Length, at + 50)].ReplaceLineEndings(" ");

    [GeneratedRegex(@"\[[a-z][\w-]*(\.[\w-]+)+\]|\{\w+\}|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}|[!！]|用户|用戶|系统错误|操作失败|操作失敗|流程节点|敬请|请知悉|\b(null|undefined|True|False|Int64)\b")]
    private static partial Regex Programs();
}

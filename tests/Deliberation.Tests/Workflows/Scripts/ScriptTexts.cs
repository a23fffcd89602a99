using FsCheck;
using FsCheck.Fluent;

namespace Deliberation.Tests.Workflows.Scripts;

/// <summary>Texts that may or may not be scripts.</summary>
internal static class ScriptTexts
{
    private static readonly string[] Tokens =
    [
        "0", "1", "7.5", ".5", "5.", "1e3", "1e", "0x1f", "010", "1e999", "'a'", "\"b\"", "''", "'\\u{1F600}'", "'\\ud83d'", "'\\1'", "`q`", "`${", "}`", "`", "'", "\"",
        "+", "-", "*", "/", "%", "**", "==", "===", "!=", "!==", "<", "<=", ">", ">=", "&&", "||", "??", "!", "typeof", "?", ":", ".", "?.", "[", "]", "(", ")", "{", "}", "({", "})", ",",
        "true", "false", "null", "undefined", "NaN", "Infinity", "variables.n", "variables.s", "variables.half", "variables.none", "variables.list", "variables.o", "variables.long", "variables.digits",
        "variables.many", "variables.wide", "variables.deep", "getVariable('n')", "getN()", "getInput('s')", "getResultFromVote()", "getWorkflowInstanceId()",
        "a:", "'b':", "5:", ".length", ".a", "?.[0]", ".trim()", ".toUpperCase()", ".split('')", ".split(',')", ".join('')", ".repeat(9)", ".repeat(1e6)", ".padStart(", ".replaceAll('x', 'yy')", ".replace('x', '$&')",
        ".slice(1)", ".concat(", ".toReversed()", ".includes(", ".indexOf(", ".lastIndexOf('')", ".at(-1)", ".charAt(", ".toFixed(", ".toString()", "Math.max(", "Math.round(", "Number(", "String(", "parseInt(", "parseFloat(",
        "JSON.parse(", "JSON.stringify(", "Object.keys(", "Object.values(", "Array.isArray(", "isNullOrEmpty(", "//", "/*", "*/", "\n", "\r\n", "\u2028", "\u0085", "\ufeff", " ", ";", "return", "=", "=>", "++", "new", "$", "\\", "#", "中", "\ud83d", "\udc00",
    ];

    private static readonly string[] Valid =
    [
        "variables.n + 1 === 4 ? `yes ${variables.s}` : 'no'",
        "({ a: variables.o, b: [variables.list, { c: variables.o.b[1] }] })",
        "variables.none?.a.b.trim() ?? variables.s.toUpperCase().split('').toReversed().join('-')",
        "Math.max(variables.n, Number('12'), parseInt('ff', 16)) % 5 ** 2 - -variables.n",
        "JSON.stringify(JSON.parse('{\"a\":[1,2,{\"b\":null}]}').a.slice(1).concat([3], 4))",
        "[variables.many.length, variables.many.includes(77), variables.long.length, Object.keys(variables.o)]",
        "(variables.s + variables.list + variables.o) == 'x' && !variables.yes || typeof variables.deep",
        "return `a${`b${variables.n}`}c` + \"\\u4e2d\\n\" + 'x'.padStart(4, 'ab').replaceAll('a', 'c');",
    ];

    private static readonly string[] Brackets = ["(", ")", "[", "]", "({a:", "})", "`${", "}`", "Math.abs(", ")", "!", "- ", "typeof ", "1 ? ", " : ", "1 + ", "1 ** ", "[1][", ".a", "?.[0]", "variables.deep"];

    /// <summary>Any UTF-16, half a surrogate pair and all.</summary>
    public static Gen<string> Unicode { get; } =
        from units in Gen.ListOf(Gen.Frequency((6, Gen.Choose(0x20, 0x7E)), (2, Gen.Choose(0, 0xFFFF)), (1, Gen.Choose(0xD800, 0xDFFF)), (1, Gen.Elements(0x27, 0x60, 0x5C, 0x2028, 0x85, 0xFEFF))))
        select new string([.. units.Select(unit => (char)unit)]);

    public static Gen<string> Soup { get; } = from tokens in Gen.ListOf(Gen.Elements(Tokens)) select string.Concat(tokens);

    public static Gen<string> Mutants { get; } =
        from text in Gen.Elements(Valid)
        from changes in Gen.Choose(1, 4)
        from places in Gen.ArrayOf(Gen.Choose(0, 1_000), changes)
        from kinds in Gen.ArrayOf(Gen.Choose(0, 2), changes)
        from tokens in Gen.ArrayOf(Gen.Elements(Tokens), changes)
        select Changed(text, places, kinds, tokens);

    /// <summary>The same opening and closing piece many times over, matching or not.</summary>
    public static Gen<string> Nests { get; } =
        from open in Gen.Elements(Brackets)
        from close in Gen.Elements(Brackets)
        from levels in Gen.Elements(3, 60, 150, 199, 200, 201, 999, 3_000)
        from heart in Gen.Elements("1", "variables.n", "''", "variables.deep", "")
        select string.Concat(Enumerable.Repeat(open, levels)) + heart + string.Concat(Enumerable.Repeat(close, levels));

    /// <summary>One costly piece after the other, as many as there are steps.</summary>
    public static Gen<string> Costly { get; } =
        from piece in Gen.Elements(
            "variables.many", "[variables.many]", "variables.wide", "variables.long", "+variables.digits", "-variables.many", "variables.long + 1", "`${variables.wide}`", "variables.many + ''", "variables.many == 'x'",
            "variables.long == variables.long + ''", "variables.many < 1", "variables.many.slice(1)", "variables.many.concat(1)", "variables.many.toReversed()", "variables.many.join('')", "variables.long.split('')", "variables.long.split('x')",
            "variables.long.replaceAll('x', '')", "variables.long.toUpperCase()", "JSON.stringify(variables.many)", "JSON.parse(JSON.stringify(variables.many))", "Object.keys(variables.wide)", "Object.values(variables.wide)", "variables.list[variables.many]",
            "variables.o[variables.long]", "'x'.repeat(999)", "[1,2,3,4,5,6,7,8,9].slice(0)", "variables.list.concat(variables.list)", "({a: variables.o})", "[variables.list]", "parseFloat(variables.digits)", "isNaN(variables.many)", "String(variables.many)",
            "variables.many.includes(variables.long)", "variables.many.indexOf(-1)", "variables.long.indexOf('y')", "variables.long.trim()", "'x'.padStart(999)", "(5.5).toFixed(100)", "variables.s[variables.many]", "[variables.deep]", "`${variables.deep}`")
        from frame in Gen.Elements(("[", ",", "].length"), ("", ",", ""), ("", " + ", ""), ("", " || ", ""), ("`${", "}${", "}`"), ("[[", "].length, [", "].length]"), ("Math.max(", ",", ")"), ("[", " === 1, ", " === 1]"), ("[typeof ", ", typeof ", "]"))
        from count in Gen.Elements(1, 2, 20, 500, 3_000)
        select frame.Item1 + string.Join(frame.Item2, Enumerable.Repeat(piece, Math.Min(count, 90_000 / (piece.Length + frame.Item2.Length)))) + frame.Item3;

    private static string Changed(string text, int[] places, int[] kinds, string[] tokens)
    {
        for (var change = 0; change < places.Length; change++)
        {
            var at = places[change] % (text.Length + 1);
            var to = Math.Min(text.Length, at + kinds[change] * 2);
            text = text[..at] + (kinds[change] == 1 ? "" : tokens[change]) + text[to..];
        }

        return text;
    }
}

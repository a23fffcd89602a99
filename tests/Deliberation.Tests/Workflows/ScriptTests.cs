using System.Globalization;
using System.Text.Json.Nodes;
using Deliberation.Workflows.Activities;
using Deliberation.Workflows.Definitions;
using Deliberation.Workflows.Execution;
using Deliberation.Workflows.Expressions;
using Shouldly;

namespace Deliberation.Tests.Workflows;

/// <summary>The subset of JavaScript: what it answers, what it refuses, and where it stops.</summary>
public sealed class ScriptTests
{
    [Theory]
    [InlineData("1 + 2 * 3", "7")]
    [InlineData("(1 + 2) * 3", "9")]
    [InlineData("2 ** 3 ** 2", "512")]
    [InlineData("7 % 3 - -1", "2")]
    [InlineData("0.1 + 0.2", "0.30000000000000004")]
    [InlineData("1 / 0 > 5 && -1 / 0 < 5", "true")]
    [InlineData("0x1f", "31")]
    [InlineData("1e3", "1000")]
    [InlineData("return 5;", "5")]
    [InlineData("return false", "false")]
    [InlineData("'a' + 1 + true + null + undefined", "\"a1truenullundefined\"")]
    [InlineData("1 + '2'", "\"12\"")]
    [InlineData("'3' * '4'", "12")]
    [InlineData("`a${1 + 1}b${`c${3}`}d`", "\"a2bc3d\"")]
    [InlineData("`{}${'}'}`", "\"{}}\"")]
    [InlineData("\"\\u4e2d\\n\"", "\"\\u4E2D\\n\"")]
    [InlineData("({ Message: 'Hello', n: [1, 2, { x: null }] })", "{\"Message\":\"Hello\",\"n\":[1,2,{\"x\":null}]}")]
    [InlineData("return {\n \"$id\": \"#/x\", 5: 1 }", "{\"$id\":\"#/x\",\"5\":1}")]
    [InlineData("[1,2,3,].length", "3")]
    [InlineData("[10,20][1]", "20")]
    [InlineData("[10,20][5] === undefined", "true")]
    [InlineData("'abc'[1]", "\"b\"")]
    [InlineData("null ?? 'x'", "\"x\"")]
    [InlineData("0 ?? 'x'", "0")]
    [InlineData("0 || 'x'", "\"x\"")]
    [InlineData("null?.a", "null")]
    [InlineData("({a:{b:2}})?.a.b", "2")]
    [InlineData("({Output:1}).output", "1")]
    [InlineData("null == undefined && null !== undefined", "true")]
    [InlineData("'1' == 1 && '1' !== 1", "true")]
    [InlineData("NaN == NaN", "false")]
    [InlineData("'10' < '9'", "true")]
    [InlineData("10 < 9 ? 'a' : 9 < 10 ? 'b' : 'c'", "\"b\"")]
    [InlineData("true?.5:1", "0.5")]
    [InlineData("typeof 'a' + typeof 1 + typeof null", "\"stringnumberobject\"")]
    [InlineData("!'' && !!'a'", "true")]
    [InlineData("'Ab'.toUpperCase() + 'Ab'.toLowerCase()", "\"ABab\"")]
    [InlineData("' x '.trim().length", "1")]
    [InlineData("'a-b-c'.split('-').join('+')", "\"a+b+c\"")]
    [InlineData("'abcdef'.slice(-3, -1) + 'abcdef'.substring(4, 1)", "\"debcd\"")]
    [InlineData("'aXbX'.replace('X','y') + 'aXbX'.replaceAll('X','y')", "\"aybXayby\"")]
    [InlineData("'7'.padStart(3, '0') + 'ab'.repeat(2)", "\"007abab\"")]
    [InlineData("[1,2,3].includes(2) && [1,2].indexOf(3) === -1", "true")]
    [InlineData("[1,2,3].slice(1).concat([4], 5)", "[2,3,4,5]")]
    [InlineData("[1,2,3].toReversed().at(-1)", "1")]
    [InlineData("Math.max(1, 3, 2) + Math.min() + ''", "\"Infinity\"")]
    [InlineData("Math.round(-2.5) + Math.floor(2.7) + Math.trunc(-2.7)", "-2")]
    [InlineData("(2.345).toFixed(1)", "\"2.3\"")]
    [InlineData("1e21 + '|' + 1e15 + '|' + 1e-7 + '|' + 0.000001 + '|' + 123456.789", "\"1e\\u002B21|1000000000000000|1e-7|0.000001|123456.789\"")]
    [InlineData("Number('0x10') + Number('') + parseInt('12px') + parseFloat('1.5m')", "29.5")]
    [InlineData("isNaN(Number('x')) && Number.isInteger(3)", "true")]
    [InlineData("JSON.parse('{\"a\":[1]}').a[0] + JSON.stringify([1,{b:'中'}])", "\"1[1,{\\u0022b\\u0022:\\u0022\\u4E2D\\u0022}]\"")]
    [InlineData("Object.keys({a:1,b:2}).concat(Object.values({a:1}))", "[\"a\",\"b\",1]")]
    [InlineData("[1,[2,3]] + ''", "\"1,2,3\"")]
    [InlineData("null?.a.b.trim().c === undefined", "true")]
    [InlineData("'abc'['1'] + [5]['0']", "\"b5\"")]
    [InlineData("[7][''] === undefined && [7][null] === undefined && [7]['00'] === undefined", "true")]
    [InlineData("[10] < '9' && ({}) > 'Z'", "true")]
    [InlineData("0xffffffffffffffff === 18446744073709551615", "true")]
    [InlineData("Number('0xffffffffffffffff') > 1e19 && Number('0b11') + Number('0o17') === 18", "true")]
    [InlineData("isNaN(Number('infinity')) && isNaN(Number('1\\0')) && isNaN(Number('+0x1'))", "true")]
    [InlineData("isNaN(1 ** NaN) && isNaN((-1) ** Infinity)", "true")]
    [InlineData("Math.round(0.49999999999999994) + Math.round(2.5)", "3")]
    [InlineData("1 / Math.round(-0.2) < 0 && 1 / Math.sign(-0) < 0", "true")]
    [InlineData("(1.005).toFixed(2) + (0.5).toFixed() + (8.345).toFixed(2) + (1e21).toFixed(2)", "\"1.0018.351e\\u002B21\"")]
    [InlineData("1.5.toFixed(2) + 1..toString()", "\"1.501\"")]
    [InlineData("parseInt('11', 2) + parseInt('zz', 36) + parseInt('0x1f', 16)", "1329")]
    [InlineData("isNaN(parseInt('--5')) && parseInt('0x1f', 10) === 0", "true")]
    [InlineData("parseFloat('Infinityx') > 0 && parseFloat('-.5e1x') === -5 && parseFloat('1e') === 1", "true")]
    [InlineData("'\\uFEFF a\\u00A0'.trim() + '\\u0085'.trim().length", "\"a1\"")]
    [InlineData("'abcabc'.indexOf('a', 1) + 'abcabc'.lastIndexOf('a', 2) + 'abc'.includes('a', 1)", "3")]
    [InlineData("'abc'.startsWith('b', 1) && 'abc'.endsWith('b', 2) && [1, 2, 1].indexOf(1, 1) === 2 && ![1, 2].includes(1, -1)", "true")]
    [InlineData("'a,b,c'.split(',', 2).concat('ab'.split(undefined))", "[\"a\",\"b\",\"ab\"]")]
    [InlineData("'ab'.replaceAll('', '-') + 'a'.padStart(3, undefined) + [1, 2].join(undefined)", "\"-a-b-  a1,2\"")]
    [InlineData("'\\u{1F600}'.length + `a\r\nb`.length", "5")]
    [InlineData("`${ 1 /* } */ }${ 2 // }\n}`", "\"12\"")]
    [InlineData("JSON.stringify([1e21, '\\u{1F600}<\\ud83d', NaN])", "\"[1e\\u002B21,\\u0022\\uD83D\\uDE00\\u003C\\\\ud83d\\u0022,null]\"")]
    [InlineData("/* a */ 1 // b", "1")]
    public void It_answers_as_JavaScript(string script, string json) =>
        JsonNode.DeepEquals(Script.Parse(script).Evaluate(new Names()), JsonNode.Parse(json)).ShouldBeTrue(Script.Parse(script).Evaluate(new Names())?.ToJsonString());

    [Fact]
    public void It_sees_variables_inputs_and_outputs()
    {
        Answer("getVariable('N') + variables.N + getN()").ShouldBe("9");
        Answer("getInput('Topic') + getTopic()").ShouldBe("\"lampslamps\"");
        Answer("getResultFromVote1().agreed").ShouldBe("12");
        Answer("getVariable('Missing') === null && variables.Missing === undefined").ShouldBe("true");
        Answer("getWorkflowInstanceId()").ShouldBe("\"i1\"");
        Should.Throw<ExpressionException>(() => Answer("1 +\n getMissing()")).Line.ShouldBe(2);
    }

    [Theory]
    [InlineData("__proto__")]
    [InlineData("({}).__proto__")]
    [InlineData("({__proto__: 1})")]
    [InlineData("({}).constructor")]
    [InlineData("''.constructor.constructor('return 1')()")]
    [InlineData("[].constructor")]
    [InlineData("({}).prototype")]
    [InlineData("eval('1')")]
    [InlineData("Function('return 1')()")]
    [InlineData("globalThis")]
    [InlineData("process.exit()")]
    [InlineData("new Date()")]
    [InlineData("a = 1")]
    [InlineData("getVariable('a') = 1")]
    [InlineData("setVariable('a', 1)")]
    [InlineData("setOutcome('Done')")]
    [InlineData("(() => 1)()")]
    [InlineData("x => x")]
    [InlineData("function f() {}")]
    [InlineData("while (true) {}")]
    [InlineData("for (;;) 1")]
    [InlineData("var a = 1; a")]
    [InlineData("1; 2")]
    [InlineData("/a+/.test('a')")]
    [InlineData("[...[1]]")]
    [InlineData("1 | 2")]
    [InlineData("i++")]
    [InlineData("{ \"a\": 1 }")]
    [InlineData("")]
    [InlineData("1 +")]
    [InlineData("(1")]
    [InlineData("'abc")]
    [InlineData("`abc${1")]
    [InlineData("getVariable(getInput('x'))")]
    [InlineData("[].map(x => x)")]
    [InlineData("[].push(1)")]
    [InlineData("JSON.foo(1)")]
    [InlineData("1.2.3")]
    [InlineData("3abc")]
    [InlineData("#")]
    [InlineData("-2 ** 2")]
    [InlineData("typeof 1 ** 2")]
    [InlineData("1 ?? 2 || 3")]
    [InlineData("1 && 2 ?? 3")]
    [InlineData("010")]
    [InlineData("08")]
    [InlineData("1e")]
    [InlineData("0x")]
    [InlineData("'\\1'")]
    [InlineData("'a\rb'")]
    [InlineData("1\u00851")]
    [InlineData("import('fs')")]
    public void It_refuses_what_is_not_in_the_subset(string script) => Should.Throw<ExpressionException>(() => Script.Parse(script));

    [Theory]
    [InlineData("({})['constructor']")]
    [InlineData("({})['__proto__']")]
    [InlineData("''['constructor']")]
    [InlineData("[]['toString']")]
    [InlineData("(5)['constructor']")]
    public void A_computed_name_finds_only_data(string script) => Script.Parse(script).Evaluate(new Names()).ShouldBeNull();

    [Fact]
    public void A_problem_has_its_place()
    {
        var problem = Should.Throw<ExpressionException>(() => Script.Parse("1 +\n  foo.bar"));
        problem.Line.ShouldBe(2);
        problem.Column.ShouldBe(3);
        var inTemplate = Should.Throw<ExpressionException>(() => Script.Parse("`ab${ nope }`"));
        inTemplate.Column.ShouldBe(7);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("[", "]")]
    [InlineData("!", "")]
    [InlineData("-", "")]
    [InlineData("({a:", "})")]
    [InlineData("true ? 1 : ", "")]
    [InlineData("1 ** ", "")]
    [InlineData("1 + ", "")]
    [InlineData("Math.abs(", ")")]
    [InlineData("`${", "}`")]
    [InlineData("typeof ", "")]
    public void A_million_levels_are_refused_and_not_died_of(string open, string close)
    {
        foreach (var levels in new[] { 1_100, 1_000_000 })
        {
            var text = string.Concat(Enumerable.Repeat(open, levels)) + "1" + string.Concat(Enumerable.Repeat(close, levels));
            Should.Throw<ExpressionException>(() => Script.Parse(text));
        }
    }

    [Fact]
    public void A_chain_of_members_is_bounded()
    {
        Should.Throw<ExpressionException>(() => Script.Parse("getN()" + string.Concat(Enumerable.Repeat("?.a", 2_000))));
        Should.Throw<ExpressionException>(() => Script.Parse("''" + string.Concat(Enumerable.Repeat(".trim()", 2_000))));
    }

    [Fact]
    public void An_evaluation_ends_after_its_steps()
    {
        var script = Script.Parse("[" + string.Join(",", Enumerable.Repeat("1", 11_000)) + "].length");
        Should.Throw<ExpressionException>(() => script.Evaluate(new Names())).Message.ShouldContain("10000 steps");
        Script.Parse("[" + string.Join(",", Enumerable.Repeat("1", 9_000)) + "].length").Evaluate(new Names())!.GetValue<long>().ShouldBe(9_000);
    }

    [Theory]
    [InlineData("'a'.repeat(1e9)")]
    [InlineData("'a'.padStart(2e6)")]
    [InlineData("'a'.repeat(1e6) + 'b'")]
    [InlineData("['a'.repeat(6e5), 'b'.repeat(6e5)]")]
    [InlineData("'a'.repeat(1e5).replaceAll('a', 'b'.repeat(1000))")]
    [InlineData("['a'.repeat(6e5), 'a'.repeat(6e5)].join('')")]
    [InlineData("['a'.repeat(6e5), 'a'.repeat(6e5)] + ''")]
    public void A_text_or_result_over_a_million_characters_is_refused(string script) =>
        Should.Throw<ExpressionException>(() => Script.Parse(script).Evaluate(new Names()));

    [Theory]
    [InlineData("JSON.parse('\"\\\\ud800\"')")]
    [InlineData("JSON.parse('\\ud800')")]
    [InlineData("JSON.parse('{\"a\":[\"\\\\udc00\"]}').a")]
    [InlineData("'a'.replace('a', '$&')")]
    [InlineData("JSON.stringify([1], null, 2)")]
    [InlineData("[getVariable('Deep')]")]
    public void What_cannot_be_answered_is_refused(string script) =>
        Should.Throw<ExpressionException>(() => Script.Parse(script).Evaluate(new Names()));

    [Theory]
    [InlineData("getVariable('Many')")]
    [InlineData("-getVariable('Many')")]
    [InlineData("getVariable('Many') < 1")]
    [InlineData("getVariable('Many') == 1")]
    [InlineData("getVariable('Wide') + ''")]
    [InlineData("getVariable('Many').slice(0)")]
    [InlineData("({})[getVariable('Many')]")]
    [InlineData("getVariable('Wide')['x'.repeat(9e5)]")]
    [InlineData("'x'.repeat(9e5).split('')")]
    [InlineData("+'1'.repeat(9e5)")]
    public void Large_values_cost_steps_and_memory_is_not_filled_with_copies(string piece)
    {
        var script = Script.Parse("[" + string.Join(",", Enumerable.Repeat(piece, 2_000)) + "].length");
        var names = new Names();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Should.Throw<ExpressionException>(() => script.Evaluate(names));
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(64L << 20);
    }

    [Fact]
    public void Long_texts_cost_steps() =>
        Should.Throw<ExpressionException>(() => Script.Parse("'a'.repeat(9e5)" + string.Concat(Enumerable.Repeat(".toUpperCase()", 20)) + ".length").Evaluate(new Names()));

    [Fact]
    public void The_culture_of_the_machine_does_not_matter()
    {
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("de-DE");
            Answer("`${1.5}` + (1234.5).toFixed(2) + 'I'.toLowerCase()").ShouldBe("\"1.51234.50i\"");
            ValueConverter.Convert<decimal>(JsonValue.Create("1.5")).ShouldBe(1.5m);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Random_texts_never_break_the_parser()
    {
        const string Alphabet = "()[]{}`$'\"\\+-*/%.?:;,=<>!&| \n019aexgetN";
        var random = new Random(20261122);
        for (var round = 0; round < 20_000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(1, 24)).Select(_ => Alphabet[random.Next(Alphabet.Length)])]);
            try
            {
                Script.Parse(text).Evaluate(new Names());
            }
            catch (ExpressionException problem)
            {
                problem.Line.ShouldBeGreaterThan(0);
                problem.Column.ShouldBeGreaterThan(0);
            }
        }
    }

    private static string? Answer(string script) => Script.Parse(script).Evaluate(new Names())?.ToJsonString();

    private sealed class Names : IExpressionScope
    {
        private static readonly JsonArray Many = [.. Enumerable.Range(0, 100_000).Select(number => (JsonNode)number)];
        private static readonly JsonObject Wide = new(Enumerable.Range(0, 50_000).Select(number => KeyValuePair.Create($"k{number}", (JsonNode?)number)));
        private static readonly JsonNode Deep = Enumerable.Range(0, 200).Aggregate((JsonNode)new JsonArray(), (inner, _) => new JsonArray(inner));

        public string InstanceId => "i1";

        public string? CorrelationId => null;

        public string? InstanceName => null;

        public bool TryGetVariable(string name, out JsonNode? value)
        {
            value = name switch
            {
                "N" => JsonValue.Create(3),
                "Many" => Many,
                "Wide" => Wide,
                "Deep" => Deep,
                _ => null,
            };
            return value is not null;
        }

        public bool TryGetVariableById(string id, out JsonNode? value) => TryGetVariable(id, out value);

        public bool TryGetInput(string name, out JsonNode? value)
        {
            value = name == "Topic" ? JsonValue.Create("lamps") : null;
            return value is not null;
        }

        public bool TryGetOutput(string output, string activity, out JsonNode? value)
        {
            value = output == "Result" && activity == "Vote1" ? new JsonObject { ["agreed"] = 12 } : null;
            return value is not null;
        }
    }
}

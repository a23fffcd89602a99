using System.Globalization;
using System.Text.Json.Nodes;

namespace Deliberation.Workflows.Expressions;

/// <summary>The functions of texts, lists and numbers.</summary>
internal static class Methods
{
    private static readonly Dictionary<string, Function> Table = Functions.Table(
        ("toString", call => call.Self.Kind == ValueKind.Number && call.Count > 0 ? throw call.Problem("toString takes no radix.") : Text(call.Self, call)),
        ("toFixed", ToFixed),
        ("toUpperCase", OfText(static (text, _) => text.ToUpperInvariant())),
        ("toLowerCase", OfText(static (text, _) => text.ToLowerInvariant())),
        ("trim", OfText(static (text, _) => TrimmedText.Of(text).ToString())),
        ("trimStart", OfText(static (text, _) => TrimmedText.Of(text, atEnd: false).ToString())),
        ("trimEnd", OfText(static (text, _) => TrimmedText.Of(text, atStart: false).ToString())),
        ("startsWith", OfText(static (text, call) => text.AsSpan(call.Place(1, 0, text.Length)).StartsWith(call.Text(0), StringComparison.Ordinal))),
        ("endsWith", OfText(static (text, call) => text.AsSpan(0, call.Place(1, text.Length, text.Length)).EndsWith(call.Text(0), StringComparison.Ordinal))),
        ("charAt", OfText(static (text, call) => call.Whole(0, 0) is var at && at >= 0 && at < text.Length ? text[at].ToString() : "")),
        ("substring", OfText(Substring)),
        ("split", OfText(Split)),
        ("replace", OfText(static (text, call) => Replace(text, call, false))),
        ("replaceAll", OfText(static (text, call) => Replace(text, call, true))),
        ("padStart", OfText(static (text, call) => Pad(text, call, true))),
        ("padEnd", OfText(static (text, call) => Pad(text, call, false))),
        ("repeat", OfText(Repeat)),
        ("lastIndexOf", OfText(LastIndexOf)),
        ("includes", OfBoth(
            static (text, call) => text.IndexOf(call.Text(0), call.Place(1, 0, text.Length), StringComparison.Ordinal) >= 0,
            static (array, call) => IndexOf(array, call) >= 0)),
        ("indexOf", OfBoth(
            static (text, call) => text.IndexOf(call.Text(0), call.Place(1, 0, text.Length), StringComparison.Ordinal),
            static (array, call) => IndexOf(array, call))),
        ("slice", OfBoth(
            static (text, call) => Range(text.Length, call) is var (from, to) ? text[from..to] : "",
            static (array, call) => Range(array.Count, call) is var (from, to) ? Items(array.Skip(from).Take(to - from), to - from, call) : Value.Undefined)),
        ("at", OfBoth(
            static (text, call) => Position(text.Length, call) is { } at ? text[at].ToString() : Value.Undefined,
            static (array, call) => Position(array.Count, call) is { } at ? Value.From(array[at]) : Value.Undefined)),
        ("concat", OfBoth(
            static (text, call) => Enumerable.Range(0, call.Count).Aggregate(text, (all, index) =>
            {
                call.ChargeText((long)all.Length + call.Text(index).Length);
                return all + call.Text(index);
            }),
            Concat)),
        ("join", OfArray(Join)),
        ("toReversed", OfArray(static (array, call) => Items(array.Reverse(), array.Count, call))));

    public static Function? Find(string name) => Table.GetValueOrDefault(name);

    private static Func<Call, Value> OfText(Func<string, Call, Value> invoke) => call =>
    {
        if (call.Self.Kind != ValueKind.String)
        {
            throw call.NotOfThis();
        }

        call.ChargeText(call.Self.Text.Length);
        return invoke(call.Self.Text, call);
    };

    private static Func<Call, Value> OfArray(Func<JsonArray, Call, Value> invoke) => call =>
    {
        if (call.Self.Kind != ValueKind.Node || call.Self.Node is not JsonArray array)
        {
            throw call.NotOfThis();
        }

        call.ChargeItems(array.Count);
        return invoke(array, call);
    };

    private static Func<Call, Value> OfBoth(Func<string, Call, Value> text, Func<JsonArray, Call, Value> array)
    {
        var (ofText, ofArray) = (OfText(text), OfArray(array));
        return call => call.Self.Kind == ValueKind.String ? ofText(call) : ofArray(call);
    }

    private static Value Text(Value value, Call call)
    {
        if (value.Kind == ValueKind.Node)
        {
            call.RequireSize(value.Node);
        }

        var text = value.ToText();
        call.ChargeText(text.Length);
        return text;
    }

    /// <summary>By the number that the bits hold, not by the one that was written: 1.005 lies below 1.005.</summary>
    private static Value ToFixed(Call call)
    {
        var digits = call.Whole(0, 0);
        if (call.Self.Kind != ValueKind.Number || digits is < 0 or > 100)
        {
            throw call.NotOfThis();
        }

        var number = call.Self.ToNumber();
        return Math.Abs(number) < 1e21 ? NumberText.Fixed(number, digits) : call.Self.ToText();
    }

    private static Value Substring(string text, Call call)
    {
        var from = Math.Clamp(call.Whole(0, 0), 0, text.Length);
        var to = Math.Clamp(call.Whole(1, text.Length), 0, text.Length);
        return text[Math.Min(from, to)..Math.Max(from, to)];
    }

    private static Value Split(string text, Call call)
    {
        // JavaScript reads the limit as 32 bits without a sign.
        var most = call.Number(1, uint.MaxValue) is var limit && double.IsFinite(limit) ? (uint)(long)(Math.Truncate(limit) % 4_294_967_296) : 0;
        if (call[0].Kind == ValueKind.Undefined)
        {
            return most == 0 ? Items([], 0, call) : Items([JsonValue.Create(text)], 1, call);
        }

        var separator = call.Text(0);
        call.ChargeNewItems(separator.Length == 0 ? text.Length : text.AsSpan().Count(separator) + 1);
        var parts = separator.Length == 0 ? text.Select(character => character.ToString()) : text.Split(separator);
        var items = new JsonArray();
        foreach (var part in parts.Take((int)Math.Min(most, int.MaxValue)))
        {
            items.Add(part);
        }

        return Value.From(items);
    }

    private static Value LastIndexOf(string text, Call call)
    {
        var what = call.Text(0);
        var from = call.Number(1);
        var last = text.Length - what.Length;
        if (!double.IsNaN(from))
        {
            last = Math.Min(last, call.Place(1, 0, text.Length));
        }

        return last < 0 ? -1 : text.AsSpan(0, last + what.Length).LastIndexOf(what);
    }

    private static Value Replace(string text, Call call, bool everywhere)
    {
        var (what, with) = (call.Text(0), call.Text(1));
        for (var at = with.IndexOf('$', StringComparison.Ordinal); at >= 0 && at + 1 < with.Length; at = with.IndexOf('$', at + 1))
        {
            if (with[at + 1] is '$' or '&' or '`' or '\'')
            {
                throw call.Problem($"${with[at + 1]} in a replacement is not in the subset.");
            }
        }

        if (what.Length == 0)
        {
            call.ChargeText(text.Length + (everywhere ? text.Length + 1L : 1) * with.Length);
            return everywhere ? with + string.Concat(text.Select(character => character + with)) : with + text;
        }

        // The first one costs what all of them would: a bound, not a bill.
        var count = everywhere ? text.AsSpan().Count(what) : 1;
        call.ChargeText(text.Length + (long)count * with.Length);
        if (everywhere)
        {
            return text.Replace(what, with, StringComparison.Ordinal);
        }

        var found = text.IndexOf(what, StringComparison.Ordinal);
        return found < 0 ? text : string.Concat(text.AsSpan(0, found), with, text.AsSpan(found + what.Length));
    }

    private static Value Pad(string text, Call call, bool before)
    {
        var length = call.Whole(0, 0);
        var filler = call[1].Kind == ValueKind.Undefined ? " " : call.Text(1);
        if (length <= text.Length || filler.Length == 0)
        {
            return text;
        }

        call.ChargeText(length);
        var missing = length - text.Length;
        var padding = string.Concat(Enumerable.Repeat(filler, missing / filler.Length + 1))[..missing];
        return before ? padding + text : text + padding;
    }

    private static Value Repeat(string text, Call call)
    {
        var count = call.Whole(0, 0);
        if (count < 0)
        {
            throw call.Problem("A text cannot be repeated less than 0 times.");
        }

        call.ChargeText((long)text.Length * count);
        return text.Length == 0 ? "" : string.Concat(Enumerable.Repeat(text, count));
    }

    private static int IndexOf(JsonArray array, Call call)
    {
        var from = call.Whole(1, 0);
        for (var index = from < 0 ? Math.Max(0, from + array.Count) : from; index < array.Count; index++)
        {
            if (Value.StrictEquals(Value.From(array[index]), call[0]))
            {
                return index;
            }
        }

        return -1;
    }

    private static Value Join(JsonArray array, Call call)
    {
        var separator = call[0].Kind == ValueKind.Undefined ? "," : call.Text(0);
        call.RequireSize(array);
        call.ChargeText((long)separator.Length * array.Count);
        var text = Value.Joined(array, separator);
        call.ChargeText(text.Length);
        return text;
    }

    private static Value Concat(JsonArray array, Call call)
    {
        IEnumerable<JsonNode?> items = array;
        var count = array.Count;
        for (var index = 0; index < call.Count; index++)
        {
            if (call[index].Kind == ValueKind.Node && call[index].Node is JsonArray more)
            {
                items = items.Concat(more);
                count += more.Count;
            }
            else
            {
                items = items.Append(call[index].ToNode());
                count++;
            }
        }

        return Items(items, count, call);
    }

    private static Value Items(IEnumerable<JsonNode?> items, int count, Call call)
    {
        call.ChargeNewItems(count);
        var array = new JsonArray();
        foreach (var item in items)
        {
            array.Add(call.Copied(item));
        }

        return Value.From(array);
    }

    /// <summary>The range of a slice: negative counts from the end.</summary>
    private static (int From, int To) Range(int length, Call call)
    {
        var from = Clamped(call.Whole(0, 0));
        var to = Clamped(call.Whole(1, length));
        return (from, Math.Max(from, to));

        int Clamped(int at) => Math.Clamp(at < 0 ? at + length : at, 0, length);
    }

    private static int? Position(int length, Call call)
    {
        var at = call.Whole(0, 0);
        at = at < 0 ? at + length : at;
        return at >= 0 && at < length ? at : null;
    }
}

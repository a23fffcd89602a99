using Deliberation.Workflows.Definitions;

namespace Deliberation.Workflows.Expressions;

/// <content>What may stand under a name: constants, functions, variables, inputs and outputs. Nothing else exists.</content>
internal sealed partial class Parser
{
    private Node ParseName()
    {
        var (start, name) = (token.Start, token.Text);
        Advance();
        switch (name)
        {
            case "true":
                return new ConstantNode(true, start);
            case "false":
                return new ConstantNode(false, start);
            case "null":
                return new ConstantNode(Value.Null, start);
            case "undefined":
                return new ConstantNode(Value.Undefined, start);
            case "NaN":
                return new ConstantNode(double.NaN, start);
            case "Infinity":
                return new ConstantNode(double.PositiveInfinity, start);
            case "variables" when IsMark("."):
                Advance();
                return Named(ScriptNameKind.Member, ExpectName(), start);
            case "Math" or "JSON" or "Object" or "Array" or "Number" when IsMark("."):
                Advance();
                return ParseStatic(name, start);
        }

        if (!IsMark("("))
        {
            throw lexer.Problem($"There is no name '{name}' in the subset.", start);
        }

        return Functions.Global(name) is { } function ? Called(function, start)
            : Functions.Instance(name) is { } read ? Instance(read, name, start)
            : name is "getVariable" or "getInput" ? ParseNamedRead(name, start)
            : name is "getOutputFrom" ? ParseOutput(start)
            : name.Length > 3 && name.StartsWith("get", StringComparison.Ordinal) ? ParseAccessor(name[3..], start)
            : throw lexer.Problem($"There is no function '{name}' in the subset.", start);
    }

    private Node ParseStatic(string owner, int start)
    {
        var name = ExpectName();
        if (owner == "Math" && name is "PI" or "E")
        {
            return new ConstantNode(name == "PI" ? Math.PI : Math.E, start);
        }

        var function = Functions.Static(owner + "." + name) ?? throw lexer.Problem($"There is no '{owner}.{name}' in the subset.", start);
        return IsMark("(") ? Called(function, start) : throw Unexpected();
    }

    private CallNode Called(Function function, int start)
    {
        var arguments = ParseArguments();
        return new CallNode(function, null, false, arguments, start, DepthOf(arguments));
    }

    private InstanceNode Instance(Func<IExpressionScope, Value> read, string name, int start) =>
        ParseArguments().Count == 0 ? new InstanceNode(read, start) : throw lexer.Problem($"'{name}' takes no argument.", start);

    private NameNode ParseNamedRead(string name, int start) =>
        ParseArguments() is [ConstantNode { Constant: { Kind: ValueKind.String } text }]
            ? Named(name == "getVariable" ? ScriptNameKind.Variable : ScriptNameKind.Input, text.Text, start)
            : throw lexer.Problem($"'{name}' takes one fixed text.", start);

    private NameNode ParseOutput(int start) => ParseArguments() switch
    {
        [ConstantNode { Constant: { Kind: ValueKind.String } activity }] => Named(ScriptNameKind.Output, "ResultFrom" + Naming.Pascal(activity.Text), start),
        [ConstantNode { Constant: { Kind: ValueKind.String } activity }, ConstantNode { Constant: { Kind: ValueKind.String } output }] =>
            Named(ScriptNameKind.Output, output.Text + "From" + Naming.Pascal(activity.Text), start),
        _ => throw lexer.Problem("'getOutputFrom' takes the name of an activity and of its output, as fixed texts.", start),
    };

    private NameNode ParseAccessor(string name, int start)
    {
        if (ParseArguments().Count > 0)
        {
            throw lexer.Problem($"'get{name}' takes no argument.", start);
        }

        var cut = name.IndexOf("From", 1, StringComparison.Ordinal);
        return Named(cut > 0 && cut + 4 < name.Length ? ScriptNameKind.Output : ScriptNameKind.Accessor, name, start);
    }

    private NameNode Named(ScriptNameKind kind, string name, int start)
    {
        var place = lexer.Problem("", start);
        var read = new ScriptName(kind, name, place.Line, place.Column);
        names.Add(read);
        return new NameNode(read, start);
    }
}

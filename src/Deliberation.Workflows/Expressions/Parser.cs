namespace Deliberation.Workflows.Expressions;

/// <summary>Recursive descent over the subset, with bounded depth.</summary>
internal sealed class Parser
{
    private const int MaxBrackets = 200;
    private const int MaxDepth = 1000;

    private static readonly string[][] Levels =
    [
        ["||", "??"],
        ["&&"],
        ["===", "!==", "==", "!="],
        ["<=", ">=", "<", ">"],
        ["+", "-"],
        ["*", "/", "%"],
    ];

    private readonly string source;
    private readonly List<ScriptName> names;
    private Lexer lexer;
    private Token token;
    private int brackets;

    public Parser(string source)
        : this(source, 0, source.Length, [], 0)
    {
    }

    private Parser(string source, int start, int end, List<ScriptName> names, int brackets)
    {
        this.source = source;
        this.names = names;
        this.brackets = brackets;
        lexer = new Lexer(source, start, end);
        token = lexer.Next();
    }

    public IReadOnlyList<ScriptName> Names => names;

    public Node ParseScript()
    {
        if (token is { Kind: TokenKind.Name, Text: "return" })
        {
            Advance();
        }
        else if (IsMark("{"))
        {
            throw Problem("A text that starts with { is a block; put the object in parentheses.");
        }

        if (token.Kind == TokenKind.End || IsMark(";"))
        {
            throw Problem("There is no expression.");
        }

        var root = ParseExpression();
        while (IsMark(";"))
        {
            Advance();
        }

        return token.Kind == TokenKind.End ? root : throw Unexpected();
    }

    private Node ParseExpression()
    {
        var condition = ParseBinary(0);
        if (!IsMark("?"))
        {
            return condition;
        }

        Advance();
        Enter();
        var yes = ParseExpression();
        Expect(":");
        var no = ParseExpression();
        Leave();
        return new ConditionalNode(condition, yes, no, Bounded(1 + Math.Max(condition.Depth, Math.Max(yes.Depth, no.Depth))));
    }

    private Node ParseBinary(int level)
    {
        if (level == Levels.Length)
        {
            return ParsePower();
        }

        var left = ParseBinary(level + 1);
        while (token.Kind == TokenKind.Mark && Levels[level].Contains(token.Text))
        {
            var mark = token;
            Advance();
            var right = ParseBinary(level + 1);
            left = new BinaryNode(mark.Text, left, right, mark.Start);
            Bounded(left.Depth);
        }

        return left;
    }

    private Node ParsePower()
    {
        var left = ParseUnary();
        if (!IsMark("**"))
        {
            return left;
        }

        var mark = token;
        Advance();
        Enter();
        var right = ParsePower();
        Leave();
        Bounded(Math.Max(left.Depth, right.Depth) + 1);
        return new BinaryNode("**", left, right, mark.Start);
    }

    private Node ParseUnary()
    {
        if (token is not ({ Kind: TokenKind.Mark, Text: "!" or "-" or "+" } or { Kind: TokenKind.Name, Text: "typeof" }))
        {
            return ParsePostfix();
        }

        var mark = token;
        Advance();
        Enter();
        var operand = ParseUnary();
        Leave();
        return new UnaryNode(mark.Text, operand, mark.Start);
    }

    private Node ParsePostfix()
    {
        var node = ParsePrimary();
        while (token.Kind == TokenKind.Mark && token.Text is "." or "?." or "[")
        {
            var start = token.Start;
            var isOptional = token.Text == "?.";
            var isIndex = token.Text == "[";
            Advance();
            if (isOptional && IsMark("["))
            {
                isIndex = true;
                Advance();
            }

            if (isIndex)
            {
                Enter();
                var index = ParseExpression();
                Leave();
                Expect("]");
                node = new MemberNode(node, null, index, isOptional, start);
            }
            else
            {
                node = ParseMember(node, isOptional);
            }

            Bounded(node.Depth);
        }

        return node;
    }

    private Node ParseMember(Node target, bool isOptional)
    {
        var (start, name) = (token.Start, ExpectName());
        if (name is "__proto__" or "constructor" or "prototype")
        {
            throw lexer.Problem($"'{name}' is not available.", start);
        }

        if (!IsMark("("))
        {
            return new MemberNode(target, name, null, isOptional, start);
        }

        var method = Functions.Method(name) ?? throw lexer.Problem($"There is no function '{name}' in the subset.", start);
        var arguments = ParseArguments();
        return new CallNode(method, target, isOptional, arguments, start, DepthOf(arguments, target));
    }

    private Node ParsePrimary()
    {
        var start = token.Start;
        switch (token.Kind)
        {
            case TokenKind.Number:
                Value number = token.Number;
                Advance();
                return new ConstantNode(number, start);
            case TokenKind.String:
                Value text = token.Text;
                Advance();
                return new ConstantNode(text, start);
            case TokenKind.Template:
                return ParseTemplate();
            case TokenKind.Name:
                return ParseName();
            case TokenKind.Mark when token.Text == "(":
                Advance();
                Enter();
                var inner = ParseExpression();
                Leave();
                Expect(")");
                return inner;
            case TokenKind.Mark when token.Text == "[":
                return ParseArray();
            case TokenKind.Mark when token.Text == "{":
                return ParseObject();
            default:
                throw Unexpected();
        }
    }

    private TemplateNode ParseTemplate()
    {
        var start = token.Start;
        Enter();
        var parts = new List<(string, Node?)>();
        var depth = 0;
        var reader = new Lexer(source, start + 1, start + 1 + token.Text.Length);
        while (reader.NextTemplatePart() is { } part)
        {
            Node? value = null;
            if (part.Start >= 0)
            {
                value = new Parser(source, part.Start, part.End, names, brackets).ParseSubstitution();
                depth = Math.Max(depth, value.Depth);
            }

            parts.Add((part.Text, value));
        }

        Leave();
        Advance();
        return new TemplateNode(parts, start, Bounded(depth + 1));
    }

    private Node ParseSubstitution()
    {
        var value = ParseExpression();
        return token.Kind == TokenKind.End ? value : throw Unexpected();
    }

    private ArrayNode ParseArray()
    {
        var start = token.Start;
        Advance();
        Enter();
        var items = new List<Node>();
        while (!IsMark("]"))
        {
            items.Add(ParseExpression());
            if (!IsMark("]"))
            {
                Expect(",");
            }
        }

        Leave();
        Advance();
        return new ArrayNode(items, start, DepthOf(items));
    }

    private ObjectNode ParseObject()
    {
        var start = token.Start;
        Advance();
        Enter();
        var members = new List<(string, Node)>();
        while (!IsMark("}"))
        {
            var key = token.Kind switch
            {
                TokenKind.Name or TokenKind.String => token.Text,
                TokenKind.Number => NumberText.Of(token.Number),
                _ => throw Unexpected(),
            };
            if (key == "__proto__")
            {
                throw Problem("'__proto__' is not available.");
            }

            Advance();
            Expect(":");
            members.Add((key, ParseExpression()));
            if (!IsMark("}"))
            {
                Expect(",");
            }
        }

        Leave();
        Advance();
        return new ObjectNode(members, start, DepthOf([.. members.Select(member => member.Item2)]));
    }

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
                return Named(ScriptNameKind.Variable, ExpectName(), start);
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

    private InstanceNode Instance(Func<IExpressionScope, string?> read, string name, int start) =>
        ParseArguments().Count == 0 ? new InstanceNode(read, start) : throw lexer.Problem($"'{name}' takes no argument.", start);

    private NameNode ParseNamedRead(string name, int start) =>
        ParseArguments() is [ConstantNode { Constant: { Kind: ValueKind.String } text }]
            ? Named(name == "getVariable" ? ScriptNameKind.Variable : ScriptNameKind.Input, text.Text, start)
            : throw lexer.Problem($"'{name}' takes one fixed text.", start);

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

    private List<Node> ParseArguments()
    {
        Expect("(");
        Enter();
        var arguments = new List<Node>();
        while (!IsMark(")"))
        {
            arguments.Add(ParseExpression());
            if (!IsMark(")"))
            {
                Expect(",");
            }
        }

        Leave();
        Advance();
        return arguments;
    }

    private int DepthOf(IReadOnlyList<Node> nodes, Node? target = null)
    {
        var depth = target?.Depth ?? 0;
        foreach (var node in nodes)
        {
            depth = Math.Max(depth, node.Depth);
        }

        return Bounded(depth + 1);
    }

    private int Bounded(int depth) => depth <= MaxDepth ? depth : throw Problem($"The expression is nested deeper than {MaxDepth} levels.");

    private void Enter()
    {
        if (++brackets > MaxBrackets)
        {
            throw Problem($"The expression has more than {MaxBrackets} levels of brackets.");
        }
    }

    private void Leave() => brackets--;

    private void Advance() => token = lexer.Next();

    private bool IsMark(string mark) => token.Kind == TokenKind.Mark && token.Text == mark;

    private void Expect(string mark)
    {
        if (!IsMark(mark))
        {
            throw token.Kind == TokenKind.End ? Problem($"'{mark}' is missing at the end.") : Unexpected();
        }

        Advance();
    }

    private string ExpectName()
    {
        var name = token.Kind == TokenKind.Name ? token.Text : throw Unexpected();
        Advance();
        return name;
    }

    private ExpressionException Unexpected() => token.Kind switch
    {
        TokenKind.End => Problem("The expression ends too early."),
        TokenKind.Mark when token.Text is "=" or "++" or "--" => Problem("Assignment is not in the subset."),
        TokenKind.Mark when token.Text == "=>" => Problem("Functions (=>) are not in the subset."),
        TokenKind.Name when token.Text is "new" or "function" or "var" or "let" or "const" or "for" or "while" or "if" or "in" or "instanceof" or "delete" or "await" =>
            Problem($"'{token.Text}' is not in the subset."),
        TokenKind.Mark or TokenKind.Name => Problem($"'{token.Text}' does not belong here."),
        _ => Problem("An operator is missing here."),
    };

    private ExpressionException Problem(string message) => lexer.Problem(message, token.Start);
}

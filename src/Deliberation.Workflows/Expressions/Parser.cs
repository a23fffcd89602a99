namespace Deliberation.Workflows.Expressions;

/// <summary>Recursive descent over the subset, with bounded depth.</summary>
internal sealed partial class Parser
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
    private (int Start, int Brackets) lastAnd = (-1, 0);

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

        var start = token.Start;
        var left = ParseBinary(level + 1);
        string? before = null;
        while (token.Kind == TokenKind.Mark && Levels[level].Contains(token.Text))
        {
            var mark = token;
            Advance();
            var right = ParseBinary(level + 1);
            if (level == 0 && (before is not null && before != mark.Text || mark.Text == "??" && lastAnd.Brackets == brackets && lastAnd.Start >= start))
            {
                throw lexer.Problem("?? beside || or && needs brackets.", mark.Start);
            }

            before = mark.Text;
            lastAnd = level == 1 ? (mark.Start, brackets) : lastAnd;
            left = new BinaryNode(mark.Text, left, right, mark.Start);
            Bounded(left.Depth);
        }

        return left;
    }

    private Node ParsePower()
    {
        var isSigned = IsUnary();
        var left = ParseUnary();
        if (!IsMark("**"))
        {
            return left;
        }

        if (isSigned)
        {
            throw Problem("A sign before ** needs brackets.");
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
        if (!IsUnary())
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

    private bool IsUnary() => token is { Kind: TokenKind.Mark, Text: "!" or "-" or "+" } or { Kind: TokenKind.Name, Text: "typeof" };

    private Node ParsePostfix()
    {
        var node = ParsePrimary();
        var isChain = false;
        while (token.Kind == TokenKind.Mark && token.Text is "." or "?." or "[")
        {
            var start = token.Start;
            var isOptional = token.Text == "?.";
            isChain |= isOptional;
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

        return isChain ? new ChainNode(node) : node;
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

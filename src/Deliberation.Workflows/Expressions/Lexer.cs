using System.Globalization;
using System.Text;

namespace Deliberation.Workflows.Expressions;

internal enum TokenKind
{
    End,
    Name,
    Number,
    String,

    /// <summary>A whole template; its parts are lexed by the parser.</summary>
    Template,
    Mark,
}

/// <param name="Text">The name, the mark, or the unescaped text of a string.</param>
/// <param name="Start">Offset in the source, 0-based.</param>
internal readonly record struct Token(TokenKind Kind, string Text, double Number, int Start);

/// <summary>Cuts a script into tokens. Knows only what the subset knows.</summary>
internal sealed class Lexer(string source, int position, int end)
{
    private static readonly string[] Marks =
    [
        "===", "!==", "...", "**", "=>", "==", "!=", "<=", ">=", "&&", "||", "??", "?.", "++", "--", "<<", ">>",
        "+", "-", "*", "/", "%", "<", ">", "!", "?", ":", "(", ")", "[", "]", "{", "}", ",", ".", ";", "=", "&", "|", "^", "~",
    ];

    public Token Next()
    {
        SkipBlank();
        if (position >= end)
        {
            return new Token(TokenKind.End, "", 0, end);
        }

        var start = position;
        var character = source[position];
        if (char.IsAsciiDigit(character) || character == '.' && position + 1 < end && char.IsAsciiDigit(source[position + 1]))
        {
            return new Token(TokenKind.Number, "", ReadNumber(), start);
        }

        if (character is '"' or '\'')
        {
            return new Token(TokenKind.String, ReadString(character), 0, start);
        }

        if (character == '`')
        {
            SkipTemplate();
            return new Token(TokenKind.Template, source[(start + 1)..(position - 1)], 0, start);
        }

        if (IsNameStart(character))
        {
            while (position < end && (IsNameStart(source[position]) || char.IsDigit(source[position])))
            {
                position++;
            }

            return new Token(TokenKind.Name, source[start..position], 0, start);
        }

        foreach (var mark in Marks)
        {
            if (string.CompareOrdinal(source, position, mark, 0, mark.Length) == 0 && position + mark.Length <= end)
            {
                // "a?.5:b" is a conditional with a number.
                if (mark == "?." && position + 2 < end && char.IsAsciiDigit(source[position + 2]))
                {
                    continue;
                }

                position += mark.Length;
                return new Token(TokenKind.Mark, mark, 0, start);
            }
        }

        throw Problem($"The character '{character}' has no meaning here.", start);
    }

    /// <summary>One text piece or <c>${…}</c> of a template; the parser asks until the end.</summary>
    /// <returns>The unescaped text and the range of the expression behind it; no range at the end.</returns>
    public (string Text, int Start, int End)? NextTemplatePart()
    {
        if (position > end)
        {
            return null;
        }

        var text = new StringBuilder();
        while (position < end)
        {
            if (source[position] == '$' && position + 1 < end && source[position + 1] == '{')
            {
                var start = position + 2;
                position = start;
                SkipSubstitution();
                return (text.ToString(), start, position++);
            }

            if (source[position] == '\r')
            {
                // Every line break of a template is a line feed.
                position += position + 1 < end && source[position + 1] == '\n' ? 2 : 1;
                text.Append('\n');
                continue;
            }

            text.Append(source[position] == '\\' ? ReadEscape() : source[position++].ToString());
        }

        position = end + 1;
        return (text.ToString(), -1, -1);
    }

    public ExpressionException Problem(string message, int offset)
    {
        // Asked for every name that a script reads: two quick searches, no walk from character to character.
        var before = source.AsSpan(0, Math.Min(offset, source.Length));
        return new ExpressionException(message, before.Count('\n') + 1, offset - before.LastIndexOf('\n'));
    }

    /// <summary>What JavaScript skips and trims: not the same as .NET's white space.</summary>
    public static bool IsBlank(char character) => char.IsWhiteSpace(character) ? character != '\u0085' : character == '\uFEFF';

    private static bool IsLineEnd(char character) => character is '\n' or '\r' or '\u2028' or '\u2029';

    private static bool IsNameStart(char character) => char.IsLetter(character) || character is '_' or '$';

    private void SkipBlank()
    {
        while (position < end)
        {
            if (IsBlank(source[position]))
            {
                position++;
            }
            else if (source[position] == '/' && position + 1 < end && source[position + 1] == '/')
            {
                SkipLine();
            }
            else if (source[position] == '/' && position + 1 < end && source[position + 1] == '*')
            {
                SkipComment();
            }
            else
            {
                return;
            }
        }
    }

    private void SkipLine()
    {
        while (position < end && !IsLineEnd(source[position]))
        {
            position++;
        }
    }

    private void SkipComment()
    {
        var close = source.IndexOf("*/", position + 2, end - position - 2, StringComparison.Ordinal);
        position = close < 0 ? throw Problem("The comment does not end.", position) : close + 2;
    }

    private double ReadNumber()
    {
        var start = position;
        if (source[position] == '0' && position + 1 < end && char.IsAsciiLetterOrDigit(source[position + 1]) && source[position + 1] is not ('e' or 'E'))
        {
            while (position < end && char.IsAsciiLetterOrDigit(source[position]))
            {
                position++;
            }

            // 010 is eight to some and ten to others.
            return NumberText.Prefixed(source.AsSpan(start, position - start)) ?? throw Problem("This is no number.", start);
        }

        SkipDigits();
        if (position < end && source[position] == '.')
        {
            position++;
            SkipDigits();
        }

        if (position < end && source[position] is 'e' or 'E')
        {
            position++;
            position += position < end && source[position] is '+' or '-' ? 1 : 0;
            SkipDigits();
        }

        var text = source.AsSpan(start, position - start);
        return double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            && (position >= end || !IsNameStart(source[position]))
            ? number
            : throw Problem($"'{text}' is no number.", start);
    }

    private void SkipDigits()
    {
        while (position < end && char.IsAsciiDigit(source[position]))
        {
            position++;
        }
    }

    private string ReadString(char quote)
    {
        var start = position++;
        var text = new StringBuilder();
        while (position < end && source[position] != quote)
        {
            if (source[position] is '\n' or '\r')
            {
                break;
            }

            if (source[position] == '\\')
            {
                text.Append(ReadEscape());
            }
            else
            {
                text.Append(source[position++]);
            }
        }

        if (position >= end || source[position] != quote)
        {
            throw Problem("The text does not end.", start);
        }

        position++;
        return text.ToString();
    }

    private string ReadEscape()
    {
        var start = position++;
        if (position >= end)
        {
            throw Problem("The text does not end.", start);
        }

        var character = source[position++];
        return character switch
        {
            'n' => "\n",
            't' => "\t",
            'r' => "\r",
            'b' => "\b",
            'f' => "\f",
            'v' => "\v",
            '0' when position >= end || !char.IsAsciiDigit(source[position]) => "\0",
            >= '0' and <= '9' => throw Problem("There is no such escape.", start),
            '\r' when position < end && source[position] == '\n' => Skipped(),
            '\n' or '\r' or '\u2028' or '\u2029' => "",
            'u' when position < end && source[position] == '{' => ReadCodePoint(start),
            'u' => ((char)ReadHex(4, start)).ToString(),
            'x' => ((char)ReadHex(2, start)).ToString(),
            _ => character.ToString(),
        };
    }

    private string Skipped()
    {
        position++;
        return "";
    }

    /// <summary>What stands between the braces of <c>\u{…}</c>.</summary>
    private string ReadCodePoint(int start)
    {
        var close = source.IndexOf('}', position, Math.Min(end - position, 8));
        if (close < 0 || !int.TryParse(source.AsSpan(position + 1, close - position - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code) || code is < 0 or > 0x10FFFF)
        {
            throw Problem("The escape is not complete.", start);
        }

        position = close + 1;
        return code is >= 0xD800 and <= 0xDFFF ? ((char)code).ToString() : char.ConvertFromUtf32(code);
    }

    private int ReadHex(int length, int start)
    {
        if (position + length > end || !int.TryParse(source.AsSpan(position, length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            throw Problem("The escape is not complete.", start);
        }

        position += length;
        return code;
    }

    /// <summary>From the opening back-tick to behind the closing one. Nesting is counted, not recursed into.</summary>
    private void SkipTemplate()
    {
        var start = position++;
        var open = new Stack<char>(['`']);
        while (position < end && open.Count > 0)
        {
            Step(open);
        }

        if (open.Count > 0)
        {
            throw Problem("The template does not end.", start);
        }
    }

    /// <summary>From behind <c>${</c> to its closing brace.</summary>
    private void SkipSubstitution()
    {
        var start = position;
        var open = new Stack<char>(['{']);
        while (position < end)
        {
            Step(open);
            if (open.Count == 0)
            {
                position--;
                return;
            }
        }

        throw Problem("The ${…} does not end.", start);
    }

    private void Step(Stack<char> open)
    {
        var character = source[position];
        if (open.Peek() == '`')
        {
            if (character == '\\')
            {
                position++;
            }
            else if (character == '`')
            {
                open.Pop();
            }
            else if (character == '$' && position + 1 < end && source[position + 1] == '{')
            {
                open.Push('{');
                position++;
            }

            position++;
            return;
        }

        switch (character)
        {
            case '"' or '\'':
                ReadString(character);
                return;
            case '/' when position + 1 < end && source[position + 1] == '/':
                SkipLine();
                return;
            case '/' when position + 1 < end && source[position + 1] == '*':
                SkipComment();
                return;
            case '{' or '`':
                open.Push(character);
                break;
            case '}':
                open.Pop();
                break;
        }

        position++;
    }
}

using System.Reflection;
using System.Reflection.Emit;
using Deliberation.Cli.Verify;

namespace Deliberation.Tests.Architecture;

/// <summary>
/// The offline auditor is a second implementation: nothing in it may come from the code that it checks. Read from the compiled code, so that no alias hides it.
/// </summary>
public sealed class VerifierTests
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private static readonly List<Type> Own = [.. typeof(BundleAudit).Assembly.GetTypes().Where(IsOwn)];

    [Fact]
    public void The_verifier_uses_only_itself_and_the_framework()
    {
        Assert.InRange(Own.Count, 20, 1_000);
        var others = Own.SelectMany(Used).Where(type => !IsOwn(type) && IsOurs(type)).Select(type => type.FullName).Distinct().Order().ToList();
        Assert.Equal(["Deliberation.Cli.Cli"], others); // exit codes and printing
    }

    [Fact]
    public void The_look_into_the_code_sees_what_another_verb_uses() =>
        Assert.Contains(typeof(Deliberation.Domain.Ballots.Lot), Used(typeof(Deliberation.Cli.Counting.BallotCount)));

    [Fact]
    public void No_source_of_the_verifier_names_the_domain() =>
        Assert.DoesNotContain(Repository.Files(Path.Combine("src", "Deliberation.Cli", "Verify"), "*.cs"), file =>
            File.ReadLines(file).Any(line => line.StartsWith("using", StringComparison.Ordinal) && line.Contains("Deliberation.Domain", StringComparison.Ordinal)));

    private static bool IsOwn(Type type) => type.FullName?.StartsWith("Deliberation.Cli.Verify", StringComparison.Ordinal) == true;

    private static bool IsOurs(Type type) => type.Assembly.GetName().Name!.StartsWith("Deliberation", StringComparison.Ordinal) && type is { Namespace: not null, IsGenericParameter: false };

    private static IEnumerable<Type> Used(Type type)
    {
        var used = new HashSet<Type>();
        foreach (var field in type.GetFields(Everything)) used.Add(field.FieldType);
        foreach (var method in type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)))
        {
            foreach (var parameter in method.GetParameters()) used.Add(parameter.ParameterType);
            if (method.GetMethodBody() is not { } body) continue;
            foreach (var local in body.LocalVariables) used.Add(local.LocalType);
            foreach (var member in Members(method, body.GetILAsByteArray()!))
            {
                used.Add(member as Type ?? member.DeclaringType ?? type);
                if (member is MethodInfo { IsGenericMethod: true } generic) used.UnionWith(generic.GetGenericArguments());
            }
        }

        return used.SelectMany(Parts).ToHashSet();
    }

    private static IEnumerable<Type> Parts(Type type) =>
        [type, .. type.HasElementType ? Parts(type.GetElementType()!) : [], .. type.IsGenericType ? type.GetGenericArguments().SelectMany(Parts) : []];

    private static IEnumerable<MemberInfo> Members(MethodBase method, byte[] code)
    {
        var types = method.DeclaringType is { IsGenericType: true } owner ? owner.GetGenericArguments() : null;
        var methods = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (var at = 0; at < code.Length;)
        {
            var op = Codes[code[at] == 0xFE ? unchecked((short)(0xFE00 | code[at + 1])) : code[at]];
            at += op.Size;
            if (op.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                yield return method.Module.ResolveMember(BitConverter.ToInt32(code, at), types, methods)!;
            }

            at += op.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
                _ => 4,
            };
        }
    }
}

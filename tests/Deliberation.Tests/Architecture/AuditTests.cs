using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using Deliberation.Features;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Tests.Architecture;

/// <summary>
/// Every use case that changes something writes an audit line, in the transaction that the behaviour opened around its handler. Read from the compiled code:
/// what the handler calls, directly or through our own methods, must come to <see cref="Audit.AddAuditAsync"/> and name the command.
/// </summary>
public sealed class AuditTests
{
    private static readonly MethodInfo Write = typeof(Audit).GetMethod(nameof(Audit.AddAuditAsync))!;

    public static TheoryData<Type> Commands { get; } = [.. typeof(FeaturesModule).Assembly.GetTypes().Where(IsCommand).OrderBy(type => type.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_use_case_that_changes_something_leaves_an_audit_line_with_its_name(Type command)
    {
        var reached = new Reach(HandlerOf(command));

        Assert.True(reached.Methods.Contains(Write), $"{command.Name} writes no audit line.");
        Assert.True(reached.Words.Contains(command.Name), $"The audit line of {command.Name} does not carry its name.");
    }

    [Fact]
    public void The_look_into_the_code_sees_a_handler_that_writes_none()
    {
        Assert.NotEmpty(Commands);
        var query = typeof(FeaturesModule).Assembly.GetTypes().Single(type => type.Name == "GetNow");
        Assert.DoesNotContain(Write, new Reach(HandlerOf(query)).Methods);
    }

    private static bool IsCommand(Type type) => type.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(ICommand<>));

    private static MethodInfo HandlerOf(Type request)
    {
        var answer = request.GetInterfaces().Single(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IRequest<>)).GetGenericArguments()[0];
        var asked = typeof(IRequestHandler<,>).MakeGenericType(request, answer);
        var handler = typeof(FeaturesModule).Assembly.GetTypes().Single(type => asked.IsAssignableFrom(type) && !type.IsAbstract);
        return handler.GetInterfaceMap(asked).TargetMethods.Single();
    }

    /// <summary>Methods and string constants that a method comes to. Calls through interfaces are not followed: any of many could stand behind them.</summary>
    private sealed class Reach
    {
        private static readonly Assembly[] Ours = [typeof(FeaturesModule).Assembly, typeof(Audit).Assembly];

        private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

        public Reach(MethodBase start) => Visit(start);

        public HashSet<MethodBase> Methods { get; } = [];

        public HashSet<string> Words { get; } = [];

        private void Visit(MethodBase method)
        {
            if (method is MethodInfo { IsGenericMethod: true } generic)
            {
                method = generic.GetGenericMethodDefinition();
            }

            if (!Methods.Add(method) || !Ours.Contains(method.Module.Assembly) || method.GetMethodBody()?.GetILAsByteArray() is not { } code)
            {
                return;
            }

            if (method.GetCustomAttribute<StateMachineAttribute>() is { StateMachineType: { } machine })
            {
                Visit(machine.GetMethod("MoveNext", BindingFlags.Instance | BindingFlags.NonPublic)!);
            }

            Read(method, code);
        }

        private void Read(MethodBase method, byte[] code)
        {
            var types = method.DeclaringType is { IsGenericType: true } owner ? owner.GetGenericArguments() : null;
            var methods = method.IsGenericMethod ? method.GetGenericArguments() : null;
            for (var at = 0; at < code.Length;)
            {
                var op = Codes[code[at] == 0xFE ? unchecked((short)(0xFE00 | code[at + 1])) : code[at]];
                at += op.Size;
                switch (op.OperandType)
                {
                    case OperandType.InlineMethod:
                        Visit(method.Module.ResolveMethod(BitConverter.ToInt32(code, at), types, methods)!);
                        break;
                    case OperandType.InlineString:
                        Words.Add(method.Module.ResolveString(BitConverter.ToInt32(code, at)));
                        break;
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
}

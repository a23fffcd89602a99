using System.Text;
using Deliberation.Features.Access;
using Deliberation.Features.Foundation;

namespace Deliberation.Web.Startup;

/// <summary><c>user add</c>, <c>user reset</c>, <c>user list</c>: sign-ins of staff.</summary>
internal static class UserVerbs
{
    /// <param name="Kind">Staff, Admin, Official or Supervisor.</param>
    internal sealed record NewUser(string Login, string Name, CallerKind Kind, string[] Communities, string[] Posts, string? PasswordFile);

    public static async Task<int> AddAsync(VerbContext context, NewUser user, CancellationToken cancellationToken)
    {
        string[] communities = user.Communities.Length > 0 ? user.Communities : await context.CommunityAsync(null, cancellationToken) is { } only ? [only.Code] : [];
        if (communities.Length == 0)
        {
            return 1;
        }

        return await PasswordAsync(context, user.PasswordFile, cancellationToken) is not { } password ? 2 : await context.SendAsync(
            new AddStaff(user.Login.ToLowerInvariant(), user.Name, user.Kind, password, communities, user.Posts),
            async _ =>
            {
                await Console.Out.WriteLineAsync(context.Say("user.added", ("login", user.Login.ToLowerInvariant())));
                return 0;
            },
            cancellationToken);
    }

    public static async Task<int> ResetAsync(VerbContext context, string login, string? passwordFile, CancellationToken cancellationToken) =>
        await PasswordAsync(context, passwordFile, cancellationToken) is not { } password ? 2 : await context.SendAsync(
            new ResetStaffPassword(login, password),
            async _ =>
            {
                await Console.Out.WriteLineAsync(context.Say("user.reset", ("login", login)));
                return 0;
            },
            cancellationToken);

    public static Task<int> ListAsync(VerbContext context, bool isJson, CancellationToken cancellationToken) => context.SendAsync(
        new ListStaff(),
        async staff =>
        {
            if (isJson)
            {
                await Json.WriteAsync(staff);
                return 0;
            }

            foreach (var line in staff)
            {
                await Console.Out.WriteLineAsync(
                    $"{line.Login,-20} {line.Kind,-10} {(line.IsEnabled ? "" : context.Say("user.shut") + " ")}{line.DisplayName}  {string.Join(' ', line.Communities)}  {string.Join(' ', line.Posts)}");
            }

            return 0;
        },
        cancellationToken);

    /// <summary>From a file, from stdin (<c>-</c>, or when it is no terminal), or typed unseen. Never an argument: arguments stand in everybody's list of processes.</summary>
    /// <returns>Null when there is none; it has been said.</returns>
    private static async Task<string?> PasswordAsync(VerbContext context, string? file, CancellationToken cancellationToken)
    {
        if (file is not (null or "-"))
        {
            if (File.Exists(file))
            {
                return (await File.ReadAllTextAsync(file, cancellationToken)).TrimEnd('\r', '\n');
            }

            await Console.Error.WriteLineAsync(context.Say("user.no-password-file", ("file", file)));
            return null;
        }

        if (file == "-" || Console.IsInputRedirected)
        {
            if (await Console.In.ReadLineAsync(cancellationToken) is { Length: > 0 } line)
            {
                return line;
            }

            await Console.Error.WriteLineAsync(context.Say("user.no-password"));
            return null;
        }

        await Console.Error.WriteAsync(context.Say("user.password"));
        return Unseen();
    }

    private static string Unseen()
    {
        var typed = new StringBuilder();
        while (Console.ReadKey(intercept: true) is { Key: not ConsoleKey.Enter } key)
        {
            if (key.Key is ConsoleKey.Backspace)
            {
                typed.Length = Math.Max(0, typed.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                typed.Append(key.KeyChar);
            }
        }

        Console.Error.WriteLine();
        return typed.ToString();
    }
}

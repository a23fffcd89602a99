using System.Security.Cryptography;
using System.Text;
using Deliberation.Domain;
using Deliberation.Domain.Ballots;
using Deliberation.Process.Ballots;
using Deliberation.Process.Calendar;

namespace Deliberation.Features.Ballots;

/// <summary>Several questions on one paper (一张票多件事): which ballots those are.</summary>
internal static class SharedPaper
{
    /// <summary>
    /// The paper's id follows from what its ballots must have in common, so that ballots opened by different workflows of a project find each other without asking,
    /// and one that differs in roll, secrecy, day of opening or close stands alone.
    /// </summary>
    /// <returns>Null when the ballot names no paper, or asks for more than answers and marks: places, scores and reasons have a page of their own.</returns>
    public static Guid? IdOf(ProjectId project, OpenBallotCommand command, PaperForm form)
    {
        if (command.Paper is not { Length: > 0 } paper || form is not { Kind: PaperKind.Answer or PaperKind.Marks, AsksReason: false })
        {
            return null;
        }

        var common = string.Join('\n', [
            $"{project}", paper, command.Roll, command.RollScope ?? "", string.Join(',', command.Members.Order(StringComparer.Ordinal)), command.Secrecy,
            $"{WorkingCalendar.China.DayOf(command.OpensAt):yyyy-MM-dd}", OpenBallotHandler.Instant(command.ClosesAt),
            command.LocalClosesAt is { } home ? OpenBallotHandler.Instant(home) : ""]);
        return new Guid(SHA256.HashData(Encoding.UTF8.GetBytes(common)).AsSpan(0, 16));
    }
}

using Deliberation.Domain;

namespace Deliberation.Features.Rolls;

/// <summary>Why the books, an import, a dispute or a frozen roll are not changed.</summary>
public static class RollRefusals
{
    public static Refusal FileMissing { get; } = Refusal.Invalid("roll.file-missing", "Table");

    public static Refusal FileTooLarge(int mostMegabytes) => Refusal.Invalid("roll.file-too-large", "Table", ("most", mostMegabytes));

    public static Refusal ImportGone { get; } = Refusal.NotFound("roll.import-gone");

    public static Refusal HasProblems(int count) => Refusal.Invalid("roll.has-problems", null, ("count", count));

    /// <summary>Somebody changed the books after the preview was shown.</summary>
    public static Refusal BooksChanged { get; } = Refusal.Conflict("roll.books-changed");

    public static Refusal UnitNotFound { get; } = Refusal.NotFound("roll.unit-not-found");

    public static Refusal AreaInvalid { get; } = Refusal.Invalid("roll.area-invalid", "Area", ("mostHundredths", RollSheet.MostAreaHundredths));

    public static Refusal CodeInvalid(string field) => Refusal.Invalid("roll.code-invalid", field);

    public static Refusal ReasonRequired { get; } = Refusal.Invalid("roll.reason-required", "Reason");

    public static Refusal NothingChanged { get; } = Refusal.Invalid("roll.nothing-changed");

    public static Refusal PersonNotFound { get; } = Refusal.Invalid("roll.person-not-found", "Name");

    public static Refusal PersonAmbiguous { get; } = Refusal.Invalid("roll.person-ambiguous", "Name");

    public static Refusal NameInvalid { get; } = Refusal.Invalid("roll.name-invalid", "Name");

    public static Refusal YearInvalid(int thisYear) => Refusal.Invalid("roll.year-invalid", "Birth", ("most", thisYear));

    public static Refusal PhoneTaken { get; } = Refusal.Conflict("roll.phone-taken");

    public static Refusal AlreadyThere { get; } = Refusal.Conflict("roll.already-there");

    public static Refusal UnsoldHasNoOwner { get; } = Refusal.Invalid("roll.unsold-has-no-owner", "Name");

    public static Refusal MessageLength { get; } = Refusal.Invalid("roll.message-length", "Message");

    public static Refusal MatterInvalid { get; } = Refusal.Invalid("roll.matter-invalid", "Matter");

    public static Refusal AlreadyDisputed { get; } = Refusal.Conflict("roll.already-disputed");

    /// <summary>Appeals against a frozen roll are heard for five days (Villagers' Committee Law art. 14).</summary>
    public static Refusal AppealTooLate(DateTimeOffset until) => Refusal.Conflict("roll.appeal-too-late", ("until", until));

    public static Refusal ClaimantRequired { get; } = Refusal.Invalid("roll.claimant-required", "Claimant");

    public static Refusal AnswerLength { get; } = Refusal.Invalid("roll.answer-length", "Answer");

    public static Refusal AlreadyAnswered { get; } = Refusal.Conflict("roll.already-answered");

    public static Refusal ChangeNotFound { get; } = Refusal.NotFound("roll.change-not-found");

    public static Refusal AlreadyDecided { get; } = Refusal.Conflict("roll.already-decided");

    public static Refusal AlreadyProposed { get; } = Refusal.Conflict("roll.already-proposed");

    /// <summary>A change of a frozen roll takes two people (reliability.md P6).</summary>
    public static Refusal SamePerson { get; } = Refusal.Forbidden("roll.same-person");

    public static Refusal NotEntitled { get; } = Refusal.Invalid("roll.not-entitled", "Resident");

    /// <summary>Their flats are counted already, under the owners of the day the roll was frozen.</summary>
    public static Refusal AreaCounted { get; } = Refusal.Conflict("roll.area-counted");

    public static Refusal ExportNeedsReason { get; } = Refusal.Invalid("roll.export-reason", "ExportReason");
}

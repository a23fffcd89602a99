using Deliberation.Domain;

namespace Deliberation.Features.Zones;

internal static class ZoneRefusals
{
    public static Refusal StreetLength { get; } = Refusal.Invalid("zone.street-length", "Street");

    public static Refusal ThereAlready { get; } = Refusal.Invalid("zone.there-already", "Street");

    public static Refusal OwnerUnknown { get; } = Refusal.Invalid("zone.owner-unknown", "Owner");

    public static Refusal IntervalBounds { get; } = Refusal.Invalid("zone.interval-bounds", "Interval");

    public static Refusal Ended { get; } = Refusal.Conflict("zone.ended");

    public static Refusal NotYours { get; } = Refusal.Forbidden("zone.not-yours");

    public static Refusal DayBounds { get; } = Refusal.Invalid("zone.day-bounds", "Day");

    public static Refusal NoteLength { get; } = Refusal.Invalid("zone.note-length", "Note");

    public static Refusal AttendedAlready { get; } = Refusal.Invalid("zone.attended-already", "Day");

    public static Refusal ReasonMissing { get; } = Refusal.Invalid("task.reason-missing", "Reason");
}

using Deliberation.Domain;

namespace Deliberation.Features.Orders;

internal static class OrderRefusals
{
    public static Refusal WhatLength { get; } = Refusal.Invalid("order.what-length", "What");

    public static Refusal DaysBounds { get; } = Refusal.Invalid("order.days-bounds", "Days");

    public static Refusal PostUnknown { get; } = Refusal.Invalid("order.post-unknown", "Post");

    /// <summary>Nothing of the matter is late or climbed.</summary>
    public static Refusal NotLate { get; } = Refusal.Conflict("order.not-late");

    public static Refusal NotAbove { get; } = Refusal.Forbidden("order.not-above");

    public static Refusal OpenAlready { get; } = Refusal.Conflict("order.open-already");

    public static Refusal NotYours { get; } = Refusal.Forbidden("order.not-yours");

    /// <summary>Who answered does not judge.</summary>
    public static Refusal OwnAnswer { get; } = Refusal.Forbidden("order.own-answer");

    public static Refusal NotOpen { get; } = Refusal.Conflict("order.not-open");

    public static Refusal NotAnswered { get; } = Refusal.Conflict("order.not-answered");

    public static Refusal AnswerLength { get; } = Refusal.Invalid("order.answer-length", "Answer");

    /// <summary>To the product itself: another node was faster, or it was answered meanwhile.</summary>
    public static Refusal NotDue { get; } = Refusal.Conflict("order.not-due");
}

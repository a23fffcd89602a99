using Deliberation.Features.Orders;
using Deliberation.Web.Language;

namespace Deliberation.Web.Parts;

/// <summary>Model of <c>_OrderCells</c>: orders as a list of links.</summary>
public sealed record OrderCellsPart(IReadOnlyList<OrderLine> Orders, DateTimeOffset Now);

/// <summary>Supervised orders in words and colours.</summary>
public static class OrderWords
{
    /// <summary>What is to be done, and until when; how it ended.</summary>
    public static StatusPart Status(this ITexts texts, OrderLine order, DateTimeOffset now) => order.State switch
    {
        "Open" => Due.Status(texts, now, order.DueAt),
        "Answered" => new StatusPart("do", texts["orders.state.Answered"]),
        _ => new StatusPart("ok", texts["orders.state.Closed"]),
    };

    /// <summary>Whose word it is.</summary>
    public static string Issuer(this ITexts texts, OrderLine order) =>
        order.IssuedBy is null ? texts["orders.by-ladder"]
        : order.IssuedPost is null ? texts.Get("orders.by-official", new { name = order.IssuedBy })
        : texts.Get("orders.by-post", new { post = texts[$"post.{order.IssuedPost}"], name = order.IssuedBy });
}

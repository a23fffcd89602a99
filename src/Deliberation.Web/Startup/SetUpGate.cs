using Deliberation.Features.Operations;
using Deliberation.Web.Language;
using Microsoft.AspNetCore.Mvc.RazorPages;

namespace Deliberation.Web.Startup;

/// <summary>Until the product is set up, its pages lead to the page that does it. Asks the database only while no community is known.</summary>
internal sealed class SetUpGate(RequestDelegate next, SetUpCodes codes)
{
    /// <summary>Pages that have something to say to a product without a community.</summary>
    private static readonly string[] Open = ["/set-up", "/settings", "/help", "/status"];

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.Frame().Community is null
            && context.GetEndpoint()?.Metadata.GetMetadata<PageActionDescriptor>() is not null
            && !Open.Any(page => context.Request.Path.StartsWithSegments(page, StringComparison.OrdinalIgnoreCase))
            && await codes.IsOpenAsync(context.RequestAborted))
        {
            context.Response.Redirect("/set-up");
            return;
        }

        await next(context);
    }
}

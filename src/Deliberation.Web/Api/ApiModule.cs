using System.Text.Json;
using System.Text.Json.Serialization;
using Deliberation.Domain;
using Deliberation.Web.Language;
using Deliberation.Web.Pages;

namespace Deliberation.Web.Api;

/// <summary>JSON for programs, under <c>/api/v1</c>. Strict: an unknown member of a body is an error, not a surprise.</summary>
internal static class ApiModule
{
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
            options.SerializerOptions.MaxDepth = 16;
            options.SerializerOptions.AllowDuplicateProperties = false;
            options.SerializerOptions.TypeInfoResolverChain.Insert(0, ApiJson.Default);
        });
        services.AddOpenApi();
        return services;
    }

    public static void MapApi(this WebApplication app)
    {
        app.MapOpenApi().AllowAnonymous();
        var api = app.MapGroup("/api/v1");
        api.MapBallots();
        api.MapOpenData();
        api.MapLedger();
        app.MapLedgerBundle();
        app.MapCalendar();
    }

    /// <summary>A refusal as a problem document (RFC 9457) with its stable <c>code</c>.</summary>
    public static IResult Problem(this HttpContext context, Refusal reason)
    {
        var texts = context.RequestServices.GetRequiredService<ITexts>();
        var extensions = new Dictionary<string, object?> { ["code"] = reason.Code };
        if (reason.Field is not null)
        {
            extensions["field"] = reason.Field;
        }

        return TypedResults.Problem(texts.Why(reason), statusCode: reason.Kind.Status(), extensions: extensions);
    }
}

/// <summary>Bodies that are read and written so often that their code is made when this is built.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, MaxDepth = 16, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Ballots.VoteBody))]
[JsonSerializable(typeof(Ballots.VoteAnswer))]
internal sealed partial class ApiJson : JsonSerializerContext;

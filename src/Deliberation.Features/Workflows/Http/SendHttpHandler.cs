using System.Text.Json.Nodes;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Workflows.Execution;
using Microsoft.Extensions.Options;

namespace Deliberation.Features.Workflows.Http;

/// <summary>Writes the call down with the step; it is made after the commit. A host that is not allowed faults the visit at once, and a retry asks again.</summary>
internal sealed class SendHttpHandler(IOptionsMonitor<HttpCallOptions> options) : IWorkflowCommandHandler<SendHttpCommand>
{
    public async Task<IReadOnlyList<StepEvent>> HandleAsync(SendHttpCommand command, StepContext step, CancellationToken cancellationToken)
    {
        if (!options.CurrentValue.Allows(command.Url))
        {
            return [Refused($"{command.Url.GetLeftPart(UriPartial.Authority)} is not among HttpCalls:AllowedOrigins.")];
        }

        var headers = (JsonObject)command.Headers.DeepClone();
        if (command.Authorization is { } authorization)
        {
            headers["Authorization"] = authorization;
        }

        await step.Connection.RunAsync(
            """
            insert into http_call (community_id, call_id, instance_id, visit_id, method, url, headers, content_type, content, created_at)
            values (@community, @callId, @instanceId, @visitId, @method, @url, @headers, @contentType, @content, @now)
            """,
            new
            {
                community = step.Community,
                callId = Guid.CreateVersion7(),
                step.InstanceId,
                step.VisitId,
                command.Method,
                url = command.Url.AbsoluteUri,
                headers,
                command.ContentType,
                command.Content,
                step.Now,
            },
            cancellationToken);
        return [];
    }

    private static StepEvent Refused(string reason) => new("Elsa.SendHttpRequest", null, new JsonObject { ["refused"] = reason });
}

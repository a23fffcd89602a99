using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Templates;

/// <summary>Publishes a new version of a template with other defaults. Running projects keep theirs.</summary>
/// <param name="ExpectedVersion">Version the form was filled from; another one is published now → <c>template.changed-meanwhile</c>.</param>
/// <param name="Values">New defaults by input name; inputs left out keep theirs.</param>
/// <returns>The new version number.</returns>
public sealed record UpdateTemplateParameters(
    Caller Caller,
    CommunityId Community,
    string DefinitionId,
    int ExpectedVersion,
    IReadOnlyDictionary<string, JsonNode?> Values,
    string Note) : ICommand<int>
{
    public Audience Audience => Audience.Admin;
}

internal sealed class UpdateTemplateParametersHandler(CouncilSession session) : IRequestHandler<UpdateTemplateParameters, Result<int>>
{
    public async Task<Result<int>> Handle(UpdateTemplateParameters request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        if (await connection.PublishedTemplateAsync(request.Community, request.DefinitionId, "for update of d", cancellationToken) is not { } template)
        {
            return AccessRefusals.NotFound;
        }

        var now = await connection.CouncilNowAsync(cancellationToken);
        if (template.Version != request.ExpectedVersion)
        {
            return Refusal.Conflict("template.changed-meanwhile", ("version", template.Version));
        }

        if (string.IsNullOrWhiteSpace(request.Note))
        {
            return Refusal.Invalid("template.note-missing", "Note");
        }

        JsonObject given = [];
        foreach (var (name, value) in request.Values)
        {
            given[name] = value?.DeepClone();
        }

        if (TemplateInputs.Complete(TemplateInputs.Of(template.Content), given) is Result<JsonObject>.Refused { Reason: var fault })
        {
            return fault;
        }

        var version = template.Version + 1;
        await PublishAsync(request, template, given, version, cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(UpdateTemplateParameters), $"template:{request.DefinitionId}", now, cancellationToken, request.Note,
            new JsonObject { ["version"] = version, ["values"] = given });
        return version;
    }

    private async Task PublishAsync(UpdateTemplateParameters request, TemplateRow template, JsonObject given, int version, CancellationToken cancellationToken)
    {
        var content = template.Content.DeepClone().AsObject();
        var versionId = Guid.NewGuid().ToString("N");
        content["id"] = versionId;
        content["version"] = version;
        content["customProperties"]!["deliberation"]!["note"] = request.Note.Trim();
        foreach (var (name, value) in given)
        {
            content["customProperties"]!["deliberation"]!["inputs"]![name]!["default"] = value?.DeepClone();
        }

        await session.Connection.RunAsync(
            "update workflow_definition set is_published = false, is_latest = false where definition_id = @definitionId and (is_published or is_latest)",
            new { request.DefinitionId },
            cancellationToken);
        await session.Connection.RunAsync(
            """
            insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest, created_by)
            values (@versionId, @definitionId, @version, @name, @content, @sha256, true, true, @staff::uuid)
            """,
            new
            {
                versionId,
                request.DefinitionId,
                version,
                template.Name,
                content,
                sha256 = SHA256.HashData(Encoding.UTF8.GetBytes(content.ToJsonString())),
                staff = request.Caller.Staff?.Value,
            },
            cancellationToken);
    }
}

using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Postgres;
using Deliberation.Postgres.Workflows;
using Deliberation.Process.Lint;
using Deliberation.Workflows.Definitions;
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

internal sealed class UpdateTemplateParametersHandler(CouncilSession session, WorkflowDefinitions definitions) : IRequestHandler<UpdateTemplateParameters, Result<int>>
{
    public async Task<Result<int>> Handle(UpdateTemplateParameters request, CancellationToken cancellationToken)
    {
        var connection = session.Connection;
        await WorkflowDefinitions.LockAsync(connection, cancellationToken);
        if (await connection.PublishedTemplateAsync(request.Community, request.DefinitionId, cancellationToken) is not { } template)
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

        if (DivisionOfWork.FirstFault(template.Content["root"]) is { } task)
        {
            return Refusal.Conflict("template.no-responsible", ("task", task));
        }

        var version = await PublishAsync(request, template, given, cancellationToken);
        await connection.AuditAsync(
            request.Caller, request.Community, nameof(UpdateTemplateParameters), $"template:{request.DefinitionId}", now, cancellationToken, request.Note,
            new JsonObject { ["version"] = version, ["values"] = given });
        return version;
    }

    private async Task<int> PublishAsync(UpdateTemplateParameters request, TemplateRow template, JsonObject given, CancellationToken cancellationToken)
    {
        var content = template.Content.DeepClone().AsObject();
        content["customProperties"]!["deliberation"]!["note"] = request.Note.Trim();
        foreach (var (name, value) in given)
        {
            content["customProperties"]!["deliberation"]!["inputs"]![name]!["default"] = value?.DeepClone();
        }

        var published = await definitions.PublishAsync(
            session.Connection, request.DefinitionId, template.Name, DefinitionJson.Write(content), request.Caller.Staff?.Value, cancellationToken);
        return published.Version;
    }
}

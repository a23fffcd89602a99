using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
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

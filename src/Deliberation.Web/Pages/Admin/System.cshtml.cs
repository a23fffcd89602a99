using System.Reflection;
using Deliberation.Domain;
using Deliberation.Features.Operations;
using Deliberation.Web.Language;
using MediatR;

namespace Deliberation.Web.Pages.Admin;

/// <summary>Health in words: version, this node, the database, both clocks.</summary>
public sealed class SystemModel(IMediator mediator, ITexts texts, IConfiguration configuration) : DeskPage(mediator, texts)
{
    public SystemState State { get; private set; } = null!;

    public static string ProductVersion { get; } =
        typeof(SystemModel).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    /// <summary>The node that answered, by machine name and process.</summary>
    public static string Node { get; } = $"{Environment.MachineName} · {Environment.ProcessId}";

    /// <summary>MB of memory this process holds.</summary>
    public static long MemoryMb => Environment.WorkingSet / 1_048_576;

    public bool IsEmbedded => string.IsNullOrEmpty(configuration.GetConnectionString("Deliberation"));

    protected override Task<Refusal?> LoadAsync(CancellationToken cancellationToken) =>
        AskAsync(new GetSystem(Caller, Community), state => State = state, cancellationToken);
}

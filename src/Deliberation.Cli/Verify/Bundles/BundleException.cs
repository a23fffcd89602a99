namespace Deliberation.Cli.Verify.Bundles;

/// <summary>The bundle is not what it must be; the message is a plain sentence for the person who checks it.</summary>
internal sealed class BundleException(string message) : Exception(message);

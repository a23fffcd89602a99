namespace Deliberation.Web.Startup;

/// <summary>The product may not start like this. The code finds one sentence and one command.</summary>
internal sealed class StartRefusedException(string code) : Exception(code)
{
    public string Code { get; } = code;
}

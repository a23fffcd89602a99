using System.ComponentModel.DataAnnotations;

namespace Deliberation.Features.Workflows.Http;

/// <summary>Section <c>HttpCalls</c>: which web services workflows may call, and how long they are waited for.</summary>
public sealed class HttpCallOptions
{
    public const string Section = "HttpCalls";

    /// <summary>For example <c>https://api.example.org</c> or <c>http://printer.example.org:8080</c>: scheme, host and port, compared whole. None unless set.</summary>
    public IList<string> AllowedOrigins { get; } = [];

    /// <summary>True: an allowed host may have an address of this machine or its network. False unless set: a name that somebody else controls could point there.</summary>
    public bool AllowsPrivateAddresses { get; set; }

    /// <summary>SHA-256, in hex, of certificates that are believed as they are: of receivers inside the house, which no authority signs. None unless set.</summary>
    public IList<string> PinnedCertificates { get; } = [];

    /// <summary>Longest wait for the whole answer. Machine time.</summary>
    /// <value>1 s to 1 min; 30 s unless set.</value>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Calls that this node makes at the same time.</summary>
    /// <value>0 to 16; 4 unless set. 0: this node makes none.</value>
    [Range(0, 16)]
    public int Workers { get; set; } = 4;

    public bool Allows(Uri url) => AllowedOrigins.Any(origin =>
        Uri.TryCreate(origin, UriKind.Absolute, out var allowed) && Uri.Compare(allowed, url, UriComponents.SchemeAndServer, UriFormat.UriEscaped, StringComparison.OrdinalIgnoreCase) == 0);
}

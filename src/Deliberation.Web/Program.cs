using System.CommandLine;
using Deliberation.Web.Startup;

return await CommandLine.Create(args).Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

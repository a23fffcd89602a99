using Deliberation.Web.Startup;

return await CommandLine.RunAsync(args);

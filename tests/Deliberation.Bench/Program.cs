using Deliberation.Bench;

return await BenchLine.RunAsync(args);

using KonUpgrade.Sandbox.Hosting;

return await CommandLine.RunAsync(args);

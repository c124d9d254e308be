namespace KonUpgrade.Pipeline;

/// <summary>Which of the talkative streams anybody listens to. Read on the pipeline thread, once for each operation.</summary>
/// <param name="Verbose">Whether verbose messages are wanted.</param>
/// <param name="Debug">Whether debug messages are wanted.</param>
internal sealed record PipelineStreams(bool Verbose, bool Debug);

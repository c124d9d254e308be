using System.Management.Automation;

namespace KonUpgrade.Pipeline;

/// <summary>What a script block of the command line says of an object. On the pipeline thread alone.</summary>
internal static class ScriptAnswer
{
    /// <summary>Runs the block with <c>$_</c> being the object.</summary>
    /// <returns>Whether what it gives is true, as PowerShell sees it: nothing is not, and several things are.</returns>
    /// <exception cref="UpgradeException">ScriptFailed.</exception>
    /// <exception cref="PipelineStoppedException">The pipeline was stopped meanwhile.</exception>
    public static bool IsTrue(ScriptBlock script, object item)
    {
        // What a command in it can't find out must not pass for an answer.
        List<PSVariable> variables = [new("_", item), new("ErrorActionPreference", ActionPreference.Stop)];
        try
        {
            var given = script.InvokeWithContext(null, variables, item);
            return LanguagePrimitives.IsTrue(given.Count == 1 ? given[0] : given.ToArray());
        }
        catch (PipelineStoppedException)
        {
            throw;
        }
        catch (Exception exception)
        {
            // break, continue and exit are exceptions too: in here they would end more than the block.
            throw new UpgradeException(Failed(item, exception), exception);
        }
    }

    private static Failure Failed(object item, Exception exception) => new()
    {
        Id = "ScriptFailed",
        Kind = FailureKind.Unspecified,
        Message = $"The script block for '{item}' ended with an error: {(exception as RuntimeException)?.ErrorRecord?.ToString() ?? exception.Message}",
        Recommendation = "Mend the script block, or catch in it what is no error, and resume.",
        Target = item.ToString(),
    };
}

using System.Diagnostics;
using System.Text;

namespace KonUpgrade.Engine.Connections;

/// <summary>Runs a login program: no terminal, no input, its output kept in memory.</summary>
internal static class ExecProcess
{
    private const int LongestError = 2000;

    public static async Task<ExecResult> RunAsync(
        string command,
        IReadOnlyList<string> arguments,
        IEnumerable<KeyValuePair<string, string>> environment,
        TimeSpan timeout,
        Action<string> said,
        CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(command)
        {
            UseShellExecute = false,
            CreateNoWindow = true,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = new Process { StartInfo = start };
        process.Start();
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        try
        {
            using var output = new MemoryStream();
            var copied = process.StandardOutput.BaseStream.CopyToAsync(output, limit.Token);
            var error = ReadErrorAsync(process.StandardError, said, limit.Token);
            await Task.WhenAll(copied, error).ConfigureAwait(false);
            await process.WaitForExitAsync(limit.Token).ConfigureAwait(false);
            return new ExecResult(process.ExitCode, output.ToArray(), await error.ConfigureAwait(false));
        }
        catch (OperationCanceledException e)
        {
            Kill(process);
            if (cancellationToken.IsCancellationRequested)
                throw;
            throw new TimeoutException("The program did not end.", e);
        }
    }

    // What it says is told at once (a code to type into a browser is of no use later); its last words say why it failed.
    private static async Task<string> ReadErrorAsync(StreamReader reader, Action<string> said, CancellationToken cancellationToken)
    {
        var end = new StringBuilder();
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.Trim().Length > 0)
                said(line.Length <= LongestError ? line : line[..LongestError]);
            end.AppendLine(line);
            if (end.Length > LongestError)
                end.Remove(0, end.Length - LongestError);
        }
        return end.ToString();
    }

    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception e) when (e is InvalidOperationException or System.ComponentModel.Win32Exception or AggregateException)
        {
            // It ended by itself in the meantime.
        }
    }
}

/// <summary>How a login program ended.</summary>
internal sealed class ExecResult(int exitCode, byte[] output, string errorText)
{
    public int ExitCode => exitCode;

    /// <summary>Holds the credential.</summary>
    public byte[] Output => output;

    public string ErrorText => errorText;
}

namespace KonUpgrade.Engine.Aws.Eks;

/// <summary>
/// Understands the command lines that EKS kubeconfigs carry. Anything that it doesn't know leaves the answer to the
/// program itself, since a guess could log in as somebody else.
/// </summary>
public static class EksTokenArguments
{
    // Options that say how the program prints or behaves, not which token it makes.
    private static readonly Dictionary<string, bool> AwsIgnored = new()
    {
        ["--output"] = true,
        ["--color"] = true,
        ["--cli-read-timeout"] = true,
        ["--cli-connect-timeout"] = true,
        ["--no-cli-pager"] = false,
        ["--no-cli-auto-prompt"] = false,
        ["--no-paginate"] = false,
        ["--debug"] = false,
    };

    /// <summary>Whether the command is one of the two programs, wherever it lies and however it is called.</summary>
    public static bool IsKnown(string command)
    {
        ArgumentNullException.ThrowIfNull(command);
        return Name(command) is "aws" or "aws-iam-authenticator";
    }

    /// <summary>Reads a command line.</summary>
    /// <param name="command">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="whyNot">Which part is not understood; null on success.</param>
    /// <returns>What is asked for, or null.</returns>
    public static EksTokenRequest? Parse(string command, IReadOnlyList<string> arguments, out string? whyNot)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(arguments);
        return Name(command) == "aws" ? ParseAws(arguments, out whyNot) : ParseAuthenticator(arguments, out whyNot);
    }

    private static EksTokenRequest? ParseAws(IReadOnlyList<string> arguments, out string? whyNot)
    {
        var words = new List<string>();
        var values = new Dictionary<string, string>();
        string[] known = ["--cluster-name", "--cluster-id", "--role-arn", "--profile", "--region"];
        if (!Read(arguments, words, values, name => known.Contains(name) ? name : null, AwsIgnored, out whyNot))
            return null;
        if (words is not ["eks", "get-token"])
        {
            whyNot = "it is not 'aws eks get-token'";
            return null;
        }
        var name = values.GetValueOrDefault("--cluster-name");
        var id = values.GetValueOrDefault("--cluster-id");
        if (name is null == id is null)
        {
            whyNot = "it needs either --cluster-name or --cluster-id";
            return null;
        }
        return new EksTokenRequest
        {
            ClusterId = (name ?? id)!,
            NamesCluster = name is not null,
            RoleArn = values.GetValueOrDefault("--role-arn"),
            Profile = values.GetValueOrDefault("--profile"),
            Region = values.GetValueOrDefault("--region"),
        };
    }

    private static EksTokenRequest? ParseAuthenticator(IReadOnlyList<string> arguments, out string? whyNot)
    {
        var words = new List<string>();
        var values = new Dictionary<string, string>();
        var ignored = new Dictionary<string, bool> { ["--cache"] = false, ["--log-format"] = true, ["-l"] = true };
        static string? Known(string name) => name switch
        {
            "-i" or "--cluster-id" => "--cluster-id",
            "-r" or "--role" => "--role",
            "-s" or "--session-name" => "--session-name",
            "-e" or "--external-id" => "--external-id",
            "--region" => "--region",
            _ => null,
        };
        if (!Read(arguments, words, values, Known, ignored, out whyNot))
            return null;
        if (words is not ["token"] || !values.TryGetValue("--cluster-id", out var cluster))
        {
            whyNot = words is ["token"] ? "it has no --cluster-id" : "it is not 'aws-iam-authenticator token'";
            return null;
        }
        var request = new EksTokenRequest
        {
            ClusterId = cluster,
            RoleArn = values.GetValueOrDefault("--role"),
            ExternalId = values.GetValueOrDefault("--external-id"),
            Region = values.GetValueOrDefault("--region"),
        };
        return values.TryGetValue("--session-name", out var session) ? request with { RoleSessionName = session } : request;
    }

    private static bool Read(
        IReadOnlyList<string> arguments, List<string> words, Dictionary<string, string> values, Func<string, string?> known, Dictionary<string, bool> ignored, out string? whyNot)
    {
        whyNot = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            var argument = arguments[i];
            if (!argument.StartsWith('-'))
            {
                words.Add(argument);
                continue;
            }
            var equals = argument.StartsWith("--", StringComparison.Ordinal) ? argument.IndexOf('=', StringComparison.Ordinal) : -1;
            var name = equals < 0 ? argument : argument[..equals];
            var value = equals < 0 ? null : argument[(equals + 1)..];
            var canonical = known(name);
            if (canonical is null && !ignored.ContainsKey(name))
            {
                whyNot = $"the option {name} is not known here";
                return false;
            }
            if (canonical is not null || ignored[name])
            {
                if (value is null && ++i < arguments.Count)
                    value = arguments[i];
                if (string.IsNullOrEmpty(value))
                {
                    whyNot = $"the option {name} has no value";
                    return false;
                }
            }
            if (canonical is not null)
                values[canonical] = value!;
        }
        return true;
    }

    private static string Name(string command)
    {
        var name = command[(command.LastIndexOfAny(['/', '\\']) + 1)..];
        foreach (var extension in new[] { ".exe", ".cmd", ".bat" })
        {
            if (name.EndsWith(extension, StringComparison.OrdinalIgnoreCase))
                return name[..^extension.Length].ToLowerInvariant();
        }
        return name;
    }
}

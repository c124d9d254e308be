using System.Globalization;
using System.Text.Json;
using KonUpgrade.Engine.Foundation.Json;

namespace KonUpgrade.Engine.Nodepools.Places;

/// <summary>Amounts of resources as Kubernetes writes them: <c>500m</c>, <c>1.5Gi</c>, <c>2e3</c> (apimachinery, resource.Quantity).</summary>
internal static class Quantity
{
    private static readonly Dictionary<string, decimal> s_units = new(StringComparer.Ordinal)
    {
        ["n"] = 1e-9m,
        ["u"] = 1e-6m,
        ["m"] = 1e-3m,
        [""] = 1,
        ["k"] = 1e3m,
        ["M"] = 1e6m,
        ["G"] = 1e9m,
        ["T"] = 1e12m,
        ["P"] = 1e15m,
        ["E"] = 1e18m,
        ["Ki"] = 1L << 10,
        ["Mi"] = 1L << 20,
        ["Gi"] = 1L << 30,
        ["Ti"] = 1L << 40,
        ["Pi"] = 1L << 50,
        ["Ei"] = 1L << 60,
    };

    /// <summary>Reads an amount.</summary>
    /// <returns>Null where it is none.</returns>
    public static decimal? Parse(string text)
    {
        var digits = 0;
        while (digits < text.Length && (char.IsAsciiDigit(text[digits]) || text[digits] is '.' or '+' or '-'))
            digits++;
        var unit = text[digits..];
        if (unit.Length > 1 && unit[0] is 'e' or 'E' && char.IsAsciiDigit(unit[^1]))
            return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var exponential) ? exponential : null;
        if (!s_units.TryGetValue(unit, out var factor) || !decimal.TryParse(text.AsSpan(0, digits), NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            return null;
        try
        {
            return number * factor;
        }
        catch (OverflowException)
        {
            return null;
        }
    }

    /// <summary>The amounts of a list of resources; those that can't be read are left out: no server takes them.</summary>
    public static Dictionary<string, decimal> All(JsonPart resources)
    {
        var found = new Dictionary<string, decimal>(StringComparer.Ordinal);
        if (resources.ValueKind != JsonValueKind.Object)
            return found;
        foreach (var resource in resources.EnumerateObject())
        {
            var text = resource.Value.ValueKind switch
            {
                JsonValueKind.String => resource.Value.GetString()!,
                JsonValueKind.Number => resource.Value.GetRawText(),
                _ => "",
            };
            if (Parse(text) is { } amount)
                found[resource.Name] = amount;
        }
        return found;
    }

    /// <summary>An amount for people: processors with up to three decimals, memory and storage in binary units.</summary>
    public static string Text(string resource, decimal amount)
    {
        if (resource is not ("memory" or "ephemeral-storage") && !resource.StartsWith("hugepages-", StringComparison.Ordinal))
            return amount.ToString("0.###", CultureInfo.InvariantCulture);
        foreach (var unit in (ReadOnlySpan<string>)["Gi", "Mi", "Ki"])
        {
            if (Math.Abs(amount) >= s_units[unit])
                return $"{(amount / s_units[unit]).ToString("0.##", CultureInfo.InvariantCulture)}{unit}";
        }
        return amount.ToString("0", CultureInfo.InvariantCulture);
    }
}

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KonUpgrade.Sandbox.Schemas;

/// <summary>Enum, pattern, bounds and the like of one value.</summary>
internal static class ValueRuleChecks
{
    public static void Check(JsonNode value, SchemaNode node, ValueRules rules, string path, List<FieldProblem> problems, Func<JsonNode, SchemaNode, string, List<FieldProblem>> against)
    {
        void Invalid(string what, string shown) => problems.Add(new FieldProblem(path, FieldProblem.InvalidReason, $"Invalid value: {shown}: {path} {what}"));

        if (rules.Enum is { Count: > 0 } allowed && !Json.Contains(allowed, value) && !(node.BuiltIn && Json.Text(value) is { Length: 0 }))
        {
            problems.Add(new FieldProblem(path, FieldProblem.NotSupportedReason,
                $"Unsupported value: {Json.Compact(value)}: supported values: {string.Join(", ", allowed.Select(Json.Compact))}"));
        }
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                Text(value, rules, path, problems, Invalid);
                break;
            case JsonValueKind.Number:
                Number(value, rules, Invalid);
                break;
            case JsonValueKind.Array:
                var list = value.AsArray();
                if (rules.MinItems is { } fewest && list.Count < fewest)
                    Invalid($"in body should have at least {fewest} items", Json.Compact(list.Count));
                if (rules.MaxItems is { } most && list.Count > most)
                    problems.Add(new FieldProblem(path, FieldProblem.TooManyReason, $"Too many: {list.Count}: must have at most {most} items"));
                if (rules.UniqueItems && list.Where((item, i) => list.Take(i).Any(before => Json.Same(before, item))).Any())
                    Invalid("in body shouldn't contain duplicates", "\"array\"");
                break;
            case JsonValueKind.Object:
                var map = value.AsObject();
                if (rules.MinProperties is { } least && map.Count < least)
                    Invalid($"in body should have at least {least} properties", Json.Compact(map.Count));
                if (rules.MaxProperties is { } limit && map.Count > limit)
                    problems.Add(new FieldProblem(path, FieldProblem.TooManyReason, $"Too many: {map.Count}: must have at most {limit} items"));
                break;
        }
        Combined(value, rules, path, problems, against);
    }

    private static void Text(JsonNode value, ValueRules rules, string path, List<FieldProblem> problems, Action<string, string> invalid)
    {
        var text = value.GetValue<string>();
        // Lengths are in characters, not in UTF-16 units.
        var length = new StringInfo(text).LengthInTextElements == text.Length ? text.Length : text.EnumerateRunes().Count();
        if (rules.MinLength is { } shortest && length < shortest)
            invalid($"in body should be at least {shortest} chars long", Json.Compact(value));
        if (rules.MaxLength is { } longest && length > longest)
            problems.Add(new FieldProblem(path, FieldProblem.TooLongReason, $"Too long: may not be more than {longest} bytes"));
        if (rules.Format is { } format && !StringFormats.Fits(text, format))
            problems.Add(new FieldProblem(path, FieldProblem.TypeInvalidReason, $"Invalid value: {Json.Compact(value)}: {path} in body must be of type {format}: {Json.Compact(value)}"));
        try
        {
            if (rules.Pattern is { } pattern && !pattern.IsMatch(text))
                invalid($"in body should match '{rules.PatternText}'", Json.Compact(value));
        }
        catch (RegexMatchTimeoutException)
        {
            // What the pattern says of this text cannot be told in time; Go's matcher always could.
        }
    }

    private static void Number(JsonNode value, ValueRules rules, Action<string, string> invalid)
    {
        if (!Json.TryNumber(value, out var number))
            return;
        if (rules.Minimum is { } least && (rules.ExclusiveMinimum ? number <= least : number < least))
            invalid($"in body should be greater than {(rules.ExclusiveMinimum ? "" : "or equal to ")}{least.ToString(CultureInfo.InvariantCulture)}", Json.Compact(value));
        if (rules.Maximum is { } most && (rules.ExclusiveMaximum ? number >= most : number > most))
            invalid($"in body should be less than {(rules.ExclusiveMaximum ? "" : "or equal to ")}{most.ToString(CultureInfo.InvariantCulture)}", Json.Compact(value));
        if (rules.MultipleOf is { } factor && factor > 0 && Math.Abs(Math.IEEERemainder(number, factor)) > 1e-9 * factor)
            invalid($"in body should be a multiple of {factor.ToString(CultureInfo.InvariantCulture)}", Json.Compact(value));
    }

    private static void Combined(JsonNode value, ValueRules rules, string path, List<FieldProblem> problems, Func<JsonNode, SchemaNode, string, List<FieldProblem>> against)
    {
        // The server gives these no field of their own.
        void Says(string words) => problems.Add(new FieldProblem("<nil>", FieldProblem.InvalidReason, $"Invalid value: \"\": \"{path}\" {words}"));

        if (rules.AllOf is { } all)
        {
            var failed = all.Select(s => against(value, s, path)).Where(p => p.Count > 0).ToList();
            if (failed.Count > 0)
            {
                Says("must validate all the schemas (allOf)");
                failed.ForEach(problems.AddRange);
            }
        }
        if (rules.AnyOf is { Count: > 0 } any)
        {
            var results = any.Select(s => against(value, s, path)).ToList();
            if (results.TrueForAll(r => r.Count > 0))
            {
                Says("must validate at least one schema (anyOf)");
                problems.AddRange(results.MinBy(r => r.Count)!);
            }
        }
        if (rules.OneOf is { Count: > 0 } one)
        {
            var results = one.Select(s => against(value, s, path)).ToList();
            var hits = results.Count(r => r.Count == 0);
            if (hits == 0)
            {
                Says("must validate one and only one schema (oneOf). Found none valid");
                problems.AddRange(results.MinBy(r => r.Count)!);
            }
            else if (hits > 1)
            {
                Says($"must validate one and only one schema (oneOf). Found {hits} valid alternatives");
            }
        }
        if (rules.Not is { } not && against(value, not, path).Count == 0)
            Says("must not validate the schema (not)");
    }
}

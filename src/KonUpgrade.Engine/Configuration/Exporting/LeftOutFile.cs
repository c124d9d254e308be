using System.Globalization;
using System.Text;
using KonUpgrade.Engine.Foundation.Files;

namespace KonUpgrade.Engine.Configuration.Exporting;

/// <summary>Makes <c>left-out.jsonl</c> of the lines that were gathered: what says the same is added up.</summary>
internal static class LeftOutFile
{
    /// <summary>Writes the file.</summary>
    /// <returns>Its checksum.</returns>
    public static string Write(string path, LineSorter lines)
    {
        using var output = new LineFile(path);
        var text = Array.Empty<byte>();
        long count = -1;
        foreach (var line in lines.Sorted())
        {
            var (next, more) = LeftOutLine.Split(line);
            if (more >= 0 && count >= 0 && next.Span.SequenceEqual(text))
            {
                count += more;
                continue;
            }

            Finish(output, text, count);
            text = next.ToArray();
            count = more;
        }

        Finish(output, text, count);
        return output.Finish();
    }

    private static void Finish(LineFile output, ReadOnlySpan<byte> text, long count)
    {
        if (text.IsEmpty)
            return;
        output.Part(text);
        if (count >= 0)
            output.Part(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",\"count\":{count}")));
        output.Write("}"u8);
    }
}

using System.Text.Json;

namespace KonUpgrade.Engine.Kubernetes;

/// <summary>
/// Reads a list's body item by item, wherever <c>items</c> stands in it: built-in kinds put it last, custom ones in the
/// middle, before <c>metadata</c>.
/// </summary>
internal sealed class ListBody(BodyReader body) : IAsyncDisposable
{
    private bool _begun;
    private bool _inItems;

    /// <summary>The token of the next page; empty at the end. Known for sure when the items have ended.</summary>
    public string Continue { get; private set; } = "";

    /// <summary>The state that the list shows.</summary>
    public string ResourceVersion { get; private set; } = "";

    /// <summary>How many objects follow this page, where the server says so.</summary>
    public long? Remaining { get; private set; }

    /// <summary>How many bytes were read.</summary>
    public long BytesRead => body.BytesRead;

    /// <summary>The next item's JSON, valid until the next call; empty when there are no more.</summary>
    /// <exception cref="EndOfStreamException">The body broke off.</exception>
    /// <exception cref="JsonException">The body is no list.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> ReadItemAsync(CancellationToken cancellationToken)
    {
        if (!_begun)
        {
            await ExpectAsync((byte)'{', cancellationToken).ConfigureAwait(false);
            _begun = true;
        }
        while (true)
        {
            var next = await body.PeekAsync(cancellationToken).ConfigureAwait(false);
            if (_inItems)
            {
                switch (next)
                {
                    case ',':
                        body.Pass();
                        continue;
                    case ']':
                        body.Pass();
                        _inItems = false;
                        continue;
                    case '{':
                        return await body.ReadValueAsync(cancellationToken).ConfigureAwait(false);
                }
            }
            else
            {
                switch (next)
                {
                    case ',':
                        body.Pass();
                        continue;
                    case '}':
                        body.Pass();
                        // To the very end, so that the connection can serve again.
                        if (await body.PeekAsync(cancellationToken).ConfigureAwait(false) >= 0)
                            throw NoList();
                        return default;
                    case '"':
                        await ReadFieldAsync(cancellationToken).ConfigureAwait(false);
                        continue;
                }
            }
            throw next < 0 ? new EndOfStreamException("The body ended within the list.") : NoList();
        }
    }

    public ValueTask DisposeAsync() => body.DisposeAsync();

    private async ValueTask ReadFieldAsync(CancellationToken cancellationToken)
    {
        var name = await body.ReadValueAsync(cancellationToken).ConfigureAwait(false);
        var items = name.Span.SequenceEqual("\"items\""u8);
        var metadata = name.Span.SequenceEqual("\"metadata\""u8);
        await ExpectAsync((byte)':', cancellationToken).ConfigureAwait(false);
        var first = await body.PeekAsync(cancellationToken).ConfigureAwait(false);
        if (items && first == '[')
        {
            body.Pass();
            _inItems = true;
            return;
        }
        // items: null is an empty list.
        var value = await body.ReadValueAsync(cancellationToken).ConfigureAwait(false);
        if (metadata)
            ReadMetadata(value);
    }

    private void ReadMetadata(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            return;
        if (root.TryGetProperty("continue", out var token) && token.ValueKind == JsonValueKind.String)
            Continue = token.GetString() ?? "";
        if (root.TryGetProperty("resourceVersion", out var version) && version.ValueKind == JsonValueKind.String)
            ResourceVersion = version.GetString() ?? "";
        if (root.TryGetProperty("remainingItemCount", out var remaining) && remaining.ValueKind == JsonValueKind.Number && remaining.TryGetInt64(out var count))
            Remaining = count;
    }

    private async ValueTask ExpectAsync(byte expected, CancellationToken cancellationToken)
    {
        var next = await body.PeekAsync(cancellationToken).ConfigureAwait(false);
        if (next < 0)
            throw new EndOfStreamException("The body ended within the list.");
        if (next != expected)
            throw NoList();
        body.Pass();
    }

    private static JsonException NoList() => new("The answer is not a list of objects.");
}

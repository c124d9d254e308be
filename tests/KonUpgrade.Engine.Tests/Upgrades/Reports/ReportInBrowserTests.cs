using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Engine.Tests.Support;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Tests.Upgrades.Reports;

/// <summary>Reports in a real browser, where one is installed.</summary>
public sealed class ReportInBrowserTests : IDisposable
{
    private const string Elsewhere = "elsewhere.invalid";

    // What reaches for the world, or for the page, in every way that a name could.
    private const string Reaching =
        $"<img src=http://{Elsewhere}/i><script>document.title='owned'</script><svg onload=\"document.title='owned'\"><style>@import 'http://{Elsewhere}/s'</style></bdi></td></table><h1>Owned</h1>\" onmouseover=\"x\u202eevil";

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(360)]
    [InlineData(768)]
    [InlineData(1280)]
    public async Task A_page_fits_its_screen_and_hostile_names_stay_text(int width)
    {
        var browser = Browser();
        await using var scene = await ReportScene.CompleteAsync($"{Reaching}{new string('x', 300)}");
        await scene.UndoAsync();
        using var world = new World();
        var seen = await LookAsync(browser, Encoding.UTF8.GetString(await scene.MakeAsync(UpgradeReportFormat.Html)), width, world);
        Assert.Equal(width, seen["width"]!.GetValue<int>());
        Assert.True(seen["scrolls"]!.GetValue<int>() <= width, $"The page is {seen["scrolls"]} wide: {seen["widest"]}");
        Assert.Equal((0, 0, 1, 0), (Count("img"), Count("script"), Count("style"), Count("handlers")));
        Assert.Equal(1, Count("h1"));
        Assert.DoesNotContain("owned", seen["title"]!.GetValue<string>().Split(' '));
        Assert.Contains("<img src=", seen["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("[U+202E]", seen["text"]!.GetValue<string>(), StringComparison.Ordinal);
        // The rows are drawn, in their own colours: the sum in the page lets its style in.
        Assert.NotEqual("0", seen["drawn"]!.ToString());
        Assert.NotEqual("rgb(0, 0, 0)", seen["fill"]!.GetValue<string>());
        Assert.DoesNotContain(world.Asked, line => line.Contains(Elsewhere, StringComparison.Ordinal));

        int Count(string what) => seen[what]!.GetValue<int>();
    }

    [Fact]
    public async Task A_page_that_would_let_names_in_is_found_out()
    {
        var browser = Browser();
        using var world = new World();
        var seen = await LookAsync(browser, $"<!DOCTYPE html><html><head><title>open</title></head><body>{Reaching}<p>{new string('x', 300)}</p></body></html>", 360, world);
        Assert.Contains(world.Asked, line => line.Contains(Elsewhere, StringComparison.Ordinal));
        Assert.True(seen["scrolls"]!.GetValue<int>() > 360);
        Assert.Equal("owned", seen["title"]!.GetValue<string>());
        Assert.Equal(1, seen["img"]!.GetValue<int>());
    }

    private static string Browser()
    {
        var found = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => new[] { "chromium", "chromium-browser", "google-chrome" }.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        Assert.SkipWhen(found is null, "needs the chromium program");
        return found;
    }

    // A frame is as narrow as it is told, where a window is not; and what looks at it is outside of the page's own rules.
    private async Task<JsonNode> LookAsync(string browser, string html, int width, World world)
    {
        var page = _folder.Write(
            "page.html",
            $$"""
            <!DOCTYPE html><meta charset="utf-8"><body><iframe id="f" width="{{width}}" height="800" style="border:0" srcdoc="{{WebUtility.HtmlEncode(html)}}"></iframe><pre id="seen"></pre>
            <script>
            const f = document.getElementById('f');
            f.onload = () => {
              const d = f.contentDocument, all = [...d.body.querySelectorAll('*')];
              const wide = all.filter(e => e.getBoundingClientRect().right > {{width}} + 1).sort((a, b) => b.getBoundingClientRect().right - a.getBoundingClientRect().right)[0];
              const row = d.querySelector('svg.row rect.s-done, svg.row rect.s-undone, svg.row rect.s-waited');
              document.getElementById('seen').textContent = JSON.stringify({
                width: f.contentWindow.innerWidth, scrolls: d.documentElement.scrollWidth, widest: wide ? wide.outerHTML.slice(0, 200) : '',
                img: d.images.length, script: d.querySelectorAll('body script').length, style: d.querySelectorAll('style').length, h1: d.querySelectorAll('h1').length,
                handlers: all.filter(e => [...e.attributes].some(a => a.name.startsWith('on'))).length, title: d.title, text: d.body.innerText.slice(0, 4000),
                drawn: row ? row.getBoundingClientRect().width : 0, fill: row ? f.contentWindow.getComputedStyle(row).fill : '' });
            };
            </script></body>
            """);
        using var process = Process.Start(new ProcessStartInfo(browser)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
                $"--user-data-dir={_folder["profile"]}", $"--proxy-server=127.0.0.1:{world.Port}", "--window-size=1400,1000", "--timeout=20000", "--dump-dom", new Uri(page).AbsoluteUri,
            },
        })!;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        stop.CancelAfter(TimeSpan.FromMinutes(1));
        try
        {
            var errors = process.StandardError.ReadToEndAsync(stop.Token);
            var output = await process.StandardOutput.ReadToEndAsync(stop.Token);
            await process.WaitForExitAsync(stop.Token);
            const string Begin = "<pre id=\"seen\">";
            var at = output.IndexOf(Begin + "{", StringComparison.Ordinal);
            Assert.True(at >= 0, $"The browser saw nothing: {await errors}");
            at += Begin.Length;
            return JsonNode.Parse(WebUtility.HtmlDecode(output[at..output.IndexOf("</pre>", at, StringComparison.Ordinal)]))!;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>All that the browser can reach: it notes what is asked for, and gives nothing.</summary>
    private sealed class World : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly List<string> _asked = [];

        public World()
        {
            _listener.Start();
            _ = Task.Run(ListenAsync, CancellationToken.None);
        }

        public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

        public IReadOnlyList<string> Asked
        {
            get
            {
                lock (_asked)
                    return [.. _asked];
            }
        }

        public void Dispose() => _listener.Dispose();

        private async Task ListenAsync()
        {
            try
            {
                while (true)
                {
                    using var client = await _listener.AcceptTcpClientAsync();
                    using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
                    var line = await reader.ReadLineAsync() ?? "";
                    lock (_asked)
                        _asked.Add(line);
                    await client.GetStream().WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray());
                }
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
            {
                // The test is over.
            }
        }
    }
}

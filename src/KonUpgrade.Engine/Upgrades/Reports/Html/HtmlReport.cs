using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using KonUpgrade.Engine.Foundation.Texts;
using KonUpgrade.Model;

namespace KonUpgrade.Engine.Upgrades.Reports.Html;

/// <summary>
/// A report as one page that stands for itself: it fetches nothing, runs nothing, and is read on a screen, on a phone and
/// on paper. The first screen says what a board decides by.
/// </summary>
internal sealed class HtmlReport
{
    private const string Resource = "Upgrades/report.css";

    private static readonly string s_style = Style();

    private readonly HtmlPage _page;
    private readonly UpgradeReport _report;

    private HtmlReport(HtmlPage page, UpgradeReport report) => (_page, _report) = (page, report);

    /// <summary>The page, as UTF-8.</summary>
    public static byte[] Write(UpgradeReport report)
    {
        using var page = new HtmlPage();
        new HtmlReport(page, report).Page();
        return page.ToArray();
    }

    private void Page()
    {
        _page.Doctype();
        _page.Element(
            "html", null,
            () =>
            {
                _page.Element("head", null, Head);
                _page.Element("body", null, () =>
                {
                    _page.Element("main", null, () =>
                    {
                        Top();
                        Steps();
                        new HtmlContent(_page, _report).Write();
                        Back();
                        Runs();
                        Source();
                    });
                });
            },
            ("lang", "en"));
    }

    private void Head()
    {
        // The sum lets this style in and no other, nor any script, picture or font.
        var sum = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(s_style)));
        _page.Element("meta", null, null, ("charset", "utf-8"));
        _page.Element("meta", null, null, ("http-equiv", "Content-Security-Policy"), ("content", $"default-src 'none'; style-src 'sha256-{sum}'; base-uri 'none'; form-action 'none'"));
        _page.Element("meta", null, null, ("name", "viewport"), ("content", "width=device-width, initial-scale=1"));
        _page.Element("meta", null, null, ("name", "color-scheme"), ("content", "light dark"));
        _page.Element("meta", null, null, ("name", "referrer"), ("content", "no-referrer"));
        _page.Element("title", null, $"{_report.Name}: {State()}");
        _page.Element("style", null, () => _page.Constant(s_style));
    }

    private void Top()
    {
        var outcome = _report.Outcome;
        _page.Element("header", null, () =>
        {
            _page.Element("p", "kicker", () =>
            {
                _page.Text("Upgrade ");
                _page.Name(_report.Name);
            });
            _page.Element("h1", null, () =>
            {
                _page.Name(_report.Blue.Context);
                if (_report.Green is { } green)
                {
                    _page.Text(" → ");
                    _page.Name(green.Context);
                }
                else
                {
                    _page.Text(" in place");
                }
            });
            _page.Element("div", $"outcome {Tone(outcome.State)}", () =>
            {
                _page.Element("strong", null, State());
                _page.Element("p", null, outcome.Text);
                if (outcome.Reason is { } reason)
                    Said("p", null, reason);
                if (outcome.Failure is { } failure)
                    Said("p", "bad", failure.Message);
                if (outcome.Cause is { } cause)
                    Said("p", "bad", $"It was taken back for this: {cause.Message}");
                if (outcome.FailedBefore is { } before)
                    Said("p", "bad", $"Before it was taken back, this had failed: {before.Message}");
            });
            _page.Element("dl", "facts", Facts);
        });
        _page.Element("div", "now", () =>
        {
            _page.Element("section", null, Places, ("aria-labelledby", "places"));
            _page.Element("section", null, Next, ("aria-labelledby", "next"));
        });
    }

    private void Facts()
    {
        Cluster(_report.Green is null ? "Cluster" : "From", _report.Blue);
        if (_report.Green is { } green)
            Cluster("To", green);
        if (_report.TargetVersion is { } version)
            Fact("To version", version, null);
        Fact("System", _report.System, null);
        Fact("Begun", ReportText.Time(_report.StartedAt), null);
        Fact("As of", ReportText.Time(_report.AsOf), "the journal's last line");
        Fact("Time at work", ReportText.Duration(_report.Worked), _report.Rested > TimeSpan.FromSeconds(1) ? $"and {ReportText.Duration(_report.Rested)} in between" : null);
        var back = _report.Steps.Count(step => step.State == UpgradeStepState.Undone);
        Fact("Steps", $"{_report.Steps.Count(step => step.State == UpgradeStepState.Completed)} of {_report.Steps.Count} done", back > 0 ? $"{back} taken back" : null);
        if (_report.Moved is { } moved)
        {
            Fact(
                "Objects moved", moved.Moved.ToString("N0", CultureInfo.InvariantCulture),
                $"{moved.Skipped.ToString("N0", CultureInfo.InvariantCulture)} left on purpose, {moved.Failed.ToString("N0", CultureInfo.InvariantCulture)} failed{(moved.Lacks.Count > 0 ? "; not all is known" : "")}");
        }
    }

    private void Cluster(string name, ReportCluster cluster) => Fact(name, cluster.Context, cluster.ServerVersion is { } version ? $"Kubernetes {version}" : null);

    private void Fact(string name, string value, string? more) => _page.Element("div", null, () =>
    {
        _page.Element("dt", null, name);
        _page.Element("dd", null, () =>
        {
            _page.Name(value);
            if (more is not null)
                _page.Element("span", null, () => _page.Name(more));
        });
    });

    private void Places()
    {
        _page.Element("h2", null, () => _page.Text("What runs where"), ("id", "places"));
        if (_report.Places.Count == 0)
        {
            _page.Element("p", null, "No step holds workloads or gives them back.");
            return;
        }

        _page.Element("table", null, () =>
        {
            HtmlContent.HeadOf(_page, _report.Green is null ? ["", "State"] : ["", "Blue", "Green"]);
            _page.Element("tbody", null, () =>
            {
                foreach (var place in _report.Places)
                {
                    _page.Element("tr", null, () =>
                    {
                        _page.Element("th", null, () => _page.Name(place.What), ("scope", "row"));
                        _page.Element("td", null, place.Blue);
                        if (place.Green is { } green)
                            _page.Element("td", null, green);
                    });
                }
            });
        });
        _page.Element("p", "soft small", "As the steps tell it; nothing was asked of the clusters.");
    }

    private void Next()
    {
        _page.Element("h2", null, () => _page.Text("What is left to do"), ("id", "next"));
        if (_report.Next.Count == 0)
        {
            _page.Element("p", null, "Nothing.");
            return;
        }

        _page.Element("ul", null, () =>
        {
            foreach (var task in _report.Next)
            {
                _page.Element("li", null, () =>
                {
                    _page.Name(task.Text);
                    if (task.Command is { } command)
                        Command(command);
                });
            }
        });
    }

    private void Steps() => Section("steps", "The steps", () =>
    {
        var timeline = new Timeline(_report);
        Timeline.Patterns(_page);
        if (!timeline.IsEmpty)
        {
            Legend(timeline);
            _page.Element("div", "axisrow", () => timeline.Axis(_page, _report));
        }

        _page.Element("ol", "steps", () =>
        {
            foreach (var step in _report.Steps)
                _page.Element("li", ToneOf(step.State), () => Step(step, timeline));
        });
    });

    private void Legend(Timeline timeline)
    {
        var kinds = _report.Steps.SelectMany(step => step.Spans).Select(span => span.Kind is ReportSpanKind.UndoFailed ? ReportSpanKind.Failed : span.Kind).Distinct().Order();
        _page.Element("ul", "legend", () =>
        {
            foreach (var kind in kinds)
            {
                _page.Element("li", null, () =>
                {
                    _page.Element("svg", null, () => _page.Element("rect", $"s-{kind.ToString().ToLowerInvariant()}", null, ("width", "22"), ("height", "10"), ("rx", "2")), ("width", "22"), ("height", "10"), ("aria-hidden", "true"));
                    _page.Text(EnumWords.Of(kind));
                });
            }

            if (timeline.HasBreaks)
                _page.Element("li", null, "Dashed: time in which no run was under way, drawn short");
        });
    }

    private void Step(ReportStep step, Timeline timeline)
    {
        _page.Element("div", "what", () =>
        {
            _page.Name(step.Title);
            _page.Element("div", "soft", () =>
            {
                _page.Name(step.Id);
                if (step.Target != UpgradeSide.None)
                    _page.Text($" · on {step.Target.ToString().ToLowerInvariant()}");
                if (step.Risk >= UpgradeRisk.High)
                    _page.Text(" · high risk");
            });
        });
        _page.Element("div", "bar", () => timeline.Row(_page, step));
        _page.Element("div", "how", () =>
        {
            _page.Text(EnumWords.Of(step.State));
            var took = TimeSpan.FromTicks(step.Spans.Where(span => span.Kind != ReportSpanKind.Waited).Sum(span => (span.To - span.From).Ticks));
            if (step.Spans.Count > 0)
                _page.Element("span", "soft", $"{ReportText.Duration(took)}{(step.Attempt > 1 ? $", attempt {step.Attempt}" : "")}");
        });
        if (step.Failure is { } failure)
            Said("div", "result bad", failure.Recommendation is { } advice ? $"{failure.Message} {advice}" : failure.Message);
        else if (step.Result is { Length: > 0 } result)
            Said("div", "result", result);
        if (step.FailedBefore is { } before)
            Said("div", "result bad", $"Before it was taken back it had failed: {before.Message}");
        if (step.Workloads is { Count: > 0 } workloads)
        {
            _page.Element("div", "result", () =>
            {
                _page.Text($"{ReportText.Count(workloads.Count, "workload was", "workloads were")} left as {(workloads.Count == 1 ? "it was" : "they were")}:");
                _page.Element("ul", null, () =>
                {
                    foreach (var workload in workloads.Items)
                        Said("li", null, $"{ReportText.Name(workload.Kind, workload.Namespace, workload.Name)}: {workload.Failure?.Message ?? workload.Reason}");
                });
                HtmlContent.More(_page, workloads.Count - workloads.Items.Count, workloads.Files);
            });
        }
    }

    private void Back() => Section("back", "How to go back", () =>
    {
        var back = _report.Back;
        _page.Element("p", null, back.Text);
        if (back.Command is { } command)
            Command(command);
        if (back.Steps.Count > 0)
        {
            HtmlContent.Table(_page, "stack", "Step by step, the latest first", ["Step", "How"], back.Steps, step =>
            {
                _page.Element("th", null, () => _page.Name(step.Title), ("scope", "row"));
                Said("td", null, step.How);
            });
        }

        if (back.Left.Count > 0)
        {
            _page.Element("h3", null, _report.Outcome.State == BlueGreenUpgradeState.Undone ? "What stayed as it is" : "What would stay as it is");
            _page.Element("ul", null, () =>
            {
                foreach (var text in back.Left)
                    Said("li", null, text);
            });
        }

        if (back.LeftObjects is { Count: > 0 } left)
        {
            _page.Element("h3", null, "Objects that the undo left");
            HtmlContent.Table(_page, "stack", null, ["Object", "Why"], left.Items, o =>
            {
                _page.Element("th", null, () => _page.Name(o.Name), ("scope", "row"));
                Said("td", null, $"{(o.IsRemoval ? "Not removed" : "Not put back, or not wholly")}, since {o.Reason}");
            });
            HtmlContent.More(_page, left.Count - left.Items.Count, left.Files);
        }
    });

    private void Runs() => Section("runs", "Who ran it", () =>
    {
        if (_report.Runs.Count == 0)
        {
            _page.Element("p", null, "Nobody yet.");
            return;
        }

        HtmlContent.Table(_page, "stack", null, ["Begun", "For", "By", "How it ended"], _report.Runs, run =>
        {
            _page.Element("th", null, () => _page.Text(ReportText.Time(run.From)), ("scope", "row"));
            _page.Element("td", null, ReportText.Duration(run.To - run.From));
            Said("td", null, run.Runner ?? "not known");
            Said("td", null, run.Outcome is { } outcome ? EnumWords.Of(outcome) : "Nothing tells: it is under way, or was cut off");
        });
        if (_report.Approvals.Count > 0)
        {
            _page.Element("h3", null, "Who let it go on");
            HtmlContent.Table(_page, "stack", null, ["When", "Step", "By"], _report.Approvals, approval =>
            {
                _page.Element("th", null, () => _page.Text(ReportText.Time(approval.At)), ("scope", "row"));
                _page.Element("td", null, () =>
                {
                    _page.Name(approval.Step);
                    if (approval.Point is { } point)
                        _page.Element("span", "soft small", $" ({(point == "gate" ? "its gate" : point)})");
                });
                Said("td", null, approval.By ?? "not known");
            });
        }
    });

    private void Source() => Section("source", "Where this is from", () =>
    {
        _page.Element("p", null, () =>
        {
            _page.Text($"From the journal, {ReportText.Count(_report.Source.Lines, "line", "lines")}, and the lists that its steps have left; no cluster was asked. The journal: ");
            _page.Element("code", null, () => _page.Name(_report.Source.Journal));
        });
        _page.Element("p", "small soft", () =>
        {
            _page.Text($"{(_report.Green is null ? "The" : "Blue is the")} cluster whose kube-system has the UID ");
            _page.Name(_report.Blue.ClusterUid);
            _page.Text(_report.Green is null ? " is upgraded in place" : "; green's has ");
            if (_report.Green is { } green)
                _page.Name(green.ClusterUid);
            _page.Text(".");
        });
        foreach (var lack in _report.Source.Lacks)
            HtmlContent.Note(_page, $"What step '{lack.Step}' tells in detail ({lack.List}) is not in this report: {lack.Why}: {lack.Path}");
    });

    private void Command(string command) => _page.Element("pre", null, () => _page.Element("code", null, () => _page.Name(command)));

    private void Said(string element, string? cssClass, string text) => _page.Element(element, cssClass, () => _page.Name(text));

    private void Section(string id, string title, Action content) => _page.Element(
        "section", null,
        () =>
        {
            _page.Element("h2", null, () => _page.Text(title), ("id", id));
            content();
        },
        ("aria-labelledby", id));

    private string State() => _report.Outcome.State switch
    {
        BlueGreenUpgradeState.AwaitingApproval => "Waits for approval",
        BlueGreenUpgradeState.Undone => "Taken back",
        BlueGreenUpgradeState.Undoing => "Being taken back",
        BlueGreenUpgradeState.UndoFailed => "Not taken back wholly",
        var state => EnumWords.Of(state),
    };

    private static string Tone(BlueGreenUpgradeState state) => state switch
    {
        BlueGreenUpgradeState.Completed => "t-done",
        BlueGreenUpgradeState.Failed or BlueGreenUpgradeState.UndoFailed => "t-bad",
        BlueGreenUpgradeState.AwaitingApproval or BlueGreenUpgradeState.Stopped => "t-wait",
        BlueGreenUpgradeState.Undone or BlueGreenUpgradeState.Undoing => "t-undo",
        _ => "t-run",
    };

    private static string ToneOf(UpgradeStepState state) => state switch
    {
        UpgradeStepState.Completed => "t-done",
        UpgradeStepState.Failed or UpgradeStepState.UndoFailed => "t-bad",
        UpgradeStepState.AwaitingApproval => "t-wait",
        UpgradeStepState.Undone => "t-undo",
        UpgradeStepState.Running => "t-run",
        _ => "t-none",
    };

    private static string Style()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream(Resource)!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        // A browser reads every break of a line as one sign, and takes the sum over that.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}

using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using KonUpgrade.Sandbox.Hosting;

namespace KonUpgrade.Rehearsal.Content;

/// <summary>What stands on a Konstellation cluster: the cluster itself, and on blue the apps of a web shop with all that belongs to them.</summary>
internal static class KonstellationCluster
{
    /// <summary>The AWS account that everything is said to be in.</summary>
    public const string Account = "123456789012";

    private const string Region = "us-west-2";

    private const string Registry = Account + ".dkr.ecr." + Region + ".amazonaws.com";

    private static readonly IReadOnlyList<string> Targets = ["production", "staging"];

    private static readonly IReadOnlyList<App> Apps =
    [
        new("web", "shop/web", "s3-reader", ["database", "features"], "shop.example.com", 3),
        new("checkout", "shop/checkout", "payments", ["database"], "checkout.example.com", 3),
        new("catalog", "shop/catalog", "s3-reader", ["database", "features"], "catalog.example.com", 2),
        new("search", "shop/search", null, ["features"], "search.example.com", 4),
        new("accounts", "shop/accounts", null, ["database"], "accounts.example.com", 2),
        new("cart", "shop/cart", null, ["cache"], null, 2),
        new("images", "media/images", "s3-reader", [], "img.example.com", 2),
        new("recommendations", "shop/recommendations", null, ["cache", "features"], null, 2),
        new("payments-worker", "billing/worker", "payments", ["database"], null, 1),
        new("mailer", "notify/mailer", "mail-sender", [], null, 1),
        new("reports", "back-office/reports", "report-writer", ["database"], "reports.example.com", 1),
        new("feed-importer", "back-office/feed", null, ["database"], null, 1),
    ];

    /// <summary>Blue's node pool.</summary>
    public const string Pool = "kon-nodepool-20260301-0915";

    /// <summary>What <c>kon cluster create</c> and <c>configure</c> write of a cluster.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="kubeVersion">Its version.</param>
    /// <param name="nodeRole">The role of its nodes.</param>
    /// <param name="subnets">Its subnets, two at least.</param>
    public static ClusterObject Config(string cluster, string kubeVersion, string nodeRole, IReadOnlyList<string> subnets) => Kon("ClusterConfig", cluster, new JsonObject
    {
        ["version"] = "0.6.1",
        ["kubeVersion"] = kubeVersion,
        ["cloud"] = "aws",
        ["region"] = Region,
        ["enableIpv6"] = false,
        ["aws"] = new JsonObject
        {
            ["vpcCidr"] = "10.1.0.0/16",
            ["vpcId"] = "vpc-0a1b2c3d4e5f60718",
            ["availabilityZone"] = Texts([Region + "a", Region + "b"]),
            ["topology"] = "public_private",
        },
        ["targets"] = Texts(Targets),
    }, status: new JsonObject
    {
        ["aws"] = new JsonObject
        {
            ["vpcId"] = "vpc-0a1b2c3d4e5f60718",
            ["securityGroups"] = Texts([$"sg-kon-{cluster}"]),
            ["publicSubnets"] = new JsonArray(new JsonObject { ["subnetId"] = subnets[0], ["isPublic"] = true, ["ipv4Cidr"] = "10.1.0.0/20", ["availabilityZone"] = Region + "a" }),
            ["privateSubnets"] = new JsonArray(new JsonObject { ["subnetId"] = subnets[1], ["isPublic"] = false, ["ipv4Cidr"] = "10.1.16.0/20", ["availabilityZone"] = Region + "b" }),
            ["nodeRoleArn"] = nodeRole,
            ["albRoleArn"] = $"arn:aws:iam::{Account}:role/kon-{cluster}-alb-role",
            ["adminRoleArn"] = $"arn:aws:iam::{Account}:role/kon-{cluster}-admin-role",
        },
    });

    /// <summary>What kon has installed on a cluster: the targets' namespaces, the operator and the gateway.</summary>
    public static IEnumerable<ClusterObject> Installed()
    {
        foreach (var target in Targets)
        {
            yield return new ClusterObject("konstellation", new JsonObject
            {
                ["apiVersion"] = "v1",
                ["kind"] = "Namespace",
                ["metadata"] = new JsonObject { ["name"] = target, ["labels"] = new JsonObject { ["istio-injection"] = "enabled" } },
            });
        }

        yield return Server("kon-system", "konstellation");
        yield return Server("istio-system", "istio-ingressgateway");
    }

    /// <summary>Whether the operator of a cluster has made every target of every App run that is not halted.</summary>
    public static bool IsRunning(SandboxCluster cluster)
    {
        var targets = cluster.Objects().Where(item => (string?)item["kind"] == "AppTarget").ToList();
        return targets.Count == Apps.Count * Targets.Count && targets.TrueForAll(target => (string?)target["status"]?["phase"] == "running");
    }

    /// <summary>The roles of a cluster's linked ServiceAccounts, as kon names them.</summary>
    public static IEnumerable<string> RolesOf(string cluster) => Apps.Select(a => a.Account).OfType<string>().Distinct().Select(account => $"kon-{cluster}-{account}");

    /// <summary>The apps of the shop with their builds, configs, accounts and certificates, and what the operator made of them.</summary>
    public static IEnumerable<ClusterObject> Shop()
    {
        foreach (var (name, text) in new[] { ("database", "DB_HOST: db.internal\nDB_PORT: 5432\n"), ("cache", "CACHE_HOST: cache.internal\n"), ("features", "new-search: true\ngift-cards: off\n") })
            yield return Config($"shared-{name}", "shared", text, ("k11n.dev/sharedConfig", name), ("k11n.dev/target", ""));

        foreach (var account in Apps.Select(a => a.Account).OfType<string>().Distinct())
        {
            var linked = Kon("LinkedServiceAccount", account, new JsonObject
            {
                ["targets"] = Texts(Targets),
                ["aws"] = new JsonObject { ["policyArns"] = Texts([$"arn:aws:iam::{Account}:policy/{account}"]) },
            }, status: new JsonObject { ["linkedTargets"] = Texts(Targets) });
            linked.Json["metadata"]!["annotations"] = new JsonObject { ["k11n.dev/lsaSpecHash"] = Hash(account, 8) };
            yield return linked;
        }

        foreach (var app in Apps.Where(a => a.Host is not null))
            yield return Certificate(app.Host!);
        foreach (var app in Apps)
        {
            foreach (var made in OfApp(app))
                yield return made;
        }
    }

    private static IEnumerable<ClusterObject> OfApp(App app)
    {
        var number = 1 + (app.Name.Length % 5);
        var tag = string.Create(CultureInfo.InvariantCulture, $"2026-{number + 1:D2}-{10 + number:D2}");
        var build = $"{app.Image.Replace('/', '-')}-{tag}-{Hash($"{Registry}:{Registry}/{app.Image}:{tag}", 4)}";
        yield return Kon("Build", build, new JsonObject
        {
            ["registry"] = Registry,
            ["image"] = app.Image,
            ["tag"] = tag,
            ["createdAt"] = new JsonObject { ["seconds"] = 1_772_150_400 + (number * 86_400), ["nanos"] = 0 },
        }, labels: [("k11n.dev/buildRegistry", Registry), ("k11n.dev/buildImage", app.Image.Replace('/', '_')), ("k11n.dev/buildType", "latest")], status: []);
        yield return Config($"app-{app.Name}", "app", "LOG_LEVEL: info\ncache-ttl: 30\n", ("k11n.dev/app", app.Name), ("k11n.dev/target", ""));
        yield return Config($"app-{app.Name}-production", "app", "LOG_LEVEL: warn\n", ("k11n.dev/app", app.Name), ("k11n.dev/target", "production"));

        var spec = new JsonObject
        {
            ["registry"] = Registry,
            ["image"] = app.Image,
            ["imageTag"] = tag,
            ["ports"] = new JsonArray(new JsonObject { ["name"] = "http", ["port"] = 8080 }),
            ["configs"] = Texts(app.Configs),
            ["resources"] = new JsonObject { ["requests"] = new JsonObject { ["cpu"] = "100m", ["memory"] = "64Mi" } },
            ["scale"] = new JsonObject { ["min"] = app.Scale, ["max"] = app.Scale * 3, ["targetCPUUtilizationPercentage"] = 60 },
            ["targets"] = new JsonArray([.. Targets.Select(target => (JsonNode)TargetOf(app, target))]),
        };
        if (app.Account is not null)
            spec["serviceAccount"] = app.Account;
        yield return Kon("App", app.Name, spec, status: []);
    }

    private static JsonObject TargetOf(App app, string target)
    {
        var config = new JsonObject { ["name"] = target };
        if (app.Host is not null)
            config["ingress"] = new JsonObject { ["hosts"] = Texts([HostIn(app.Host, target)]), ["port"] = "http", ["requireHttps"] = target == "production" };
        if (target == "staging")
            config["scale"] = new JsonObject { ["min"] = 1, ["max"] = 2 };
        return config;
    }

    private static ClusterObject Certificate(string host)
    {
        var hex = Hash(host, 32);
        var id = $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
        return Kon("CertificateRef", id, new JsonObject
        {
            ["providerId"] = $"arn:aws:acm:{Region}:{Account}:certificate/{id}",
            ["domain"] = host,
            ["issuer"] = "Amazon",
            ["status"] = "READY",
            ["expiresAt"] = "2027-08-31T23:59:59Z",
            ["keyAlgorithm"] = "RSA-2048",
            ["signatureAlgorithm"] = "SHA256WITHRSA",
        }, labels: [("k11n.dev/domain", "example.com")]);
    }

    private static ClusterObject Config(string name, string type, string text, params (string Key, string Value)[] labels) => new("kon", new JsonObject
    {
        ["apiVersion"] = KonstellationCrds.ApiVersion,
        ["kind"] = "AppConfig",
        ["metadata"] = Metadata(name, ns: null, labels),
        ["type"] = type,
        ["config"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text)),
    });

    private static ClusterObject Kon(string kind, string name, JsonObject spec, (string, string)[]? labels = null, JsonObject? status = null) =>
        Make("kon", kind, name, ns: null, labels ?? [], spec, status);

    private static ClusterObject Server(string ns, string name) => new("kon", new JsonObject
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = "Deployment",
        ["metadata"] = Metadata(name, ns, []),
        ["spec"] = new JsonObject
        {
            ["replicas"] = 1,
            ["selector"] = new JsonObject { ["matchLabels"] = new JsonObject { ["app"] = name } },
            ["template"] = new JsonObject
            {
                ["metadata"] = new JsonObject { ["labels"] = new JsonObject { ["app"] = name } },
                ["spec"] = new JsonObject { ["containers"] = new JsonArray(new JsonObject { ["name"] = name, ["image"] = $"k11n/{name}:0.6.1" }) },
            },
        },
    });

    private static ClusterObject Make(string manager, string kind, string name, string? ns, (string, string)[] labels, JsonObject spec, JsonObject? status)
    {
        var json = new JsonObject
        {
            ["apiVersion"] = KonstellationCrds.ApiVersion,
            ["kind"] = kind,
            ["metadata"] = Metadata(name, ns, labels),
            ["spec"] = spec,
        };
        if (status is not null)
            json["status"] = status;
        return new ClusterObject(manager, json);
    }

    private static JsonObject Metadata(string name, string? ns, (string Key, string Value)[] labels)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (ns is not null)
            metadata["namespace"] = ns;
        if (labels.Length > 0)
            metadata["labels"] = new JsonObject([.. labels.Select(label => KeyValuePair.Create(label.Key, (JsonNode?)label.Value))]);
        return metadata;
    }

    private static string HostIn(string host, string target) => target == "production" ? host : $"{target}.{host}";

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);

    // The names of builds carry the start of a SHA-1, as Konstellation makes them; nothing is kept safe by it.
#pragma warning disable CA5350
    private static string Hash(string text, int length) => Convert.ToHexString(SHA1.HashData(Encoding.UTF8.GetBytes(text))).ToLowerInvariant()[..length];
#pragma warning restore CA5350

    private sealed record App(string Name, string Image, string? Account, IReadOnlyList<string> Configs, string? Host, int Scale);
}

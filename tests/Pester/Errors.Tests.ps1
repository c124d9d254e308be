Describe 'What goes wrong' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34
        Add-TestObject $sandbox blue @(Get-ShopObject)
        $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }
        $export = Export-ClusterConfig -Cluster blue -Path (Join-Path $TestDrive 'good') @kube
        function Get-Problem([scriptblock] $Script) {
            try { $null = & $Script } catch { return $_ }
            throw 'Nothing went wrong.'
        }
        # The sandbox's own kubeconfig, altered.
        function New-KubeConfig([string] $Name, [scriptblock] $Change) {
            $file = Join-Path $TestDrive $Name
            Get-Content -LiteralPath $sandbox.KubeConfigPath -Raw | ForEach-Object $Change | Set-Content -LiteralPath $file
            $file
        }
    }
    AfterAll { $sandbox | Stop-UpgradeSandbox }
    AfterEach { Clear-TestFault $sandbox }

    It 'a server that does not answer is unavailable' {
        $kubeconfig = New-KubeConfig nobody { $_ -replace 'https://127.0.0.1:\d+', 'https://127.0.0.1:1' }
        $problem = Get-Problem { Export-ClusterConfig -Cluster blue -KubeConfigPath $kubeconfig -Path "$TestDrive/x" }
        $problem.CategoryInfo.Category | Should -Be 'ResourceUnavailable'
        "$problem" | Should -BeLike '*127.0.0.1:1*'
        $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        "$TestDrive/x" | Should -Not -Exist
    }

    It 'a certificate that does not hold is a matter of security' {
        $other = Start-UpgradeSandbox blue=1.32
        try {
            $authority = [regex]::Match((Get-Content $other.KubeConfigPath -Raw), 'certificate-authority-data: "?([A-Za-z0-9+/=]+)').Groups[1].Value
            $kubeconfig = New-KubeConfig stranger { $_ -replace '(certificate-authority-data: "?)[A-Za-z0-9+/=]+', "`${1}$authority" }
        }
        finally { Stop-UpgradeSandbox $other }
        $problem = Get-Problem { Export-ClusterConfig -Cluster blue -KubeConfigPath $kubeconfig -Path "$TestDrive/x" }
        $problem.CategoryInfo.Category | Should -Be 'SecurityError'
    }

    It 'a login that is refused is an authentication error, and its token is in no message' {
        $kubeconfig = New-KubeConfig refused { $_ -replace '(token: "?)[^\s"]+', '${1}not-the-token' }
        $problem = Get-Problem { Export-ClusterConfig -Cluster blue-viewer -KubeConfigPath $kubeconfig -Path "$TestDrive/x" }
        $problem.CategoryInfo.Category | Should -Be 'AuthenticationError'
        "$problem $($problem.ErrorDetails.RecommendedAction) $($problem.Exception)" | Should -Not -BeLike '*not-the-token*'
    }

    It 'rights that are missing for one kind leave the rest, and the export is not complete' {
        $null = Invoke-Control $sandbox 'clusters/blue/denied' @{ user = 'blue-viewer'; resource = 'services' }
        try {
            $partial = Export-ClusterConfig -Cluster blue-viewer -Path "$TestDrive/partial" @kube -ErrorVariable problem -ErrorAction SilentlyContinue
        }
        finally { $null = Invoke-Control $sandbox 'clusters/blue/denied' -Method Delete }
        $partial.Complete | Should -BeFalse
        $partial.Failures.Kind | Should -Contain 'PermissionDenied'
        $partial.ObjectCount | Should -BeGreaterThan 2
        @($problem).Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ExportIncomplete,*'
        $problem[0].CategoryInfo.Category | Should -Be 'InvalidResult'
        (Get-Problem { $partial | Import-ClusterConfig -Cluster green @kube -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'ExportIncomplete,*'
        (Get-Problem { Compare-ClusterConfig $partial blue @kube }).FullyQualifiedErrorId | Should -BeLike 'ExportIncomplete,*'
        (Get-Problem { Compare-ClusterConfig blue $partial.Path @kube }).FullyQualifiedErrorId | Should -BeLike 'ExportIncomplete,*'
        $differences = Compare-ClusterConfig blue $partial -AllowPartial @kube
        ($differences | Where-Object Kind -EQ Service).State | Should -Contain 'Missing' -Because 'what could not be read is not there'
        $differences | Where-Object Kind -EQ ConfigMap | Should -BeNullOrEmpty
        $changes = $partial | Import-ClusterConfig -Cluster green -AllowPartial @kube
        $changes | Where-Object Action -EQ Failed | Should -BeNullOrEmpty
        $changes.Name | Should -Contain 'settings'
    }

    It 'a cluster whose identity cannot be read is not changed' {
        $problem = Get-Problem { Import-ClusterConfig $export.Path -Cluster green-nobody @kube -ErrorAction Stop }
        $problem.CategoryInfo.Category | Should -BeIn 'InvalidOperation', 'PermissionDenied'
        $problem.FullyQualifiedErrorId | Should -BeLike 'IdentityUnknown,*'
    }

    It 'an unknown context names the known ones' {
        $problem = Get-Problem { Export-ClusterConfig -Cluster bleu -Path "$TestDrive/x" @kube }
        $problem.FullyQualifiedErrorId | Should -BeLike 'ContextNotFound,*'
        "$problem" | Should -BeLike '*blue*green*'
    }

    It 'a side that is nothing known names the known contexts' {
        foreach ($sides in @('bleu', 'green'), @('green', 'bleu')) {
            $problem = Get-Problem { Compare-ClusterConfig $sides[0] $sides[1] @kube }
            $problem.FullyQualifiedErrorId | Should -BeLike 'SideNotFound,*'
            "$problem" | Should -BeLike '*bleu*Known contexts: blue*green*'
        }
    }

    It 'a namespace that nobody has is told with one that is near' {
        "$(Get-Problem { Export-ClusterConfig -Cluster blue -Namespace shpo -Path "$TestDrive/x" @kube })" | Should -BeLike '*shpo*Did you mean shop*'
        "$(Get-Problem { Import-ClusterConfig $export.Path -Cluster green -Kind Deploymnt @kube -ErrorAction Stop })" | Should -BeLike '*Deploymnt*Did you mean Deployment*'
    }

    It 'an export that finds nothing warns, and is an export' {
        $nothing = Export-ClusterConfig -Cluster blue -Namespace shop -Kind Deployment -LabelSelector app=nowhere -Path "$TestDrive/found-nothing" @kube -WarningVariable told -WarningAction SilentlyContinue
        $nothing.ObjectCount | Should -Be 0
        @($told).Count | Should -Be 1
        "$told" | Should -BeLike '*blue is empty*Kubernetes*Deployment.apps*shop*app=nowhere*'
    }

    It 'a file in the place of a directory is told as one' {
        Set-Content "$TestDrive/a-file" 'mine'
        $problem = Get-Problem { Export-ClusterConfig -Cluster blue -Path "$TestDrive/a-file" @kube }
        $problem.FullyQualifiedErrorId | Should -BeLike 'NotADirectory,*'
        $problem.CategoryInfo.Category | Should -Be 'InvalidArgument'
        "$problem" | Should -BeLike '*is a file*a-file*'
        Get-Content "$TestDrive/a-file" | Should -Be 'mine'
    }

    It 'one cluster that is away does not keep the others of a pipeline from being exported' {
        $address = (Get-ClusterContext blue @kube).Server
        $kubeconfig = New-KubeConfig blue-is-away { $_ -replace [regex]::Escape($address), 'https://127.0.0.1:1' }
        $exports = Get-ClusterContext blue, green -KubeConfigPath $kubeconfig |
            Export-ClusterConfig -Path { Join-Path $TestDrive "away/$($_.Name)" } -ErrorVariable problem -ErrorAction SilentlyContinue
        $exports.Context | Should -Be 'green'
        @($problem).Count | Should -Be 1
        $problem[0].CategoryInfo.Category | Should -Be 'ResourceUnavailable'
        "$($problem[0])" | Should -BeLike '*127.0.0.1:1*'
        (Get-Problem { Get-ClusterContext blue, green -KubeConfigPath $kubeconfig | Export-ClusterConfig -Path { Join-Path $TestDrive "stop/$($_.Name)" } -ErrorAction Stop }).CategoryInfo.Category | Should -Be 'ResourceUnavailable'
        Join-Path $TestDrive 'stop/green' | Should -Not -Exist
    }

    It 'one cluster that takes too long does not keep the others of a pipeline from being exported' {
        $null = Add-TestFault $sandbox @{ kind = 'slow'; cluster = 'blue'; delay = '00:10:00'; count = 100000 }
        $exports = Get-ClusterContext blue, green @kube |
            Export-ClusterConfig -Path { Join-Path $TestDrive "slow/$($_.Name)" } -Kind Namespace -Timeout 10s -ErrorVariable problem -ErrorAction SilentlyContinue
        $exports.Context | Should -Be 'green'
        @($problem).Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'TimeLimitReached,*'
        $problem[0].TargetObject.Name | Should -Be 'blue'
        $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'a file that cannot be used says which, and what to do' -Skip:($IsWindows) {
        $record = [KonUpgrade.Cmdlets.StartUpgradeSandboxCommand].Assembly.GetType('KonUpgrade.Pipeline.FailureRecord').GetMethod('For', [type[]]([exception], [object]))
        foreach ($exception in [IO.IOException]::new('no'), [UnauthorizedAccessException]::new('no'), [OperationCanceledException]::new('no'), [InvalidOperationException]::new('no')) {
            $made = $record.Invoke($null, @($exception, './backup'))
            $made.TargetObject | Should -Be './backup' -Because $exception.GetType().Name
            $made.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty -Because $exception.GetType().Name
        }
    }

    It 'an unknown system is found before anything upstream has worked' {
        $problem = Get-Problem { Export-ClusterConfig -Cluster blue -Path "$TestDrive/upstream" @kube | Import-ClusterConfig -Cluster green -System Nomad @kube }
        "$problem" | Should -BeLike '*Nomad*Konstellation*'
        "$TestDrive/upstream" | Should -Not -Exist
    }

    It 'an export is not imported as another system' {
        { Export-ClusterConfig -Cluster blue -System Kubernetes -Path "$TestDrive/as-kubernetes" @kube | Import-ClusterConfig -Cluster green -System Konstellation @kube -ErrorAction Stop } |
            Should -Throw -ErrorId 'OtherSystem*'
    }

    It 'a time limit also holds for the look at the target, before anything upstream has worked' -Skip:$IsWindows {
        $pipe = Join-Path $TestDrive 'target-pipe'
        & mkfifo $pipe
        try { $problem = Get-Problem { Export-ClusterConfig -Cluster blue -Path "$TestDrive/upstream" @kube | Import-ClusterConfig -Cluster green -KubeConfigPath $pipe -Timeout 1s } }
        finally { & sh -c 'exec 3<>"$1"' sh $pipe }
        $problem.FullyQualifiedErrorId | Should -BeLike 'TimeLimitReached,Kon*Import*'
        "$TestDrive/upstream" | Should -Not -Exist
    }

    It 'an unknown system names the known ones' {
        $problem = Get-Problem { Export-ClusterConfig -Cluster blue -System Nomad -Path "$TestDrive/x" @kube }
        $problem.CategoryInfo.Category | Should -BeIn 'InvalidArgument', 'ObjectNotFound'
        "$problem" | Should -BeLike '*Kubernetes*'
        (Get-Problem { Get-UpgradeSystem Nomad -ErrorAction Stop }).CategoryInfo.Category | Should -BeIn 'InvalidArgument', 'ObjectNotFound'
    }

    It 'an export that is not one of ours to read says which file, line and column' {
        $broken = Join-Path $TestDrive 'broken'
        Copy-Item $export.Path $broken -Recurse
        Set-Content -LiteralPath "$broken/export.yaml" -Value "apiVersion: konupgrade.dev/v1`nkind: [`n"
        $problem = Get-Problem { Import-ClusterConfig $broken -Cluster green @kube -ErrorAction Stop }
        $problem.CategoryInfo.Category | Should -Be 'ParserError'
        "$problem" | Should -Match 'export\.yaml.*line \d+, column \d+'
    }

    It 'of several exports each fails alone, whatever of it is damaged' {
        $broken = Join-Path $TestDrive 'broken-list'
        Copy-Item $export.Path $broken -Recurse
        Add-Content -LiteralPath "$broken/files.jsonl" -Value '{"path":co'
        $sum = (Get-FileHash "$broken/files.jsonl" -Algorithm SHA256).Hash.ToLowerInvariant()
        (Get-Content "$broken/export.yaml" -Raw) -replace '(?m)^(\s+files: )\S+$', "`$1$sum" | Set-Content "$broken/export.yaml" -NoNewline
        $changes = Import-ClusterConfig $broken, $export.Path -Cluster green -WhatIf -ErrorVariable problem -ErrorAction SilentlyContinue @kube
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ExportDamaged,*'
        "$($problem[0])" | Should -BeLike '*files.jsonl: line *, column *'
        $changes | Should -Not -BeNullOrEmpty
    }

    It 'a second document of a kubeconfig, which nobody reads, is warned of' {
        $two = Join-Path $TestDrive 'two-documents'
        Set-Content -LiteralPath $two -Value (Get-Content -LiteralPath $sandbox.KubeConfigPath -Raw), "---`ncontexts: [{name: late, context: {cluster: blue}}]"
        (Get-ClusterContext -KubeConfigPath $two -WarningVariable said -WarningAction SilentlyContinue).Name | Should -Not -Contain 'late'
        "$said" | Should -Match 'two-documents, line \d+, column 1: here a second document begins'
        $null = Get-ClusterConfig -Cluster blue -Kind Namespace -KubeConfigPath $two -WarningVariable said -WarningAction SilentlyContinue
        "$said" | Should -Match 'two-documents, line \d+, column 1: here a second document begins'
    }

    It 'a format of a later version is refused' {
        $later = Join-Path $TestDrive 'later'
        Copy-Item $export.Path $later -Recurse
        (Get-Content "$later/export.yaml" -Raw) -replace 'konupgrade.dev/v1', 'konupgrade.dev/v9' | Set-Content "$later/export.yaml"
        (Get-Problem { Import-ClusterConfig $later -Cluster green @kube -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'UnknownFormat,*'
    }

    It 'a file that was altered or removed is an error' {
        $altered = Join-Path $TestDrive 'altered'
        Copy-Item $export.Path $altered -Recurse
        Remove-Item "$altered/core/ConfigMap/shop/other.yaml"
        $problem = Get-Problem { Import-ClusterConfig $altered -Cluster green @kube -ErrorAction Stop }
        $problem.CategoryInfo.Category | Should -BeIn 'SecurityError', 'ObjectNotFound', 'InvalidResult'
        "$problem" | Should -BeLike '*other.yaml*'
    }

    It 'a directory with nothing to import is an error and no silence' {
        $nothing = Join-Path $TestDrive 'nothing'
        $null = New-Item -ItemType Directory -Path $nothing
        (Get-Problem { Import-ClusterConfig $nothing -Cluster green @kube -ErrorAction Stop }).FullyQualifiedErrorId | Should -BeLike 'NothingToImport,*'
        (Get-Problem { Compare-ClusterConfig $nothing green @kube }).FullyQualifiedErrorId | Should -BeLike 'NothingToCompare,*'
        (Get-Problem { Compare-ClusterConfig green $nothing @kube }).FullyQualifiedErrorId | Should -BeLike 'NothingToCompare,*'
    }

    It 'a directory of other things says so once, and one such file beside manifests is one outcome' {
        $other = Join-Path $TestDrive 'other-things'
        $null = New-Item -ItemType Directory -Path $other
        Set-Content "$other/values.yaml" "replicas: 1`n---`nimage: web"
        Set-Content "$other/ci.yaml" 'stages: [build]'
        $changes = Import-ClusterConfig $other -Cluster green @kube -ErrorVariable problem -ErrorAction SilentlyContinue
        $changes | Should -BeNullOrEmpty
        @($problem).Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NothingToImport,*'
        "$($problem[0])" | Should -BeLike '*none of the 2 YAML and JSON files*'
        "$($problem[0].ErrorDetails.RecommendedAction)" | Should -BeLike '*helm template*'
        Set-Content "$other/ns.yaml" "apiVersion: v1`nkind: Namespace`nmetadata: {name: beside}"
        $changes = Import-ClusterConfig $other -Cluster green @kube -ErrorAction SilentlyContinue
        ($changes | Where-Object Action -EQ Created).Name | Should -Be 'beside'
        $failed = $changes | Where-Object Action -EQ Failed
        @($failed).Count | Should -Be 2
        $failed.Reason | Should -BeLike 'The file is not a Kubernetes manifest*'
    }

    It 'what people wrote differs from a cluster only in what it names' {
        $file = Join-Path $TestDrive 'written.yaml'
        Set-Content $file "apiVersion: apps/v1`nkind: Deployment`nmetadata: {name: web, namespace: shop}`nspec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: web, image: 'registry.test/web:1'}]}}}"
        Compare-ClusterConfig $file blue @kube -Kind Deployment -Verbose 4>&1 | Tee-Object -Variable said | Where-Object { $_ -isnot [System.Management.Automation.VerboseRecord] } | Should -BeNullOrEmpty
        "$said" | Should -BeLike '*left out, since the manifests do not name them*'
        (Get-Content $file -Raw) -replace 'web:1', 'web:2' | Set-Content $file
        (Compare-ClusterConfig blue $file @kube -Kind Deployment).Fields.Path | Should -Be 'spec.template.spec.containers[name=web].image'
    }

    It 'a name that leads elsewhere fails alone' {
        $named = Join-Path $TestDrive 'named'
        $null = New-Item -ItemType Directory -Path $named
        Set-Content "$named/a.yaml" "apiVersion: v1`nkind: Namespace`nmetadata: {name: named}`n---`napiVersion: v1`nkind: ConfigMap`nmetadata: {name: .., namespace: named}`n---`napiVersion: v1`nkind: ConfigMap`nmetadata: {name: good, namespace: named}"
        $changes = Import-ClusterConfig $named -Cluster green @kube -ErrorAction SilentlyContinue
        ($changes | Where-Object Name -EQ '..').Failure.Id | Should -Be 'InvalidName'
        ($changes | Where-Object Name -EQ 'good').Action | Should -Be 'Created'
    }

    It 'the time allowed ends a command that waits for a file for ever' -Skip:$IsWindows {
        $pipe = Join-Path $TestDrive 'pipe'
        & mkfifo $pipe
        try {
            $problem = Get-Problem { Export-ClusterConfig -Cluster blue -KubeConfigPath $pipe -Path "$TestDrive/x" -Timeout 1s }
        }
        finally { & sh -c 'exec 3<>"$1"' sh $pipe }
        $problem.FullyQualifiedErrorId | Should -BeLike 'TimeLimitReached,*'
        $problem.Exception.Message | Should -BeLike '*The time allowed, 00:00:01*'
    }

    It 'a file that is not of the export is left alone, and told' {
        $foreign = Join-Path $TestDrive 'foreign'
        $null = New-Item -ItemType Directory -Path $foreign
        Set-Content "$foreign/thesis.txt" 'years of work'
        $null = Export-ClusterConfig -Cluster blue -Path $foreign @kube -WarningVariable told -WarningAction SilentlyContinue
        $null = Export-ClusterConfig -Cluster blue -Path $foreign @kube -WarningAction SilentlyContinue
        "$told" | Should -BeLike '*thesis.txt*'
        Get-Content "$foreign/thesis.txt" | Should -Be 'years of work'
    }

    It 'an export of another cluster is replaced only with -Force' {
        $path = Join-Path $TestDrive 'other'
        Copy-Item $export.Path $path -Recurse
        $problem = Get-Problem { Export-ClusterConfig -Cluster green -Path $path @kube }
        $problem.FullyQualifiedErrorId | Should -BeLike 'OtherExport,*'
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*(-Force)*'
        Get-Content "$path/export.yaml" -Raw | Should -BeLike "*$($export.ClusterUid)*"
        Export-ClusterConfig -Cluster green -Path $path -Force -WhatIf @kube | Should -BeNullOrEmpty
        Get-Content "$path/export.yaml" -Raw | Should -BeLike "*$($export.ClusterUid)*"
        (Export-ClusterConfig -Cluster green -Path $path -Force @kube).Context | Should -Be 'green'
    }

    It 'a login by a program is refused where that is asked for' {
        $kubeconfig = Join-Path $TestDrive 'exec'
        Set-Content -LiteralPath $kubeconfig -Value @"
apiVersion: v1
kind: Config
contexts: [{name: blue, context: {cluster: c, user: u}}]
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {exec: {apiVersion: client.authentication.k8s.io/v1, command: touch, args: ["$TestDrive/started"], interactiveMode: Never}}}]
"@
        $problem = Get-Problem { Export-ClusterConfig -Cluster blue -KubeConfigPath $kubeconfig -NoExecPlugin -Path "$TestDrive/x" }
        $problem.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        "$problem" | Should -BeLike '*touch*'
        "$TestDrive/started" | Should -Not -Exist
    }

    It 'no command asks anything where nobody can answer' {
        $script = @"
Import-Module '$manifestPath'
foreach (`$line in { Import-ClusterConfig '$($export.Path)' }, { Import-ClusterConfig }, { Export-ClusterConfig }, { Compare-ClusterConfig }, { Stop-UpgradeSandbox }) {
    try { `$null = & `$line; 'nothing' } catch { `$_.FullyQualifiedErrorId }
}
(Import-ClusterConfig '$($export.Path)' -Cluster green -KubeConfigPath '$($sandbox.KubeConfigPath)' -Kind Namespace).Count
"@
        $said = Invoke-Session $script
        $said[0] | Should -BeLike 'ClusterNotGiven,*'
        $said[1..4] | Should -BeLike 'MissingMandatoryParameter,*'
        $said[-1] | Should -Match '^\d+$'
    }
}

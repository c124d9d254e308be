Describe 'Completion' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34
        Add-TestObject $sandbox blue @(Get-ShopObject)
        $with = "-KubeConfigPath '$($sandbox.KubeConfigPath)'"
    }
    AfterAll { $sandbox | Stop-UpgradeSandbox }

    It 'of -<Parameter> on <Command> gives the contexts of the kubeconfig on the line' -ForEach @(
        @{ Command = 'Export-ClusterConfig'; Parameter = 'Cluster' }
        @{ Command = 'Import-ClusterConfig'; Parameter = 'Cluster' }
        @{ Command = 'Compare-ClusterConfig'; Parameter = 'Reference' }
        @{ Command = 'Compare-ClusterConfig'; Parameter = 'Difference' }
        @{ Command = 'Get-ClusterContext'; Parameter = 'Name' }
        @{ Command = 'New-UpgradePlan'; Parameter = 'Blue' }
        @{ Command = 'New-UpgradePlan'; Parameter = 'Green' }
        @{ Command = 'Get-BlueGreenUpgrade'; Parameter = 'JournalCluster' }
        @{ Command = 'Suspend-ClusterWorkload'; Parameter = 'Cluster' }
        @{ Command = 'Resume-ClusterWorkload'; Parameter = 'Cluster' }
        @{ Command = 'Get-Nodepool'; Parameter = 'Cluster' }
        @{ Command = 'Suspend-Nodepool'; Parameter = 'Cluster' }
        @{ Command = 'Resume-Nodepool'; Parameter = 'Cluster' }
        @{ Command = 'New-Nodepool'; Parameter = 'Cluster' }
        @{ Command = 'Update-Nodepool'; Parameter = 'Cluster' }
        @{ Command = 'Remove-Nodepool'; Parameter = 'Cluster' }
        @{ Command = 'Wait-Nodepool'; Parameter = 'Cluster' }
        @{ Command = 'Move-Nodepool'; Parameter = 'Cluster' }
    ) {
        Complete-Line "$Command $with -$Parameter gr" | Should -Be 'green', 'green-nobody', 'green-viewer'
    }

    It 'of namespaces asks the cluster on the line' {
        Complete-Line "Export-ClusterConfig $with -Cluster blue -Namespace sh" | Should -Be 'shop'
        Complete-Line "Export-ClusterConfig $with -Cluster green -Namespace sh" | Should -Not -Contain 'shop'
        Complete-Line "Compare-ClusterConfig $with -Reference blue -Namespace sh" | Should -Be 'shop'
    }

    It 'of kinds gives what the cluster serves, or what the system on the line exports' {
        Complete-Line "Export-ClusterConfig $with -Cluster blue -Kind Deploy" | Should -Be 'Deployment'
        $kinds = Complete-Line "Export-ClusterConfig $with -System Konstellation -Kind App."
        $kinds | Should -Be 'App.k11n.dev'
        Complete-Line "Export-ClusterConfig $with -Cluster blue -Group app" | Should -Be 'apps'
    }

    It 'of kinds gives for what suspends and resumes only what can be held' {
        foreach ($command in 'Suspend-ClusterWorkload', 'Resume-ClusterWorkload') {
            Complete-Line "$command $with -Cluster blue -Kind C" | Should -Be 'CronJob'
            Complete-Line "$command $with -Cluster blue -Kind Dep" | Should -Be 'Deployment'
            Complete-Line "$command -KubeConfigPath '$TestDrive/absent' -Cluster blue -Kind Conf" | Should -BeNullOrEmpty
            Complete-Line "$command $with -Cluster blue -Class " | Should -Be 'All', 'Scheduled', 'Serving'
        }
        { Suspend-ClusterWorkload -Cluster blue -Class None -KubeConfigPath $sandbox.KubeConfigPath } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
    }

    It 'of -AllowOutward gives the kinds that can act outside' {
        Complete-Line 'Import-ClusterConfig ./x -Cluster green -AllowOutward Target' | Should -Be 'TargetGroupBinding'
        $own = Join-Path $TestDrive 'own.yaml'
        Set-Content -LiteralPath $own -Value "apiVersion: konupgrade.dev/v1`nkind: UpgradeSystem`nmetadata: {name: Post}`ntitle: Post`noutward:`n- {kinds: [Mailer.x.example], reason: It sends mail.}"
        Complete-Line "Import-ClusterConfig ./x -Cluster green -SystemPath '$own' -AllowOutward Mail" | Should -Be 'Mailer'
        Complete-Line "Import-ClusterConfig ./x -Cluster green -SystemPath '$own' -System Po" | Should -Be 'Post'
        Complete-Line "Import-ClusterConfig ./x -Cluster green -SystemPath '$own.none' -AllowOutward Target" | Should -Be 'TargetGroupBinding'
    }

    It 'of systems gives their names' {
        Complete-Line 'Export-ClusterConfig -System K' | Should -Be 'Konstellation', 'KubeflowAws', 'Kubermatic', 'Kubernetes'
        Complete-Line 'Get-UpgradeSystem Kon' | Should -Be 'Konstellation'
    }

    It 'quotes what needs quoting, in the quotes that were begun' {
        $kubeconfig = Join-Path $TestDrive 'odd'
        Set-Content -LiteralPath $kubeconfig -Value @'
apiVersion: v1
kind: Config
contexts:
- {name: "it's one", context: {cluster: c}}
- {name: "it$two", context: {cluster: c}}
- {name: "it-plain", context: {cluster: c}}
clusters:
- {name: c, cluster: {server: "https://127.0.0.1:1"}}
'@
        Complete-Line "Get-ClusterContext -KubeConfigPath '$kubeconfig' -Name it" | Should -Be "'it`$two'", "'it''s one'", 'it-plain'
        Complete-Line "Get-ClusterContext -KubeConfigPath '$kubeconfig' -Name `"it" | Should -Be '"it`$two"', '"it''s one"', '"it-plain"'
        Complete-Line "Get-ClusterContext -KubeConfigPath '$kubeconfig' -Name 'it-" | Should -Be "'it-plain'"
    }

    It 'sees the line''s paths from the session''s location' {
        Push-Location (Split-Path $sandbox.KubeConfigPath)
        try { Complete-Line 'Get-ClusterContext -KubeConfigPath ./kubeconfig -Name gr' | Should -Contain 'green' }
        finally { Pop-Location }
    }

    It 'of a comparison asks the side that is a cluster' {
        Push-Location $TestDrive
        try {
            $null = New-Item -ItemType Directory -Path ./backup -Force
            Complete-Line "Compare-ClusterConfig $with ./backup blue -Namespace sh" | Should -Be 'shop'
            Complete-Line "Compare-ClusterConfig $with -Reference ./backup -Difference blue -Kind Deploy" | Should -Be 'Deployment'
            Complete-Line "Compare-ClusterConfig $with blue ./backup -Namespace sh" | Should -Be 'shop'
        }
        finally { Pop-Location }
    }

    It 'of <Parameter> starts no program to log in' -ForEach @(
        @{ Parameter = 'Namespace' }, @{ Parameter = 'Kind' }, @{ Parameter = 'Group' }
    ) -Skip:$IsWindows {
        $started = Join-Path $TestDrive "started-$Parameter"
        $program = Join-Path $TestDrive "login-$Parameter"
        Set-Content -LiteralPath $program -Value "#!/bin/sh`ntouch '$started'`necho '{`"kind`":`"ExecCredential`",`"apiVersion`":`"client.authentication.k8s.io/v1`",`"status`":{`"token`":`"x`"}}'"
        & chmod +x $program
        $config = (Get-Content $sandbox.KubeConfigPath -Raw) -replace '(?m)^(    )token: .*$', "`$1exec: {apiVersion: client.authentication.k8s.io/v1, command: '$program', interactiveMode: Never}"
        $kubeconfig = Join-Path $TestDrive "exec-$Parameter"
        Set-Content -LiteralPath $kubeconfig -Value $config
        $null = Complete-Line "Export-ClusterConfig -KubeConfigPath '$kubeconfig' -Cluster blue-viewer -$Parameter "
        $started | Should -Not -Exist
        # The same login, when a command is run, does start it: the test would see it.
        try { $null = Export-ClusterConfig -KubeConfigPath $kubeconfig -Cluster blue-viewer -Path (Join-Path $TestDrive 'x') } catch { }
        $started | Should -Exist
    }

    Context 'in a directory with files' {
        BeforeAll {
            Push-Location $TestDrive
            Set-Content ./afile.yaml ''
        }
        AfterAll { Pop-Location }

        It 'offers no files for <_>' -ForEach @(
            'Export-ClusterConfig -Cluster', 'Export-ClusterConfig -System', 'Export-ClusterConfig -LabelSelector', 'Export-ClusterConfig -Timeout'
            'Export-ClusterConfig -ThrottleLimit', 'Import-ClusterConfig -Cluster', 'Get-ClusterContext -Name', 'Start-UpgradeSandbox', 'Start-UpgradeSandbox -Timeout', 'Stop-UpgradeSandbox'
            'Suspend-ClusterWorkload -Name', 'Resume-ClusterWorkload -Name', 'Convert-ClusterConfig -TargetVersion'
        ) {
            Complete-Line "$_ afi" | Should -BeNullOrEmpty
        }

        It 'offers files for a side of a comparison that is no context, and for paths' {
            Complete-Line "Compare-ClusterConfig $with afi" | Should -Be (Join-Path . afile.yaml)
            Complete-Line "Compare-ClusterConfig $with blue -Difference ./afi" | Should -Be (Join-Path . afile.yaml)
            Complete-Line "Compare-ClusterConfig $with blue -Difference gr" | Should -Be 'green', 'green-nobody', 'green-viewer'
            Complete-Line 'Import-ClusterConfig afi' | Should -Be (Join-Path . afile.yaml)
        }
    }

    It 'never fails, and takes no longer than two seconds' {
        $time = [Diagnostics.Stopwatch]::StartNew()
        { Complete-Line "Export-ClusterConfig -KubeConfigPath '$TestDrive/absent' -Cluster x -Namespace " } | Should -Not -Throw
        $null = Add-TestFault $sandbox @{ kind = 'slow'; cluster = 'blue'; delay = '00:00:20'; count = 1000 }
        try {
            $time.Restart()
            Complete-Line "Export-ClusterConfig $with -Cluster blue -Namespace zz" -Attempts 1 | Should -Not -Contain 'shop'
            $time.Elapsed.TotalSeconds | Should -BeLessThan 8 -Because 'it waits for two, and not for the answer'
            $time.Restart()
            Complete-Line "Export-ClusterConfig $with -Cluster blue -Kind App." -Attempts 3 | Should -Contain 'App.k11n.dev' -Because 'the systems answer where the cluster does not'
            $time.Elapsed.TotalSeconds | Should -BeLessThan 8 -Because 'it waits for two, and not for the answer'
        }
        finally { Clear-TestFault $sandbox }
    }
}

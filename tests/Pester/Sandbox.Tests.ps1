Describe 'The sandbox' {
    BeforeAll { . $PSScriptRoot/Support.ps1 }

    It 'starts, leads to its clusters, and leaves nothing when it stops' {
        $sandbox = Start-UpgradeSandbox one=1.21, two=1.34
        try {
            $sandbox | Should -BeOfType [KonUpgrade.Model.UpgradeSandbox]
            $sandbox.Cluster | Should -Be 'one', 'two'
            ($sandbox | Get-ClusterContext one, two).Server | Should -BeLike 'https://127.0.0.1:*'
            Get-Process -Id $sandbox.ProcessId | Should -Not -BeNullOrEmpty
        }
        finally { $sandbox | Stop-UpgradeSandbox }
        Get-Process -Id $sandbox.ProcessId -ErrorAction Ignore | Should -BeNullOrEmpty
        Test-Path -LiteralPath $sandbox.Path | Should -BeFalse
    }

    It 'has clusters in which workloads run, when it is asked for nodes' {
        $sandbox = Start-UpgradeSandbox one=1.33 -NodeCount 2 -ClockSpeed 20
        try {
            Add-TestObject $sandbox one @{
                apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ name = 'web'; namespace = 'default' }
                spec = @{
                    replicas = 2; selector = @{ matchLabels = @{ app = 'web' } }
                    template = @{ metadata = @{ labels = @{ app = 'web' } }; spec = @{ containers = @(@{ name = 'web'; image = 'nginx:1' }) } }
                }
            }
            $plane = Invoke-Control $sandbox 'clusters/one/data-plane/advance?by=10s'
            $plane.settings.speed | Should -Be 20
            $plane.budgetViolations | Should -Be 0
            $plane.nodes, $plane.pods | Should -Be 2, 2
        }
        finally { $sandbox | Stop-UpgradeSandbox }
        { Start-UpgradeSandbox one=1.33 -NodeCount -1 } | Should -Throw
        { Start-UpgradeSandbox one=1.33 -ClockSpeed 0 } | Should -Throw
    }

    It 'is an EKS as well, whose clusters are known and logged in to without a kubeconfig' {
        $sandbox = Start-UpgradeSandbox one=1.33, two=1.34 -ClockSpeed 1000
        $before = Set-TestEnvironment @{ AWS_SHARED_CREDENTIALS_FILE = $sandbox.CredentialPath }
        try {
            $eks = @{ Region = $sandbox.Region; EndpointUrl = $sandbox.EndpointUrl }
            (Get-ManagedCluster @eks).Name | Should -Be 'one', 'two'
            $one = Get-ManagedCluster one @eks
            (Get-ClusterConfig -Cluster $one -Kind Namespace).Name | Should -Be 'default'
            (Invoke-Control $sandbox eks -Method Get).endpoint | Should -Be $sandbox.EndpointUrl
        }
        finally {
            $null = Set-TestEnvironment $before
            $sandbox | Stop-UpgradeSandbox
        }
        Test-Path -LiteralPath $sandbox.CredentialPath | Should -BeFalse
    }

    It 'has Velero in its clusters when it is asked for, whose backups go from one to the other' {
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34 -Velero -ClockSpeed 500
        try {
            Add-TestObject $sandbox blue (Get-ShopObject)
            Add-TestObject $sandbox blue @{ apiVersion = 'velero.io/v1'; kind = 'Backup'; metadata = @{ name = 'one'; namespace = 'velero' }; spec = @{ includedNamespaces = @('shop') } }
            $null = Invoke-Control $sandbox 'velero/advance?by=2m'
            $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }
            (Get-ClusterConfig -Cluster green -Kind Backup -Namespace velero @kube).Name | Should -Be 'one'
            Add-TestObject $sandbox green @{ apiVersion = 'velero.io/v1'; kind = 'Restore'; metadata = @{ name = 'back'; namespace = 'velero' }; spec = @{ backupName = 'one' } }
            $null = Invoke-Control $sandbox 'velero/advance?by=1m'
            (Get-ClusterConfig -Cluster green -Kind ConfigMap -Namespace shop @kube | Where-Object Name -EQ settings).Object.data.color | Should -Be 'blue'
            (Invoke-Control $sandbox velero -Method Get).clusters.name | Should -Be 'blue', 'green'
            # Where the clusters live, the server's pod runs on a node.
            (Invoke-Control $sandbox clusters/green/data-plane -Method Get).nodes | Should -Be 1
        }
        finally { $sandbox | Stop-UpgradeSandbox }
    }

    It 'gives its contexts down the pipeline, with no word more' {
        $sandbox = Start-UpgradeSandbox blue=1.33.4-eks-5d4a308, green=v1.34
        try {
            ($sandbox | Get-ClusterContext).Name | Should -Be 'blue', 'blue-viewer', 'blue-nobody', 'green', 'green-viewer', 'green-nobody'
            ($sandbox | Get-ClusterContext).KubeConfigPath | Sort-Object -Unique | Should -Be $sandbox.KubeConfigPath
            ($sandbox | Get-ClusterContext green*).Name | Should -Be 'green', 'green-viewer', 'green-nobody'
            ($sandbox | Get-ClusterContext -Current).Name | Should -Be 'blue'
            (Get-ClusterContext -Sandbox $sandbox -Name blue).Name | Should -Be 'blue'
            $sandbox | Export-Clixml (Join-Path $TestDrive 'bare.xml')
            (Import-Clixml (Join-Path $TestDrive 'bare.xml') | Get-ClusterContext).Name | Should -Contain 'green'
            ($sandbox | Get-ClusterContext blue | Export-ClusterConfig -Path (Join-Path $TestDrive 'bare') -Kind Namespace).ServerVersion | Should -Be 'v1.33.4-eks-5d4a308'
        }
        finally { Stop-UpgradeSandbox $sandbox }
    }

    It 'writes into a directory that is named, and stops when it came back from a job' {
        $path = Join-Path $TestDrive 'a sandbox'
        $sandbox = Start-UpgradeSandbox one=1.30 -Path $path
        $sandbox.KubeConfigPath | Should -BeLike "$path*"
        $sandbox | Export-Clixml (Join-Path $TestDrive 'sandbox.xml')
        Import-Clixml (Join-Path $TestDrive 'sandbox.xml') | Stop-UpgradeSandbox
        Get-Process -Id $sandbox.ProcessId -ErrorAction Ignore | Should -BeNullOrEmpty
        Join-Path $path 'kubeconfig' | Should -Exist
        $again = Start-UpgradeSandbox one=1.30 -Path $path
        try { (Get-ClusterContext one -KubeConfigPath $again.KubeConfigPath).Server | Should -BeLike 'https://127.0.0.1:*' }
        finally { Stop-UpgradeSandbox $again }
    }

    It 'overwrites no <Name> that is not a sandbox''s' -ForEach @(
        @{ Name = 'kubeconfig'; Text = "apiVersion: v1`nkind: Config`ncurrent-context: production" }
        @{ Name = 'ca.crt'; Text = 'the authority of the house' }
        @{ Name = 'control.token'; Text = 'the token of the house' }
        @{ Name = 'aws.credentials'; Text = "[default]`naws_access_key_id = of-the-house" }
    ) {
        $path = Join-Path $TestDrive "mine-$Name"
        $null = New-Item -ItemType Directory -Path $path
        Set-Content -LiteralPath (Join-Path $path $Name) -Value $Text
        $problem = { Start-UpgradeSandbox one=1.30 -Path $path } | Should -Throw -PassThru
        $problem.FullyQualifiedErrorId | Should -BeLike 'SandboxPathInUse,*'
        $problem.CategoryInfo.Category | Should -Be 'ResourceExists'
        "$problem" | Should -BeLike "*$Name*"
        Get-Content -LiteralPath (Join-Path $path $Name) -Raw | Should -Be "$Text$([Environment]::NewLine)"
        (Get-ChildItem -LiteralPath $path).Name | Should -Be $Name
    }

    It 'overwrites no kubeconfig that lies beside a sandbox''s certificate' {
        $path = Join-Path $TestDrive 'mixed'
        Start-UpgradeSandbox one=1.30 -Path $path | Stop-UpgradeSandbox
        Set-Content -LiteralPath (Join-Path $path 'kubeconfig') -Value 'mine'
        { Start-UpgradeSandbox one=1.30 -Path $path } | Should -Throw -ErrorId 'SandboxPathInUse,*'
        Get-Content -LiteralPath (Join-Path $path 'kubeconfig') | Should -Be 'mine'
    }

    It 'that has ended already is no error to stop' {
        $sandbox = Start-UpgradeSandbox one=1.30
        Stop-UpgradeSandbox $sandbox
        { Stop-UpgradeSandbox $sandbox -ErrorAction Stop } | Should -Not -Throw
    }

    It 'that was killed leaves its directory, and stopping it then removes that' {
        $sandbox = Start-UpgradeSandbox one=1.30
        $kept = Start-UpgradeSandbox one=1.30 -Path (Join-Path $TestDrive 'kept')
        foreach ($one in $sandbox, $kept) { Stop-Process -Id $one.ProcessId -Force }
        Wait-Until { -not (Get-Process -Id $sandbox.ProcessId, $kept.ProcessId -ErrorAction Ignore) }
        $sandbox.Path | Should -Exist
        $sandbox | Export-Clixml (Join-Path $TestDrive 'killed.xml')
        Import-Clixml (Join-Path $TestDrive 'killed.xml') | Stop-UpgradeSandbox -WhatIf
        $sandbox.Path | Should -Exist
        { Import-Clixml (Join-Path $TestDrive 'killed.xml') | Stop-UpgradeSandbox -ErrorAction Stop } | Should -Not -Throw
        $sandbox.Path | Should -Not -Exist
        { Stop-UpgradeSandbox $kept -ErrorAction Stop } | Should -Not -Throw
        Join-Path $kept.Path 'kubeconfig' | Should -Exist -Because 'it was named for it'
    }

    It 'has clusters of its own, whatever they are called' {
        $uids = foreach ($turn in 1, 2) {
            $sandbox = Start-UpgradeSandbox blue=1.32
            try { (Export-ClusterConfig -Cluster blue -Kind Namespace -KubeConfigPath $sandbox.KubeConfigPath -Path (Join-Path $TestDrive "own-$turn")).ClusterUid }
            finally { Stop-UpgradeSandbox $sandbox }
        }
        $uids[0] | Should -Not -BeNullOrEmpty
        $uids[0] | Should -Not -Be $uids[1]
    }

    It 'never ends a process that only has its number' {
        $other = Start-Process $pwsh -ArgumentList '-NoProfile', '-NonInteractive', '-Command', 'Start-Sleep 60' -PassThru
        try {
            [KonUpgrade.Model.UpgradeSandbox]@{
                ProcessId = $other.Id; Path = "$TestDrive"; KubeConfigPath = (Join-Path $TestDrive 'kubeconfig'); Cluster = [string[]]'one'; ControlUri = 'https://127.0.0.1:1'
            } | Stop-UpgradeSandbox -ErrorVariable problem -ErrorAction SilentlyContinue
            $other.HasExited | Should -BeFalse
            @($problem).Count | Should -Be 1 -Because 'nothing was stopped, and nobody may think so'
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'SandboxNotStopped,*'
            $problem[0].CategoryInfo.Category | Should -Be 'ResourceUnavailable'
            $problem[0].TargetObject | Should -BeOfType [KonUpgrade.Model.UpgradeSandbox]
            "$($problem[0].ErrorDetails.RecommendedAction)" | Should -BeLike "*$($other.Id)*"
        }
        finally { $other.Kill() }
    }

    It 'does not start with -WhatIf, and one that runs does not stop with it' {
        Start-UpgradeSandbox one=1.30 -WhatIf | Should -BeNullOrEmpty
        $sandbox = Start-UpgradeSandbox one=1.30
        try {
            Stop-UpgradeSandbox $sandbox -WhatIf
            (Get-Process -Id $sandbox.ProcessId).HasExited | Should -BeFalse
        }
        finally { Stop-UpgradeSandbox $sandbox }
    }

    It 'ends with the session that started it' {
        $id = [int](Invoke-Session "Import-Module '$manifestPath'; (Start-UpgradeSandbox one=1.30).ProcessId" | Select-Object -Last 1)
        Wait-Until { -not (Get-Process -Id $id -ErrorAction Ignore) }
    }

    It 'refuses <_>, and so does its program' -ForEach 'One=1.30', 'one two=1.30', 'one', 'one=', '=1.30', 'one=1.20', 'one=1.35', 'one=2.0', 'one=1', 'one=1.x', 'one=1.30.', 'one=1.30.x', 'one=1.30.1 ', 'one-=1.30', 'a.b=1.30', "$('a' * 51)=1.30" {
        $problem = { Start-UpgradeSandbox $_ -WhatIf } | Should -Throw -PassThru
        $problem.FullyQualifiedErrorId | Should -BeLike 'SandboxClusterInvalid,*'
        $problem.CategoryInfo.Category | Should -Be 'InvalidArgument'
        $problem.TargetObject | Should -Be $_
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*blue=1.32*'
        $null = & dotnet exec (Join-Path $moduleRoot 'bin/Sandbox/KonUpgrade.Sandbox.dll') --parent-pid $PID --cluster $_ 2>&1
        $LASTEXITCODE | Should -BeIn 1, 2
    }

    It 'refuses two clusters of one name' {
        $problem = { Start-UpgradeSandbox one=1.30, one=1.31 -WhatIf } | Should -Throw -ErrorId 'SandboxClusterInvalid,*' -PassThru
        "$problem" | Should -BeLike "*one=1.31*another one is named 'one' already*"
        $problem.ErrorDetails.RecommendedAction | Should -BeLike '*name of its own*'
    }

    It 'takes every version that its program takes' {
        $clusters = 'one=1.21', 'two=v1.34', 'three=1.32.5', 'four=1.33.4-eks-5d4a308', 'five=v1.30.2+k3s1', 'a-b=1.29.0-rc.1', "$('a' * 50)=1.28"
        $sandbox = Start-UpgradeSandbox $clusters
        try { $sandbox.Cluster.Count | Should -Be $clusters.Count }
        finally { Stop-UpgradeSandbox $sandbox }
    }

    It 'says which runtime is missing, and where to get it' {
        $found = [KonUpgrade.Cmdlets.StartUpgradeSandboxCommand].Assembly.GetType('KonUpgrade.Sandbox.DotnetHost').GetMethod('Find')
        $record = [KonUpgrade.Cmdlets.StartUpgradeSandboxCommand].Assembly.GetType('KonUpgrade.Pipeline.FailureRecord').GetMethod('For', [type[]]([exception], [object]))
        # A dotnet with .NET and without ASP.NET Core, one whose ASP.NET Core is too old, and none at all.
        $bare = Join-Path $TestDrive 'bare-dotnet'
        $old = Join-Path $TestDrive 'old-dotnet'
        $null = New-Item -ItemType Directory -Path (Join-Path $bare 'shared/Microsoft.NETCore.App/8.0.1'), (Join-Path $old 'shared/Microsoft.AspNetCore.App/6.0.36')
        $programs = foreach ($root in $bare, $old) { (New-Item -ItemType File -Path (Join-Path $root 'dotnet')).FullName }
        foreach ($candidates in @(, $programs), @(, @())) {
            $thrown = { $found.Invoke($null, @(, [string[]] $candidates[0])) } | Should -Throw -PassThru
            $problem = $record.Invoke($null, @($thrown.Exception.GetBaseException(), $null))
            $problem.FullyQualifiedErrorId | Should -Be 'AspNetCoreRuntimeMissing'
            $problem.CategoryInfo.Category | Should -Be 'NotInstalled'
            $problem.ErrorDetails.Message | Should -BeLike '*ASP.NET Core*'
            foreach ($program in $candidates[0]) { $problem.ErrorDetails.Message | Should -BeLike "*$program*" }
            $problem.ErrorDetails.RecommendedAction | Should -BeLike '*https://dotnet.microsoft.com/download*DOTNET_ROOT*'
        }
        $null = New-Item -ItemType Directory -Path (Join-Path $old 'shared/Microsoft.AspNetCore.App/8.0.0')
        $found.Invoke($null, @(, [string[]] $programs)) | Should -Be $programs[1]
    }

    It 'tells how long it may take in every way of writing it' -ForEach @(
        @{ Text = '45s' }, @{ Text = '1m30s' }, @{ Text = 40 }, @{ Text = '00:00:40' }, @{ Text = [timespan]::FromSeconds(40) }
    ) {
        { Start-UpgradeSandbox one=1.30 -Timeout $Text -WhatIf } | Should -Not -Throw
    }

    It 'refuses a time that is none' -ForEach @(@{ Text = 'soon' }, @{ Text = 0 }, @{ Text = '-5s' }, @{ Text = '' }, @{ Text = '400d' }) {
        { Start-UpgradeSandbox one=1.30 -Timeout $Text -WhatIf } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
    }

    It 'is stopped by the time, and leaves no process' {
        $before = @(Get-Process dotnet -ErrorAction Ignore).Id
        { Start-UpgradeSandbox one=1.30 -Timeout 1ms } | Should -Throw -ErrorId 'TimeLimitReached,*'
        Wait-Until { -not (Get-Process dotnet -ErrorAction Ignore | Where-Object { $_.Id -notin $before -and $_.CommandLine -like '*KonUpgrade.Sandbox.dll*' -and $_.Parent.Id -eq $PID }) }
    }
}

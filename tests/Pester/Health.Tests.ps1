Describe 'Test-ClusterHealth' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.33, green=1.34
        $env:KUBECONFIG = $sandbox.KubeConfigPath
        Add-TestObject $sandbox green @{
            apiVersion = 'v1'; kind = 'Service'; metadata = @{ name = 'silent'; namespace = 'default' }; spec = @{ selector = @{ app = 'none' }; ports = @(@{ port = 80 }) }
        }
    }

    AfterAll {
        Stop-UpgradeSandbox $sandbox
        Remove-Item env:KUBECONFIG -ErrorAction Ignore
    }

    It 'says of a cluster that is well that nothing is the matter, check by check' {
        $checks = Test-ClusterHealth blue
        $checks | Should -BeOfType [KonUpgrade.Model.ReadinessCheck]
        $checks.IsBlocking | Should -Not -Contain $true
        $checks.Cluster | Select-Object -Unique | Should -Be 'blue'
        Test-ClusterHealth blue -Quiet | Should -BeTrue
    }

    It 'ends with one error where something blocks, after every check was made' {
        $checks = Test-ClusterHealth green -ErrorVariable problem -ErrorAction SilentlyContinue
        $checks.Count | Should -Be (Test-ClusterHealth blue).Count
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NotHealthy,*'
        $problem[0].CategoryInfo.TargetName | Should -Be 'green'
        $failed = $checks | Where-Object Status -EQ Failed
        $failed.Id | Should -Be 'ServicesAnswer'
        $failed.Findings[0].Target | Should -Be 'Service default/silent'
        { Test-ClusterHealth green -ErrorAction Stop } | Should -Throw -ErrorId 'NotHealthy,*'
    }

    It 'gives true or false with -Quiet, and no error' {
        Test-ClusterHealth green -Quiet -ErrorVariable problem | Should -BeFalse
        $problem | Should -BeNullOrEmpty
        Test-ClusterHealth green -Quiet -Exclude ServicesAnswer | Should -BeTrue
        Test-ClusterHealth green -Quiet -Namespace kube-public | Should -BeTrue
    }

    It 'takes ids with wildcards, completes them, and refuses those that no check has' {
        (Test-ClusterHealth blue -Include 'Pods*', nodesready).Id | Should -Be 'NodesReady', 'PodsRunning'
        { Test-ClusterHealth blue -Include NodeReady } | Should -Throw -ErrorId 'UnknownCheck,*'
        $line = 'Test-ClusterHealth -Include Wor'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'WorkloadsAvailable'
    }

    It 'takes clusters from the pipeline, and goes on after one that does not answer' {
        $gone = [IO.Path]::Combine($TestDrive, 'gone')
        (Get-Content $sandbox.KubeConfigPath -Raw) -replace '127\.0\.0\.1:\d+', '127.0.0.1:1' | Set-Content $gone
        $checks = @(Get-ClusterContext blue -KubeConfigPath $gone) + @(Get-ClusterContext blue) |
            Test-ClusterHealth -Include NodesReady -ErrorVariable problem -ErrorAction SilentlyContinue
        $checks.Count | Should -Be 1
        $problem.Count | Should -Be 1
        Get-ClusterContext blue -KubeConfigPath $gone | Test-ClusterHealth -Quiet -WarningVariable why -WarningAction SilentlyContinue | Should -BeFalse
        $why | Should -Not -BeNullOrEmpty
    }

    It 'runs the checks of the system that is named, and of one of ones own' {
        $path = Join-Path $TestDrive own.yaml
        @'
apiVersion: konupgrade.dev/v1
kind: UpgradeSystem
metadata: {name: Own}
title: Our own
health:
- {id: SettingsReady, title: Settings are ready, remedy: Wait., kinds: [ConfigMap], fields: {data.state: ready}, unless: [data.other]}
'@ | Set-Content $path
        Add-TestObject $sandbox blue @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ name = 'settings'; namespace = 'default' }; data = @{ state = 'filling' } }
        $check = Test-ClusterHealth blue -SystemPath $path -Namespace default -Include Settings* -ErrorAction SilentlyContinue
        $check.Status | Should -Be Failed
        $check.Findings | Where-Object Name -EQ settings | ForEach-Object Message | Should -Be 'its data.state is filling, and not ready'
        $line = "Test-ClusterHealth -SystemPath '$path' -Include Settings"
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'SettingsReady'
        (Test-ClusterHealth blue -System Konstellation).Id | Should -Contain 'AppTargetsRunning'
        (Test-ClusterHealth blue).Id | Should -Not -Contain 'AppTargetsRunning'
        { Test-ClusterHealth blue -Include AppTargetsRunning } | Should -Throw -ErrorId 'NoCheckLeft,*'
    }
}

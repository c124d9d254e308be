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

    It 'waits with -Wait, and tells at the end of the time what it has seen last' {
        $checks = Test-ClusterHealth green -Wait -Timeout 2 -Include Nodes*, ServicesAnswer -ErrorVariable problem -ErrorAction SilentlyContinue
        $checks.Id | Should -Be 'NodesReady', 'ServicesAnswer'
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NotHealthy,*'
        "$($problem[0])" | Should -BeLike 'green is not well after 2 s of waiting: 1 check *'
        Test-ClusterHealth blue -Wait -Quiet | Should -BeTrue
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

Describe 'Compare-ClusterHealth' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.33, green=1.34
        $env:KUBECONFIG = $sandbox.KubeConfigPath
        foreach ($name in 'web', 'mailer') {
            Add-TestObject $sandbox blue @{
                apiVersion = 'v1'; kind = 'Service'; metadata = @{ name = $name; namespace = 'default' }; spec = @{ selector = @{ app = $name }; ports = @(@{ port = 80 }) }
            }
        }
        Add-TestObject $sandbox green @{
            apiVersion = 'v1'; kind = 'Service'; metadata = @{ name = 'new'; namespace = 'default' }; spec = @{ selector = @{ app = 'new' }; ports = @(@{ port = 80 }) }
        }
        foreach ($name in 'blue', 'green') {
            Add-TestObject $sandbox $name @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'even' } }
            Add-TestObject $sandbox $name @{
                apiVersion = 'v1'; kind = 'Service'; metadata = @{ name = 'same'; namespace = 'even' }; spec = @{ selector = @{ app = 'same' }; ports = @(@{ port = 80 }) }
            }
        }
        $change = [pscustomobject]@{ ApiVersion = 'v1'; Kind = 'Service'; Namespace = 'default'; Name = 'mailer'; Action = 'Skipped'; Reason = 'Not needed there.' }
    }

    AfterAll {
        Stop-UpgradeSandbox $sandbox
        Remove-Item env:KUBECONFIG -ErrorAction Ignore
    }

    It 'tells what is on one side alone, and ends with one error where something blocks' {
        $found = Compare-ClusterHealth blue green -Namespace default -ErrorVariable problem -ErrorAction SilentlyContinue
        $found | Should -BeOfType [KonUpgrade.Model.ClusterDifference]
        $found | Sort-Object Name | ForEach-Object { "$($_.State) $($_.Kind) $($_.Name) $($_.IsBlocking)" } | Should -Be 'Missing Service mailer True', 'Extra Service new False', 'Missing Service web True'
        $problem.Count | Should -Be 1
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'GreenNotEqual,*'
        $problem[0].CategoryInfo.TargetName | Should -Be 'green'
        { Compare-ClusterHealth blue green -Namespace default -ErrorAction Stop } | Should -Throw -ErrorId 'GreenNotEqual,*'
    }

    It 'takes what an import did, also come back from a file, and says why' {
        $found = $change | ConvertTo-Json | ConvertFrom-Json | Compare-ClusterHealth blue green -Namespace default -ErrorAction SilentlyContinue
        $mailer = $found | Where-Object Name -EQ mailer
        $mailer.Reason | Should -Be 'Not needed there.'
        $mailer.IsBlocking | Should -BeFalse
        { Compare-ClusterHealth blue green -Change 'no change' } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
    }

    It 'gives true or false with -Quiet, and no error' {
        Compare-ClusterHealth blue green -Namespace default -Quiet -ErrorVariable problem | Should -BeFalse
        Compare-ClusterHealth blue green -Namespace even -Quiet -ErrorVariable +problem | Should -BeTrue
        $problem | Should -BeNullOrEmpty
        # What compares nothing says nothing good.
        Compare-ClusterHealth blue green -Namespace kube-node-lease -Quiet | Should -BeFalse
        { Compare-ClusterHealth blue green -Namespace kube-node-lease -ErrorAction Stop } | Should -Throw -ErrorId 'NothingCompared,*'
    }

    It 'knows what an export left out' {
        $export = Export-ClusterConfig -Cluster blue -System Kubernetes -Path (Join-Path $TestDrive blue)
        Compare-ClusterHealth blue green -Path $export.Path -ErrorAction SilentlyContinue | Where-Object Name -EQ web | ForEach-Object State | Should -Be 'Missing'
    }

    It 'waits with -Wait, and tells at the end of the time what it has seen last' {
        $found = Compare-ClusterHealth blue green -Namespace default -Wait -Timeout 2 -ErrorVariable problem -ErrorAction SilentlyContinue
        $found.Count | Should -Be 3
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'GreenNotEqual,*'
        "$($problem[0])" | Should -BeLike 'green is not what blue is after 2 s of waiting: *'
        Compare-ClusterHealth blue green -Namespace even -Wait -Quiet | Should -BeTrue
    }

    It 'refuses two contexts of one cluster' {
        { Compare-ClusterHealth blue blue-viewer } | Should -Throw -ErrorId 'SameCluster,*'
    }
}

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

    It 'writes into a directory that is named, and stops when it came back from a job' {
        $path = Join-Path $TestDrive 'a sandbox'
        $sandbox = Start-UpgradeSandbox one=1.30 -Path $path
        $sandbox.KubeConfigPath | Should -BeLike "$path*"
        $sandbox | Export-Clixml (Join-Path $TestDrive 'sandbox.xml')
        Import-Clixml (Join-Path $TestDrive 'sandbox.xml') | Stop-UpgradeSandbox
        Get-Process -Id $sandbox.ProcessId -ErrorAction Ignore | Should -BeNullOrEmpty
    }

    It 'that has ended already is no error to stop' {
        $sandbox = Start-UpgradeSandbox one=1.30
        Stop-UpgradeSandbox $sandbox
        { Stop-UpgradeSandbox $sandbox -ErrorAction Stop } | Should -Not -Throw
    }

    It 'never ends a process that only has its number' {
        $other = Start-Process $pwsh -ArgumentList '-NoProfile', '-NonInteractive', '-Command', 'Start-Sleep 60' -PassThru
        try {
            [KonUpgrade.Model.UpgradeSandbox]@{
                ProcessId = $other.Id; Path = "$TestDrive"; KubeConfigPath = (Join-Path $TestDrive 'kubeconfig'); Cluster = [string[]]'one'; ControlUri = 'https://127.0.0.1:1'
            } | Stop-UpgradeSandbox
            $other.HasExited | Should -BeFalse
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

    It 'says why it does not start' {
        $problem = { Start-UpgradeSandbox one=1.99 } | Should -Throw -PassThru
        $problem.FullyQualifiedErrorId | Should -BeLike 'SandboxNotStarted,*'
        "$problem" | Should -BeLike '*1.99*'
        { Start-UpgradeSandbox 'One Two' } | Should -Throw -ErrorId 'ParameterArgumentValidationError,*'
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

Describe 'Stopping' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34
        $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }
        Add-TestObject $sandbox blue @(
            @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'many' } }
            1..600 | ForEach-Object { @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ namespace = 'many'; name = "item-$_" }; data = @{ number = "$_" } } }
        )
        $export = Export-ClusterConfig -Cluster blue -Path (Join-Path $TestDrive 'many') -Namespace many @kube
        # Requests that last, so that there is something under way to stop, and that are counted.
        function Add-SlowWrite { Add-TestFault $sandbox @{ kind = 'slow'; cluster = 'green'; verb = 'create'; resource = 'configmaps'; delay = '00:00:00.2000000'; count = 100000 } }
        # No request comes any more: the count stays as it is for longer than one of them takes.
        function Assert-Quiet([string] $Fault, [int] $MostSoFar) {
            $count = Get-TestFaultCount $sandbox $Fault
            $count | Should -BeLessThan $MostSoFar
            Start-Sleep -Milliseconds 700
            Get-TestFaultCount $sandbox $Fault | Should -Be $count
        }
    }
    AfterEach { Clear-TestFault $sandbox }
    AfterAll { $sandbox | Stop-UpgradeSandbox }

    It 'Ctrl+C stops the requests, and the pipeline is stopped' {
        $fault = Add-SlowWrite
        $shell = Start-Shell "Import-ClusterConfig '$($export.Path)' -Cluster green -KubeConfigPath '$($sandbox.KubeConfigPath)' -ThrottleLimit 4; 'after'"
        Wait-Until { (Get-TestFaultCount $sandbox $fault) -gt 3 }
        $time = [Diagnostics.Stopwatch]::StartNew()
        $shell.Shell.Stop()
        $time.Elapsed.TotalSeconds | Should -BeLessThan 8
        $shell.Shell.InvocationStateInfo.State | Should -Be 'Stopped'
        $shell.Output | Should -Not -Contain 'after'
        $shell.Shell.Streams.Error | Should -BeNullOrEmpty
        Assert-Quiet $fault 300
    }

    It 'Select-Object -First stops the requests' {
        $fault = Add-SlowWrite
        $first = Import-ClusterConfig $export.Path -Cluster green -ThrottleLimit 4 -Kind ConfigMap @kube | Where-Object Action -EQ Created | Select-Object -First 2
        $first.Count | Should -Be 2
        Assert-Quiet $fault 300
    }

    It 'an error further down the pipeline stops the requests, and is the one that is seen' {
        $fault = Add-SlowWrite
        { Import-ClusterConfig $export.Path -Cluster green -ThrottleLimit 4 -Kind ConfigMap @kube | ForEach-Object { if ($_.Action -eq 'Created') { throw 'enough' } } } |
            Should -Throw 'enough'
        Assert-Quiet $fault 300
    }

    It 'the time stops the requests, and says that the same command carries on' {
        $fault = Add-SlowWrite
        $problem = { Import-ClusterConfig $export.Path -Cluster green -ThrottleLimit 2 -Timeout 2s @kube } | Should -Throw -PassThru
        $problem.FullyQualifiedErrorId | Should -BeLike 'TimeLimitReached,*'
        $problem.CategoryInfo.Category | Should -Be 'OperationTimeout'
        Assert-Quiet $fault 300
    }

    It 'an export that is stopped leaves the earlier one whole' {
        $path = Join-Path $TestDrive 'earlier'
        $before = Export-ClusterConfig -Cluster blue -Path $path -Namespace many @kube
        $fault = Add-TestFault $sandbox @{ kind = 'slow'; cluster = 'blue'; verb = 'list'; resource = 'configmaps'; delay = '00:00:20'; count = 100 }
        $shell = Start-Shell "Export-ClusterConfig -Cluster blue -Path '$path' -KubeConfigPath '$($sandbox.KubeConfigPath)' -Namespace many"
        Wait-Until { (Get-TestFaultCount $sandbox $fault) -gt 0 }
        $time = [Diagnostics.Stopwatch]::StartNew()
        $shell.Shell.Stop()
        $time.Elapsed.TotalSeconds | Should -BeLessThan 8
        Clear-TestFault $sandbox
        Compare-ClusterConfig $path blue -Namespace many @kube | Should -BeNullOrEmpty
        $before.ObjectCount | Should -BeGreaterThan 600
    }

    It 'the same command carries on after a stop, and nothing is written twice' {
        $changes = Import-ClusterConfig $export.Path -Cluster green @kube
        $changes | Where-Object Action -EQ Failed | Should -BeNullOrEmpty
        ($changes | Where-Object Action -EQ Created).Count | Should -BeLessThan 600
        Compare-ClusterConfig $export.Path green -Namespace many @kube | Should -BeNullOrEmpty
    }
}

Describe 'Test-ClusterUpgrade' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34
        $with = @{ KubeConfigPath = $sandbox.KubeConfigPath }
    }

    AfterAll { $sandbox | Stop-UpgradeSandbox }

    It 'tells the way in place hop by hop, and that it takes several upgrades' {
        $check = Test-ClusterUpgrade blue 1.34 -Include VersionPath @with -ErrorVariable problem -ErrorAction SilentlyContinue
        $check | Should -BeOfType [KonUpgrade.Model.ReadinessCheck]
        $check.Status | Should -Be 'Failed'
        $check.Hops.To | Should -Be '1.33', '1.34'
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'NotReady,*'
        Test-ClusterUpgrade blue 1.34 -Quiet @with -ErrorVariable problem | Should -BeFalse
        $problem | Should -BeNullOrEmpty
    }

    It 'passes for the next version, and beside a green cluster for any' {
        Test-ClusterUpgrade blue @with | Where-Object IsBlocking | Should -BeNullOrEmpty
        Test-ClusterUpgrade -Blue blue -Green green -Quiet @with | Should -BeTrue
        (Test-ClusterUpgrade -Blue blue -TargetVersion 1.36 -Include VersionPath @with).Hops.To | Should -Be '1.36'
    }

    It 'refuses what makes no sense' {
        { Test-ClusterUpgrade -Blue blue -Green blue @with } | Should -Throw -ErrorId 'SameCluster,*'
        { Test-ClusterUpgrade -Blue blue -Green green -TargetVersion 1.34 @with } | Should -Throw -ErrorId 'TargetAmbiguous,*'
        { Test-ClusterUpgrade blue next @with } | Should -Throw -ErrorId 'InvalidTargetVersion,*'
    }

    It 'completes versions and ids' {
        $line = "Test-ClusterUpgrade blue -KubeConfigPath '$($sandbox.KubeConfigPath)' -TargetVersion "
        (TabExpansion2 $line $line.Length).CompletionMatches.ListItemText | Should -Be '1.33', '1.34', '1.35', '1.36', '1.37'
        $line = 'Test-ClusterUpgrade -Exclude Version'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'VersionPath'
    }
}

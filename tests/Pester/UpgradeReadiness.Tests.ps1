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

    It 'tells a finding that is accepted, and is not stopped by it' {
        $check = Test-ClusterUpgrade blue 1.34 -Include VersionPath -Exclude 'VersionPath:bl*' @with -ErrorAction Stop
        $check.Status | Should -Be Warning
        $check.Findings.Target | Should -Be blue
        { Test-ClusterUpgrade blue 1.34 -Include VersionPath -Exclude 'VersionPath:green' @with -ErrorAction Stop } | Should -Throw -ErrorId 'NotReady,*'
        { Test-ClusterUpgrade blue 1.34 -Exclude 'VersionPfad:*' @with } | Should -Throw -ErrorId 'UnknownCheck,*'
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

    It 'looks at EKS and at what AWS Backup could take, as the cluster logs in' {
        $was = Set-TestEnvironment @{
            AWS_SHARED_CREDENTIALS_FILE = $sandbox.CredentialPath; AWS_ACCESS_KEY_ID = $null; AWS_SECRET_ACCESS_KEY = $null; AWS_SESSION_TOKEN = $null
            AWS_PROFILE = $null; AWS_REGION = $null; AWS_DEFAULT_REGION = $null; AWS_EC2_METADATA_DISABLED = 'true'; AWS_MAX_ATTEMPTS = '2'
        }
        try {
            $null = Invoke-Control $sandbox eks/clusters/green/addons @(@{ name = 'vpc-cni'; version = 'v1.20.1-eksbuild.1'; status = 'DEGRADED' }) -Method Put
            $aws = @{ Region = $sandbox.Region; EndpointUrl = $sandbox.EndpointUrl }
            $blue = Get-ManagedCluster blue @aws
            $state = @{ IamRoleArn = $sandbox.IamRoleArn; Database = ($sandbox.ResourceArn -like 'arn:aws:rds:*')[0]; Bucket = 'nobody' }
            $checks = Test-ClusterUpgrade -Blue $blue -Green (Get-ManagedCluster green @aws) -Include SnapshotsReady, EksAddons @state -ErrorVariable problem -ErrorAction SilentlyContinue
            $checks.Id | Should -Be SnapshotsReady, EksAddons
            $checks.Status | Should -Be Failed, Failed
            $checks[0].Examined | Should -Be '2 stores outside the cluster'
            $checks[0].Findings.Target | Should -Be 'arn:aws:s3:::nobody'
            $checks[1].Findings.Message | Should -Be 'EKS calls it DEGRADED'
            $problem | Should -HaveCount 1
            ($blue | Test-ClusterUpgrade -Include SnapshotsReady).Status | Should -Be NotApplicable
            $blue | Test-ClusterUpgrade -Include SnapshotsReady -IamRoleArn "$($sandbox.IamRoleArn)s" -Bucket artifacts -Quiet | Should -BeFalse
        }
        finally { $null = Set-TestEnvironment $was }
    }

    It 'is false with -Quiet where it cannot be found out, so that no script goes on past it' {
        $quiet = @{ Quiet = $true; WarningVariable = 'why'; WarningAction = 'SilentlyContinue'; ErrorVariable = 'problem' }
        Test-ClusterUpgrade typo @with @quiet | Should -BeFalse
        "$why" | Should -BeLike "There is no context 'typo'*Known: blue*"
        Test-ClusterUpgrade blue 1.33 -Include Versoin @with @quiet | Should -BeFalse
        "$why" | Should -BeLike "No check has the id 'Versoin'*"
        Test-ClusterUpgrade -Blue blue -Green green -TargetVersion 1.34 @with @quiet | Should -BeFalse
        Test-ClusterUpgrade blue 1.33 -KubeConfigPath (Join-Path $TestDrive nowhere) @quiet | Should -BeFalse
        Test-ClusterUpgrade blue 1.33 -Timeout 0.001 @with @quiet | Should -BeFalse
        "$why" | Should -BeLike '*time*'
        $problem | Should -BeNullOrEmpty
        Test-ClusterHealth typo @with @quiet | Should -BeFalse
        Compare-ClusterHealth blue typo @with @quiet | Should -BeFalse
        $problem | Should -BeNullOrEmpty
    }

    It 'completes versions and ids' {
        $line = "Test-ClusterUpgrade blue -KubeConfigPath '$($sandbox.KubeConfigPath)' -TargetVersion "
        (TabExpansion2 $line $line.Length).CompletionMatches.ListItemText | Should -Be '1.33', '1.34', '1.35', '1.36', '1.37'
        $line = 'Test-ClusterUpgrade -Exclude Version'
        (TabExpansion2 $line $line.Length).CompletionMatches.CompletionText | Should -Be 'VersionPath'
    }
}

# The limit of a Kubermatic of a master and a seed, on simulated clusters.
Describe 'The reconcile limit of a Kubermatic' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        function Get-Kkp([string] $Kind, [string] $Name, $Spec = @{}, [string] $Namespace, [hashtable] $More = @{}, [hashtable] $Annotations) {
            $metadata = @{ name = $Name }
            if ($Namespace) { $metadata.namespace = $Namespace }
            if ($Annotations) { $metadata.annotations = $Annotations }
            @{ apiVersion = 'kubermatic.k8c.io/v1'; kind = $Kind; metadata = $metadata; spec = $Spec } + $More
        }
        function Get-UserCluster([string] $Name, [string] $Version = 'v2.31.0', [bool] $UpToDate = $true, [hashtable] $Spec = @{}) {
            $conditions = @{}
            foreach ($type in 'SeedResourcesUpToDate', 'ClusterControllerReconciledSuccessfully', 'AddonControllerReconciledSuccessfully', 'CloudControllerReconciledSuccessfully', 'UpdateControllerReconciledSuccessfully', 'MonitoringControllerReconciledSuccessfully') {
                $conditions[$type] = @{ status = 'True'; kubermaticVersion = $Version; lastTransitionTime = '2026-03-02T09:05:00Z' }
            }
            $conditions.SeedResourcesUpToDate.status = "$UpToDate"
            Get-Kkp Cluster $Name ($Spec + @{ humanReadableName = $Name; version = '1.34.4' }) '' @{ status = @{ conditions = $conditions } }
        }
        function Get-Controller([int] $Limit) {
            @{
                apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ name = 'kubermatic-seed-controller-manager'; namespace = 'kubermatic'; generation = 1 }
                spec       = @{
                    replicas = 1; selector = @{ matchLabels = @{ app = 'scm' } }
                    template = @{ metadata = @{ labels = @{ app = 'scm' } }; spec = @{ containers = @(@{ name = 'c'; image = 'quay.io/k:1'; args = @("-max-parallel-reconcile=$Limit") }) } }
                }
                status     = @{ observedGeneration = 1; replicas = 1; updatedReplicas = 1; availableReplicas = 1 }
            }
        }
        function Get-Installed([switch] $Master) {
            @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'kubermatic' } }
            $kinds = @{ Cluster = 'Cluster'; Seed = 'Namespaced'; KubermaticConfiguration = 'Namespaced' }
            if ($Master) { $kinds.KubermaticSetting = 'Cluster' }
            foreach ($kind in $kinds.Keys) {
                $name = $kind.ToLowerInvariant()
                @{
                    apiVersion = 'apiextensions.k8s.io/v1'; kind = 'CustomResourceDefinition'; metadata = @{ name = "${name}s.kubermatic.k8c.io" }
                    spec       = @{
                        group = 'kubermatic.k8c.io'; scope = $kinds[$kind]; names = @{ kind = $kind; plural = "${name}s"; singular = $name; listKind = "${kind}List" }
                        versions = @(@{ name = 'v1'; served = $true; storage = $true; schema = @{ openAPIV3Schema = @{ type = 'object'; 'x-kubernetes-preserve-unknown-fields' = $true } } })
                    }
                }
            }
        }
        $sandbox = Start-UpgradeSandbox master=1.33, eu=1.33
        $kubeConfig = (Get-Content -LiteralPath $sandbox.KubeConfigPath -Raw) -replace 'current-context: .*', 'current-context: eu'
        Add-TestObject $sandbox master @(
            Get-Installed -Master
            @{ apiVersion = 'v1'; kind = 'Secret'; metadata = @{ name = 'kubeconfig-eu'; namespace = 'kubermatic' }; data = @{ kubeconfig = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($kubeConfig)) } }
            Get-Kkp Seed eu @{ country = 'DE'; kubeconfig = @{ name = 'kubeconfig-eu' } } kubermatic @{ status = @{ versions = @{ kubermatic = 'v2.31.0' } } }
            Get-Kkp KubermaticConfiguration kubermatic @{ ingress = @{ domain = 'kkp.example.com' } } kubermatic @{ status = @{ kubermaticVersion = 'v2.31.0'; kubermaticEdition = 'Community Edition' } }
        )
        Add-TestObject $sandbox eu @(
            Get-Installed
            Get-UserCluster one
            Get-UserCluster two v2.30.2
            Get-UserCluster stuck v2.30.2 $false @{ pause = $true; pauseReason = 'manual etcd repair' }
            Get-Controller 2
        )
        $with = @{ KubeConfigPath = $sandbox.KubeConfigPath }
        $quiet = @{ WarningAction = 'SilentlyContinue' }
    }
    AfterAll { $sandbox | Stop-UpgradeSandbox }

    It 'tells the limit and the load of each seed' {
        $limit = Get-ReconcileLimit master @with -WarningVariable told -WarningAction SilentlyContinue
        $limit.Limit, $limit.Configured, $limit.IsKept, $limit.TargetVersion, $limit.RemainingLoad, $limit.IsSettled | Should -Be @(10, $null, $false, 'v2.31.0', 1, $false)
        $limit.Seeds[0].Done, $limit.Seeds[0].Waiting, $limit.Seeds[0].Excluded | Should -Be 1, 1, 1
        $limit.Seeds[0].BlockingClusters | Should -Be stuck
        $told | Should -BeLike '*1 of 10 slots*stuck*'
    }

    It 'reads the current context where none is named, and sets none' {
        { Set-ReconcileLimit -Limit 2 @with } | Should -Throw -ErrorId 'ClusterNotGiven*'
        { Get-ReconcileLimit eu @with } | Should -Throw -ErrorId 'NotAMaster*'
        $master = "$TestDrive/master"
        (Get-Content -LiteralPath $sandbox.KubeConfigPath -Raw) -replace 'current-context: .*', 'current-context: master' | Set-Content -LiteralPath $master
        (Get-ReconcileLimit -KubeConfigPath $master @quiet).Context | Should -Be master
    }

    It 'says what it would do, and writes nothing' {
        $said = Invoke-Session "Import-Module '$manifestPath'; Set-ReconcileLimit -Cluster master -Limit 2 -WhatIf -KubeConfigPath '$($sandbox.KubeConfigPath)' -WarningAction SilentlyContinue"
        "$said" | Should -BeLike '*10 (nothing is configured) → 2*kubermatic/kubermatic on master*'
        (Get-ReconcileLimit master @with @quiet).Limit | Should -Be 10
    }

    It 'refuses less than one, and says what zero means' {
        { Set-ReconcileLimit -Cluster master -Limit 0 @with @quiet } | Should -Throw -ErrorId 'LimitInvalid*' -ExpectedMessage '*0 means the default, 10*'
        { Set-ReconcileLimit -Cluster master -Reset -Timeout 5m @with @quiet } | Should -Throw -ErrorId 'TimeoutWithoutWait*'
    }

    It 'is lowered, and waits for the controllers of the seeds' {
        $limit = Set-ReconcileLimit -Cluster master -Limit 2 -Wait -Timeout 1m @with @quiet
        $limit.Action, $limit.Limit, $limit.Before, $limit.IsLowered | Should -Be Lowered, 2, 10, $true
        $limit.Seeds[0].ControllerLimit, $limit.Seeds[0].IsRolledOut | Should -Be 2, $true
        (Set-ReconcileLimit -Cluster master -Limit 2 @with @quiet).Action | Should -Be Unchanged
    }

    It 'says which seeds do not run with it in time' {
        $limit = Set-ReconcileLimit -Cluster master -Limit 3 -Wait -Timeout 0.1 @with @quiet -ErrorVariable late -ErrorAction SilentlyContinue
        $limit.Limit, $limit.Before | Should -Be 3, 10
        $late[0].FullyQualifiedErrorId | Should -BeLike 'RolloutNotFinished,*'
    }

    It 'takes limits that came back, and refuses those of other clusters' {
        $limit = Get-ReconcileLimit master @with @quiet
        $limit | Export-Clixml "$TestDrive/limit.xml"
        $back = Import-Clixml "$TestDrive/limit.xml"
        $back.Seeds[0].BlockingClusters | Should -Be stuck
        ($back | Set-ReconcileLimit -Limit 2 @with @quiet).Limit | Should -Be 2
        $back.ClusterUid = 'another'
        $back | Set-ReconcileLimit -Limit 4 @with @quiet -ErrorVariable refused -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $refused[0].FullyQualifiedErrorId | Should -BeLike 'OtherCluster,*'
        (Get-ReconcileLimit master @with @quiet | ConvertTo-Json -Depth 4 | ConvertFrom-Json).Action | Should -Not -BeNullOrEmpty
    }

    It 'is exported as it was, and compared so' {
        $exports = Export-ClusterConfig -Cluster master -Path "$TestDrive/export" @with -WarningAction SilentlyContinue
        $file = Join-Path ($exports | Where-Object Role -EQ master).Path 'kubermatic.k8c.io/KubermaticConfiguration/kubermatic/kubermatic.yaml'
        Get-Content -LiteralPath $file -Raw | Should -Not -Match 'maximumParallelReconciles|konupgrade|seedController'
        $null = Get-ReconcileLimit master @with @quiet | Set-ReconcileLimit -Limit 4 @with @quiet
        Compare-ClusterConfig -Reference ($exports | Where-Object Role -EQ master).Path -Difference master -Kind KubermaticConfiguration @with | Should -BeNullOrEmpty
    }

    It 'is not put back while load remains, and then exactly as it was' {
        { Set-ReconcileLimit -Cluster master -Reset @with @quiet } | Should -Throw -ErrorId 'LoadRemains*' -ExpectedMessage '*eu: 0 in progress, 1 waiting*'
        $limit = Set-ReconcileLimit -Cluster master -Reset -Force @with @quiet
        $limit.Action, $limit.Limit, $limit.IsKept | Should -Be @('Reset', 10, $false)
        $limit.Configured | Should -BeNullOrEmpty
        $again = Set-ReconcileLimit -Cluster master -Reset @with @quiet
        $again.Action | Should -Be Unchanged
        $again.Reason | Should -BeLike 'Nothing is kept*'
    }

    Context 'A plan of it in place' {
        BeforeAll {
            $soon = @{ limit = @{ wait = $false }; unlimit = @{ wait = $false } }
            $plan = New-UpgradePlan -Cluster master -TargetVersion 2.32 -Setting $soon @with @quiet
            $short = New-UpgradePlan -Cluster master -SystemVersion v2.32.1 -Name short -Setting $soon -Omit readiness, back-up, install, reconcile, health @with @quiet
        }

        It 'has no green cluster, and steps by version' {
            $plan.Way, $plan.Green, $plan.TargetVersion, $plan.Name, $plan.System | Should -Be @('InPlace', $null, '2.32', 'master-to-2-32', 'Kubermatic')
            "$($plan.Steps.Id)" | Should -Be 'readiness-2-32 back-up-2-32 limit-2-32 install-2-32 reconcile-2-32 unlimit-2-32 health-2-32'
            $plan | Format-Table | Out-String | Should -Match 'in place 2.32'
            (New-UpgradePlan -Cluster master -TargetVersion ee-v2.33.1 -Gate install -WarningVariable told -WarningAction SilentlyContinue @with).Steps.Where({ $_.Gate -eq 'Approval' }).Id | Should -Be 'install-2-32', 'install-2-33-1'
            "$told" | Should -BeLike '*every Secret and Preset*-Secret Encrypt*'
        }

        It 'comes back from its file, from JSON and from another session as it was' {
            $plan | Export-UpgradePlan "$TestDrive/plan.yaml" -Force
            Get-Content "$TestDrive/plan.yaml" -Raw | Should -Match '(?m)^way: InPlace$'
            $file = Import-UpgradePlan "$TestDrive/plan.yaml"
            $json = $plan | ConvertTo-Json -Depth 6 | ConvertFrom-Json | Export-UpgradePlan "$TestDrive/json.yaml" -PassThru
            $session = [Management.Automation.PSSerializer]::Deserialize([Management.Automation.PSSerializer]::Serialize($plan, 6)) | Export-UpgradePlan "$TestDrive/session.yaml" -PassThru
            foreach ($back in $file, $json, $session) { $back.Way, $back.Green, "$($back.Steps.Id)" | Should -Be @('InPlace', $null, "$($plan.Steps.Id)") }
        }

        It 'is shown, run, gone on with and taken back' {
            $journal = "$TestDrive/short.jsonl"
            $would = $short | Invoke-BlueGreenUpgrade -JournalPath $journal -WhatIf @quiet
            $would.Id | Should -Be 'limit-2-32-1', 'unlimit-2-32-1'
            $would[0].Result | Should -BeLike '*10 (nothing is configured) → 2'
            # Two user clusters wait: putting the limit back is somebody's word.
            ($short | Invoke-BlueGreenUpgrade -JournalPath $journal @quiet).State | Should -Be AwaitingApproval
            (Get-ReconcileLimit master @with @quiet).Limit | Should -Be 2
            $upgrade = Get-BlueGreenUpgrade $journal
            $upgrade.Way, $upgrade.Green, $upgrade.TargetVersion | Should -Be @('InPlace', $null, '2.32.1')
            $upgrade | Format-Table | Out-String | Should -Match 'in place'
            ($upgrade | Resume-BlueGreenUpgrade -Approve unlimit-2-32-1 @quiet).State | Should -Be Completed
            (Get-ReconcileLimit master @with @quiet).Configured | Should -BeNullOrEmpty
            ($upgrade | ConvertTo-Json -Depth 4 | ConvertFrom-Json | Undo-BlueGreenUpgrade @quiet).State | Should -Be Undone
            $upgrade | Export-UpgradeReport "$TestDrive/short.html"
            Get-Content "$TestDrive/short.html" -Raw | Should -Match 'in place'
        }

        It 'is led through by the runbook for a terminal' {
            $path = Join-Path $TestDrive 'by-hand'
            $script = "& '$(Join-Path $moduleRoot 'Runbooks/Terminal/Invoke-ClusterUpgrade.ps1')' -Cluster master -TargetVersion 2.32.1 -Omit readiness, back-up, install, reconcile, health -Path '$path' -KubeConfigPath '$($sandbox.KubeConfigPath)' -Setting @{ limit = @{ wait = `$false }; unlimit = @{ wait = `$false } }"
            Invoke-Person $script g, t | Should -Match 'unlimit-2-32-1 waits\.[\s\S]*is Undone\.'
            (Get-ReconcileLimit master @with @quiet).Configured | Should -BeNullOrEmpty
            Join-Path $path 'report.html' | Should -Exist
        }

        It 'says at the terminal what the person is to run' {
            $path = Join-Path $TestDrive 'installed'
            $script = "& '$(Join-Path $moduleRoot 'Runbooks/Terminal/Invoke-ClusterUpgrade.ps1')' -Cluster master -TargetVersion 2.32.1 -Omit readiness, back-up, reconcile, health -Path '$path' -KubeConfigPath '$($sandbox.KubeConfigPath)' -Setting @{ limit = @{ wait = `$false }; install = @{ timeout = '1s'; interval = '1s' } }"
            # Nobody runs it here: the step fails, and all is taken back.
            $shown = Invoke-Person $script g, t
            $shown | Should -Match 'WARNING: Run the installer of Kubermatic 2\.32\.1: Run the installer of 2\.32\.1 against master, .* Command: kubermatic-installer deploy kubermatic-master '
            $shown | Should -Match 'is Undone\.'
        }

        It 'keeps its exports in a job of Azure Automation, whole, or is not begun' {
            $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=kkp', [Security.Cryptography.RSA]::Create(2048), 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1)
            [IO.File]::WriteAllBytes("$TestDrive/kkp.pfx", $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(1)).Export('Pfx'))
            $account = @"
Import-Module '$manifestPath'
function Get-AutomationVariable { Get-Content -LiteralPath '$($sandbox.KubeConfigPath)' -Raw }
function Get-AutomationCertificate([string] `$Name) { [System.Security.Cryptography.X509Certificates.X509Certificate2]::new("$TestDrive/`$Name.pfx", '', 'Exportable') }
"@
            function Invoke-Job([string] $Arguments) {
                (Invoke-Session "$account`ntry { & '$(Join-Path $moduleRoot 'Runbooks/AzureAutomation/Invoke-ClusterUpgrade.ps1')' -Blue master -Name in-azure $Arguments; 'Job completed' } catch { `"Job failed: `$(`$_.FullyQualifiedErrorId): `$_`" }") -join "`n"
            }
            $only = '-TargetVersion 2.32 -Omit readiness, limit, install, reconcile, unlimit, health'
            Invoke-Job $only | Should -Match 'Job failed: ExportsNotKept,'
            Get-BlueGreenUpgrade -JournalCluster master @with | Should -BeNullOrEmpty
            Invoke-Job '-TargetVersion 2.32 -Green eu' | Should -Match 'Job failed: .* and not both\.'
            $work = Join-Path $TestDrive 'kept'
            Invoke-Job "$only -WorkPath '$work' -Certificate kkp" | Should -Match 'in-azure is Completed\.\s+Job completed$'
            Get-ChildItem (Join-Path $work 'back-up-2-32/master/core/Secret') -Recurse -File -Name | Should -Match 'kubeconfig-eu'
            (Get-BlueGreenUpgrade -JournalCluster master @with | Undo-BlueGreenUpgrade -WorkPath $work -WarningVariable left @with @quiet).State | Should -Be Undone
            "$left" | Should -Match "the exports stay in .*back-up-2-32\."
        }

        It 'refuses what can not be upgraded so, and says what can' {
            { New-UpgradePlan -Cluster master -TargetVersion 2.32 -System Konstellation @with } | Should -Throw -ErrorId 'NotUpgradedInPlace,*' -ExpectedMessage '*Systems that are upgraded in place: Kubermatic.*'
            { New-UpgradePlan -Cluster eu -TargetVersion 2.32 @with } | Should -Throw -ErrorId 'OtherRole,*'
            { New-UpgradePlan -Cluster master -TargetVersion 2.31 @with } | Should -Throw -ErrorId 'VersionReached,*'
            { New-UpgradePlan -Blue master -Green eu @with } | Should -Throw -ErrorId 'SystemNotPlanned,*'
            { New-UpgradePlan -Cluster master -TargetVersion 2.32 -Green eu @with } | Should -Throw -ErrorId 'AmbiguousParameterSet,*'
            Complete-Line "New-UpgradePlan -Cluster master -TargetVersion 2.32 -KubeConfigPath '$($sandbox.KubeConfigPath)' -Omit " | Should -Contain unlimit
        }
    }
}

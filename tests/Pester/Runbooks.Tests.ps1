BeforeDiscovery {
    $runbooks = Get-ChildItem (Join-Path $PSScriptRoot '../../Runbooks') -Recurse -Filter *.ps1 |
        ForEach-Object { @{ Path = $_.FullName; Name = "$($_.Directory.Name)/$($_.Name)" } }
}

Describe 'The runbooks' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $runbookRoot = Join-Path $moduleRoot 'Runbooks'
        $sandbox = Start-UpgradeSandbox blue=1.33, green=1.34 -NodeCount 1 -LoadBalancer -Velero -ClockSpeed 200
        $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }
        $ingress = @{ apiVersion = 'networking.k8s.io/v1'; kind = 'Ingress'; metadata = @{ namespace = 'shop'; name = 'web' }; spec = @{ rules = @(@{ host = 'shop.sandbox.test' }) } }
        Add-TestObject $sandbox blue @(@(Get-ShopObject) + $ingress)
        $null = Invoke-Control $sandbox 'dns/speed?is=1000000' -Method Put
        $zone = (Invoke-Control $sandbox dns -Method Get).zones[0].id
        function Get-Load([string] $HostName = 'shop.sandbox.test') {
            $with = @{ Region = $sandbox.Region; EndpointUrl = $sandbox.EndpointUrl }
            $was = Set-TestEnvironment @{ AWS_SHARED_CREDENTIALS_FILE = $sandbox.CredentialPath; AWS_ACCESS_KEY_ID = $null; AWS_SECRET_ACCESS_KEY = $null; AWS_SESSION_TOKEN = $null; AWS_PROFILE = $null }
            try { Get-ClusterTraffic blue green $HostName @kube @with } finally { $null = Set-TestEnvironment $was }
        }
        Wait-Until { (Get-Load).BlueAddress }
        $xml = "<ResourceRecordSet><Name>shop.sandbox.test</Name><Type>CNAME</Type><TTL>1</TTL><ResourceRecords><ResourceRecord><Value>$((Get-Load).BlueAddress)</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>"
        $null = Invoke-Control $sandbox "dns/zones/$zone/records" "[$(ConvertTo-Json $xml)]"

        # What an account of Azure Automation gives a job, in a session where nobody answers, no program is found, and AWS
        # knows nobody but whom the runbook names; strict, as some have it.
        $account = @"
Set-StrictMode -Version Latest
Import-Module '$manifestPath'
`$env:PATH = ''
`$env:AWS_ENDPOINT_URL = '$($sandbox.EndpointUrl)'
`$env:AWS_EC2_METADATA_DISABLED = 'true'
foreach (`$name in 'AWS_SHARED_CREDENTIALS_FILE', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'AWS_PROFILE') { Remove-Item "env:`$name" -ErrorAction Ignore }
function Get-AutomationVariable([string] `$Name) {
    if (`$Name -ne 'KonUpgradeKubeConfig') { throw "There is no variable `$Name." }
    Get-Content -LiteralPath '$($sandbox.KubeConfigPath)' -Raw
}
function Get-AutomationPSCredential([string] `$Name) {
    if (`$Name -ne 'KonUpgradeAws') { throw "There is no credential `$Name." }
    `$keys = Get-Content -LiteralPath '$($sandbox.CredentialPath)' | Where-Object { `$_ -match '^aws_' } | ForEach-Object { (`$_ -split '=', 2)[1].Trim() }
    [pscredential]::new(`$keys[0], (ConvertTo-SecureString `$keys[1] -AsPlainText))
}
"@
        # One job: what it wrote, and at the end how it ended.
        function Invoke-Job([string] $Runbook, [string] $Arguments, [string] $Before = '') {
            (Invoke-Session "$account`n$Before`ntry { & '$(Join-Path $runbookRoot "AzureAutomation/$Runbook.ps1")' $Arguments; 'Job completed' } catch { `"Job failed: `$(`$_.FullyQualifiedErrorId): `$_`" }") -join "`n"
        }
    }
    AfterAll { $sandbox | Stop-UpgradeSandbox }

    It '<Name> says what it does, and what each parameter is' -ForEach $runbooks {
        $errors = $null
        $null = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref] $null, [ref] $errors)
        $errors | Should -BeNullOrEmpty
        $help = Get-Help $Path -Full
        $help.Synopsis | Should -Match '^[A-Z].*\.$'
        $help.examples.example | Should -Not -BeNullOrEmpty
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
        foreach ($parameter in (Get-Command $Path).Parameters.Keys | Where-Object { $_ -notin $common }) {
            (Get-Help $Path -Parameter $parameter).description.Text | Should -Not -BeNullOrEmpty -Because $parameter
        }
        # Whatever is there is run here.
        (Get-Content $PSCommandPath -Raw) | Should -Match ([regex]::Escape("'$Name is run'"))
    }

    It 'AzureAutomation/Test-ClusterReadiness.ps1 is run' {
        $ready = Invoke-Job Test-ClusterReadiness '-Cluster blue -Green green'
        $ready | Should -Match 'ReadinessProbes'
        $ready | Should -Match '\d+ Passed, .*1 Warning\s+Job completed$'
        # A budget that lets nothing go stands in the way of an upgrade in place.
        Add-TestObject $sandbox blue @{ apiVersion = 'policy/v1'; kind = 'PodDisruptionBudget'; metadata = @{ namespace = 'shop'; name = 'web' }; spec = @{ maxUnavailable = 0; selector = @{ matchLabels = @{ app = 'web' } } } }
        $not = Invoke-Job Test-ClusterReadiness '-Cluster blue -TargetVersion 1.34'
        $not | Should -Match 'BudgetsLetGo'
        $not | Should -Match 'Job failed: NotReady,'
        Invoke-Job Test-ClusterReadiness '-Cluster blue -TargetVersion 1.34 -Exclude BudgetsLetGo' | Should -Match 'Job completed$'
        Invoke-Job Test-ClusterReadiness "-Cluster blue -Exclude a, ''" '$checks = @{ Status = "Failed" }' | Should -Match '^\s*Job failed: ParameterArgumentValidationError,'
        Invoke-Job Test-ClusterReadiness '-Cluster blue -KubeConfigVariable other' | Should -Match 'Job failed: .*There is no variable other'
    }

    It 'AzureAutomation/Backup-ClusterState.ps1 is run' {
        $null = Invoke-Control $sandbox 'backup/speed?is=1000' -Method Put
        $arguments = "-Cluster blue -Namespace shop -IamRoleArn $($sandbox.IamRoleArn) -Database blue-db -Name nightly -Region $($sandbox.Region)"
        $first = Invoke-Job Backup-ClusterState $arguments
        $first | Should -Match 'blue-db +Completed'
        $first | Should -Match 'nightly +Completed +100%'
        $first | Should -Match 'Job completed$'
        # The same night again: what is there is found.
        Invoke-Job Backup-ClusterState $arguments | Should -Match 'Job completed$'
        @(Get-VeleroBackup -Cluster blue @kube).Name | Should -Be nightly
        $null = Invoke-Control $sandbox backup/troubles @{ outcome = 'FAILED'; message = 'no room' }
        Invoke-Job Backup-ClusterState ($arguments -replace 'nightly', 'second') | Should -Match 'Job failed: SnapshotIncomplete,'
    }

    It 'AzureAutomation/Invoke-ClusterUpgrade.ps1 is run' {
        $setting = ConvertTo-Json -Compress @{
            traffic = @{ hosts = 'shop.sandbox.test'; probe = 'http://shop.sandbox.test/'; probeAddress = "$($sandbox.LoadBalancerAddress[1])"; weights = 25, 100; soak = '1s'; ttl = '1s'; probeInterval = '200ms' }
            soak    = @{ duration = '1s'; interval = '200ms' }
        }
        $report = Join-Path $TestDrive 'report.html'
        $arguments = "-Blue blue -Green green -Name shop -Namespace shop -Gate quiesce-blue -Setting '$setting' -AwsKeys KonUpgradeAws -Region $($sandbox.Region) -ReportPath '$report'"
        $preview = Invoke-Job Invoke-ClusterUpgrade "$arguments -Preview `$true"
        $preview | Should -Match 'import +Pending: Would be: '
        $preview | Should -Match 'Job completed$'
        Get-BlueGreenUpgrade -JournalCluster blue @kube | Should -BeNullOrEmpty

        $first = Invoke-Job Invoke-ClusterUpgrade $arguments
        $first | Should -Match 'serve +Completed: 1 resumed'
        $first | Should -Match 'shop is AwaitingApproval\. quiesce-blue waits for approval'
        $first | Should -Match 'Job completed$'
        Get-Content $report -Raw | Should -Match 'Waits for approval'
        (Get-Load).ServedBy | Should -Be Blue

        # The schedule's next job finds the gate again, and another one at work.
        Invoke-Job Invoke-ClusterUpgrade $arguments | Should -Match 'quiesce-blue waits for approval'
        $busy = "function Resume-BlueGreenUpgrade { param([Parameter(ValueFromPipeline)] `$InputObject, [Parameter(ValueFromRemainingArguments)] `$Rest) Write-Error 'busy' -ErrorId 'JournalBusy,Resume' -ErrorAction Stop }"
        Invoke-Job Invoke-ClusterUpgrade $arguments $busy | Should -Match 'shop is in the hands of another job\.\s+Job completed$'

        $second = Invoke-Job Invoke-ClusterUpgrade "$arguments -Approve quiesce-blue, scale-down-blue"
        $second | Should -Match 'traffic +Completed'
        $second | Should -Match 'soak +Completed'
        $second | Should -Match 'shop is Completed\.\s+Job completed$'
        (Get-Load).ServedBy | Should -Be Green
        (Suspend-ClusterWorkload -Cluster blue -Namespace shop -Kind Deployment @kube).Action | Should -Be Unchanged
        Invoke-Job Invoke-ClusterUpgrade $arguments | Should -Match 'shop has come to its end: Completed\.\s+Job completed$'
    }

    It 'AzureAutomation/Undo-ClusterUpgrade.ps1 is run' {
        $arguments = "-Name shop -JournalCluster blue -AwsKeys KonUpgradeAws -Region $($sandbox.Region)"
        Invoke-Job Undo-ClusterUpgrade "$arguments -Preview `$true" | Should -Match 'traffic +Completed: '
        (Get-Load).ServedBy | Should -Be Green
        $undone = Invoke-Job Undo-ClusterUpgrade $arguments
        $undone | Should -Match 'traffic +Undone'
        $undone | Should -Match 'shop is Undone\.\s+Job completed$'
        (Get-Load).ServedBy | Should -Be Blue
        Invoke-Job Undo-ClusterUpgrade '-Name other -JournalCluster blue' | Should -Match 'Job failed: JournalNotFound,'
    }

    It 'AzureAutomation/<Runbook>.ps1 tells what went wrong, and reports no upgrade but its own' -ForEach @(
        @{ Runbook = 'Invoke-ClusterUpgrade'; Arguments = '-Blue blue -Green green -Name other -System None'; Problem = 'UnknownSystem' }
        @{ Runbook = 'Undo-ClusterUpgrade'; Arguments = '-Name other -JournalCluster blue'; Problem = 'JournalNotFound' }
    ) {
        $report = Join-Path $TestDrive "$Runbook.html"
        $with = "$Arguments -ReportPath '$report'"
        Invoke-Job $Runbook $with | Should -Match "Job failed: $Problem,"
        Invoke-Job $Runbook $with "`$upgrade = Get-BlueGreenUpgrade -JournalCluster blue -KubeConfigPath '$($sandbox.KubeConfigPath)'; `$upgrade.Name" | Should -Match "^shop\s+Job failed: $Problem,"
        Test-Path $report | Should -BeFalse
    }

    It 'Terminal/Copy-ClusterConfig.ps1 is run' {
        $target = Start-UpgradeSandbox there=1.34
        try {
            $was = Set-TestEnvironment @{ KUBECONFIG = "$($sandbox.KubeConfigPath)$([IO.Path]::PathSeparator)$($target.KubeConfigPath)" }
            $copy = @{ From = 'blue'; To = 'there'; Namespace = 'shop'; Path = Join-Path $TestDrive 'backup' }
            $script = { Set-StrictMode -Version Latest; & (Join-Path $runbookRoot 'Terminal/Copy-ClusterConfig.ps1') @args }
            (& $script @copy -WhatIf)[0] | Should -Match '^\d objects of blue are in '
            (Get-ClusterConfig -Cluster there -Kind Namespace).Name | Should -Not -Contain shop
            (& $script @copy)[-1] | Should -Be 'there has all that blue had.'
            # What is there already is left as it is, and differs then.
            Get-ClusterConfig -Cluster there -Namespace shop -Kind ConfigMap | Where-Object Name -EQ settings |
                ForEach-Object { $_.Object.data.color = 'red'; $_ } | Import-ClusterConfig -Cluster blue -Existing Apply -ForceConflict | Out-Null
            { & $script @copy } | Should -Throw -ErrorId 'CopyDiffers,*'
        }
        finally {
            $null = Set-TestEnvironment $was
            $target | Stop-UpgradeSandbox
        }
    }

    It 'Terminal/Invoke-ClusterUpgrade.ps1 is run' {
        $fresh = Start-UpgradeSandbox blue=1.32, green=1.34 -NodeCount 1
        try {
            Add-TestObject $fresh blue (Get-ShopObject)
            $path = Join-Path $TestDrive 'by-hand'
            $script = "Set-StrictMode -Version Latest; & '$(Join-Path $runbookRoot 'Terminal/Invoke-ClusterUpgrade.ps1')' -Blue blue -Green green -Path '$path' -KubeConfigPath '$($fresh.KubeConfigPath)'"
            # Nothing but the plan is there until somebody has agreed.
            Invoke-Person $script s | Should -Match 'import +Green +Low +None +Would be'
            Get-ChildItem $path -Name | Should -Be 'plan.yaml'
            $stopped = Invoke-Person $script g, s
            $stopped | Should -Match 'What now\? quiesce-blue waits\.'
            "$((Get-BlueGreenUpgrade (Join-Path $path 'upgrade.jsonl')).State)" | Should -Be 'AwaitingApproval'
            # It goes on where it was, and asks where a step fails.
            $null = Add-TestFault $fresh @{ kind = 'refuse'; cluster = 'blue'; verb = 'list'; resource = 'configmaps'; count = $null; statusCode = 403; message = 'not now' }
            $failed = Invoke-Person $script a, g, s
            $failed | Should -Match 'not now'
            $failed | Should -Match 'is Failed\.'
            Clear-TestFault $fresh
            Invoke-Person $script g, t | Should -Match 'scale-down-blue waits\.[\s\S]*is Undone\.'

            # The same way once more, to its end: first without what is left of that one.
            $null = Undo-BlueGreenUpgrade -JournalPath (Join-Path $path 'upgrade.jsonl') -RemoveImported -Confirm:$false -KubeConfigPath $fresh.KubeConfigPath -WarningAction SilentlyContinue
            $again = Join-Path $TestDrive 'again'
            Invoke-Person $script.Replace($path, $again) g, a, a | Should -Match 'is Completed\.[\s\S]*Undo-BlueGreenUpgrade -JournalPath .* takes it back'
            Get-Content (Join-Path $again 'report.html') -Raw | Should -Match '<!DOCTYPE html>'
        }
        finally { $fresh | Stop-UpgradeSandbox }
    }
}

Describe 'Traffic of host names' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.33, green=1.34 -LoadBalancer
        $was = Set-TestEnvironment @{
            AWS_SHARED_CREDENTIALS_FILE = $sandbox.CredentialPath; AWS_ACCESS_KEY_ID = $null; AWS_SECRET_ACCESS_KEY = $null; AWS_SESSION_TOKEN = $null
            AWS_PROFILE = $null; AWS_REGION = $null; AWS_DEFAULT_REGION = $null; AWS_EC2_METADATA_DISABLED = 'true'; AWS_MAX_ATTEMPTS = '2'
        }
        $null = Invoke-Control $sandbox 'dns/speed?is=1000000' -Method Put
        foreach ($cluster in 'blue', 'green') {
            Add-TestObject $sandbox $cluster @(
                @{ apiVersion = 'networking.k8s.io/v1'; kind = 'Ingress'; metadata = @{ namespace = 'shop'; name = 'web' }; spec = @{ rules = @(@{ host = 'shop.sandbox.test' }) } }
                @{ apiVersion = 'v1'; kind = 'Service'; metadata = @{ namespace = 'shop'; name = 'api' }; spec = @{ type = 'LoadBalancer'; ports = @(@{ port = 80 }) } })
        }
        $zone = (Invoke-Control $sandbox dns -Method Get).zones[0].id
        $on = @{ Blue = 'blue'; Green = 'green'; KubeConfigPath = $sandbox.KubeConfigPath; Region = $sandbox.Region; EndpointUrl = $sandbox.EndpointUrl }
        # As fast as a real clock lets it.
        $probe = @{ ProbeUri = 'http://shop.sandbox.test/'; ProbeAddress = $sandbox.LoadBalancerAddress[1]; ProbeInterval = '200ms' }
        $soon = $on + $probe + @{ Soak = 0; Ttl = 1; Confirm = $false }
        Wait-Until { (Get-ClusterTraffic @on shop.sandbox.test) | Where-Object { $_.BlueAddress -and $_.GreenAddress } }
        $load = Get-ClusterTraffic @on shop.sandbox.test
        function Set-TestRecord([string] $Name, [string] $Target, [string] $More = '', [int] $Ttl = 1) {
            $xml = "<ResourceRecordSet><Name>$Name.sandbox.test</Name><Type>CNAME</Type>$More<TTL>$Ttl</TTL><ResourceRecords><ResourceRecord><Value>$Target</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>"
            $null = Invoke-Control $sandbox "dns/zones/$zone/records" "[$(ConvertTo-Json $xml)]"
        }
        function Get-TestRecord { (Invoke-Control $sandbox dns -Method Get).zones[0].records }
    }
    AfterAll {
        if ($was) { $null = Set-TestEnvironment $was }
        $sandbox | Stop-UpgradeSandbox
    }
    BeforeEach { Set-TestRecord shop $load.BlueAddress }
    AfterEach {
        Clear-TestFault $sandbox
        $now = Get-ClusterTraffic @on shop.sandbox.test
        if ($now.IsSwitching -or $now.ServedBy -ne 'Blue') { $null = Switch-ClusterTraffic @on shop.sandbox.test -To Blue -SkipProbe -Soak 0 -Ttl 1 -Confirm:$false }
    }

    It 'is told with who serves, and where it would go' {
        $load.GreenAddress | Should -BeLike 'k8s-shop-web-*.elb.amazonaws.com'
        $load.Failure.Id | Should -Be TrafficRecordNotFound
        $traffic = Get-ClusterTraffic @on shop.sandbox.test
        $traffic | Should -BeOfType [KonUpgrade.Model.ClusterTraffic]
        "$($traffic.ServedBy) $($traffic.GreenPercent) $($traffic.Routing) $($traffic.Ttl) $($traffic.HostedZoneName)" | Should -Be 'Blue 0 Simple 00:00:01 sandbox.test'
        $traffic.GreenSource | Should -Be 'Ingress shop/web'
        "$($traffic.Records)" | Should -Be "CNAME $($load.BlueAddress)"
        ($traffic | Out-String -Width 120) | Should -Match 'None +shop.sandbox.test +Blue +0 +Simple'
        $traffic.Failure | Should -BeNullOrEmpty
    }

    It 'is found for every name that leads to one of the clusters' {
        Set-TestRecord other elsewhere.test
        $found = Get-ClusterTraffic @on
        $found.HostName | Should -Be shop.sandbox.test
        (Get-ClusterTraffic @on -HostedZoneId $zone).HostName | Should -Be shop.sandbox.test
        { Get-ClusterTraffic @on -HostedZoneId ZNONE } | Should -Throw -ErrorId 'HostedZoneNotFound,*'
        (Get-ClusterTraffic @on other.sandbox.test, shop.example.com).Failure.Id | Should -Be TrafficTargetUnknown, TrafficDnsElsewhere
        { Get-ClusterTraffic @on 'no name' } | Should -Throw -ErrorId 'HostNameInvalid,*'
    }

    It 'goes over in stages, is put back as one command, and goes over at once' {
        $before = Get-TestRecord
        $done = Switch-ClusterTraffic @soon shop.sandbox.test -Weight 25, 100 -TestHostName try.sandbox.test -InformationVariable told
        "$($done.Action) $($done.ServedBy) $($done.GreenPercent) $($done.Records)" | Should -Be "Switched Green 100 CNAME $($load.GreenAddress)"
        "$told" | Should -Match '25 % of the traffic goes to green'
        Get-TestRecord | Should -HaveCount $before.Count
        (Switch-ClusterTraffic @soon shop.sandbox.test).Action | Should -Be Unchanged
        $back = @{} + $soon
        $back.ProbeAddress = $sandbox.LoadBalancerAddress[0]
        $done = Switch-ClusterTraffic @back shop.sandbox.test -To Blue
        "$($done.Action) $($done.ServedBy)" | Should -Be 'Switched Blue'
        Get-TestRecord | Should -Be $before
        (Get-ClusterTraffic @on | Switch-ClusterTraffic @soon -AllAtOnce).ServedBy | Should -Be Green
    }

    It 'is only described with -WhatIf' {
        Set-TestRecord shop $load.BlueAddress '' 300
        $before = Get-TestRecord
        $planned = Switch-ClusterTraffic @on @probe shop.sandbox.test -WhatIf
        $planned.Action | Should -Be Planned
        $planned.Stages | Should -Be 'lower the TTL, and wait 00:05:00 until the old one has run out', '5 % for 00:06:00', '25 % for 00:06:00', '50 % for 00:06:00', '100 % for 00:06:00', 'restore form and TTL'
        Get-TestRecord | Should -Be $before
    }

    It 'is back where it was when green does not serve, with one error' {
        $before = Get-TestRecord
        $null = Add-TestFault $sandbox @{ kind = 'serverError'; group = 'load-balancer'; cluster = 'green'; statusCode = 503; skip = 3; count = $null }
        $done = Switch-ClusterTraffic @soon shop.sandbox.test -Weight 50, 100 -Soak 20 -ErrorVariable told -ErrorAction SilentlyContinue
        "$($done.Action) $($done.ServedBy)" | Should -Be 'PutBack Blue'
        $done.Failure.Message | Should -Match '50 % of the traffic: GET http://shop.sandbox.test/ at 127.0.0.1:\d+ answered 503'
        @($told)[0].FullyQualifiedErrorId | Should -BeLike 'TrafficProbeFailed,*'
        Get-TestRecord | Should -Be $before
        { Switch-ClusterTraffic @soon shop.sandbox.test } | Should -Throw -ErrorId 'TrafficTargetNotServing,*'
    }

    It 'that was stopped is carried on, or taken back' {
        $before = Get-TestRecord
        { Switch-ClusterTraffic @soon shop.sandbox.test -Weight 50, 100 -Soak 60 -Timeout 4 } | Should -Throw
        $now = Get-ClusterTraffic @on shop.sandbox.test
        "$($now.IsSwitching) $($now.GreenPercent) $($now.ServedBy)" | Should -Be 'True 50 Both'
        (Switch-ClusterTraffic @soon shop.sandbox.test -To Blue).Action | Should -Be PutBack
        Get-TestRecord | Should -Be $before
    }

    It 'that external-dns owns is refused with the reason' {
        $xml = '<ResourceRecordSet><Name>cname-shop.sandbox.test</Name><Type>TXT</Type><TTL>300</TTL><ResourceRecords><ResourceRecord><Value>"heritage=external-dns,external-dns/owner=blue"</Value></ResourceRecord></ResourceRecords></ResourceRecordSet>'
        $null = Invoke-Control $sandbox "dns/zones/$zone/records" "[$(ConvertTo-Json $xml)]"
        (Get-ClusterTraffic @on shop.sandbox.test).Failure.Message | Should -Match 'external-dns/owner=blue'
        { Switch-ClusterTraffic @soon shop.sandbox.test } | Should -Throw -ErrorId 'TrafficOwnedByExternalDns,*'
        $null = Invoke-Control $sandbox "dns/zones/$zone/records" "[$(ConvertTo-Json ($xml -replace 'heritage=external-dns', 'heritage=nobody'))]"
    }

    It 'tells which right is missing, and no secret' {
        $null = Add-TestFault $sandbox @{ kind = 'refuse'; verb = 'ChangeResourceRecordSets'; group = 'route53.amazonaws.com'; count = $null }
        $e = { Switch-ClusterTraffic @soon shop.sandbox.test -Verbose 4> $TestDrive/verbose.txt } | Should -Throw -ErrorId 'AwsAccessDenied,*' -PassThru
        $e.ErrorDetails.RecommendedAction | Should -Match 'route53:ChangeResourceRecordSets'
        $secret = (Get-Content $sandbox.CredentialPath | Select-String 'secret_access_key = (.*)').Matches.Groups[1].Value
        "$e$(Get-Content $TestDrive/verbose.txt -Raw)" | Should -Not -Match ([regex]::Escape($secret))
        { Switch-ClusterTraffic @soon shop.sandbox.test -Weight 50, 20 } | Should -Throw -ErrorId 'TrafficWeightInvalid,*'
    }

    It 'survives a file, and the line completes' {
        $file = Join-Path $TestDrive traffic.xml
        Get-ClusterTraffic @on shop.sandbox.test | Export-Clixml $file
        $read = Import-Clixml $file
        "$($read.HostName) $($read.ServedBy) $($read.Records[0].Target)" | Should -Be "shop.sandbox.test Blue $($load.BlueAddress)"
        Complete-Line "Get-ClusterTraffic -KubeConfigPath '$($sandbox.KubeConfigPath)' -Blue blue -Green green -HostName s" | Should -Contain shop.sandbox.test
        Complete-Line "Get-ClusterTraffic -KubeConfigPath '$($sandbox.KubeConfigPath)' -Blue blue -GreenSource " | Should -Contain "'Service shop/api'"
    }
}

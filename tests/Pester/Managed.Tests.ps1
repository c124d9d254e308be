BeforeDiscovery {
    $moto = Get-Command moto_server -CommandType Application -ErrorAction Ignore | Select-Object -First 1
}

Describe 'Get-ManagedCluster' {
    Context 'against moto' -Skip:(-not $moto) {
        BeforeAll {
            . $PSScriptRoot/Support.ps1
            # Somebody else may take the port before moto does: it ends then.
            foreach ($try in 1..5) {
                $listener = [Net.Sockets.TcpListener]::new([Net.IPAddress]::Loopback, 0)
                $listener.Start()
                $port = $listener.LocalEndpoint.Port
                $listener.Stop()
                $url = "http://127.0.0.1:$port"
                $server = Start-Process moto_server -ArgumentList '-H', '127.0.0.1', '-p', $port -PassThru `
                    -RedirectStandardOutput (Join-Path $TestDrive "moto-$try.out") -RedirectStandardError (Join-Path $TestDrive "moto-$try.err")
                # A busy machine lets moto load its services for minutes.
                $answers = $false
                $waited = [Diagnostics.Stopwatch]::StartNew()
                while (-not $answers -and -not $server.HasExited -and $waited.Elapsed.TotalSeconds -lt 150) {
                    try { $null = Invoke-RestMethod "$url/moto-api/" -TimeoutSec 60; $answers = $true } catch { Start-Sleep -Milliseconds 50 }
                }
                if (-not $server.HasExited) { break }
            }
            if (-not $answers) { return }
            foreach ($name in 'shop-blue', 'shop-green', 'other') {
                $body = @{ name = $name; version = '1.33'; roleArn = "arn:aws:iam::123456789012:role/$name"; resourcesVpcConfig = @{ subnetIds = @('subnet-1') } } | ConvertTo-Json
                try {
                    $null = Invoke-RestMethod "$url/clusters" -Method Post -Body $body -ContentType application/json -SkipHeaderValidation -Headers @{
                        Authorization = 'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/eks/aws4_request, SignedHeaders=host, Signature=0'
                    }
                }
                catch { throw "moto_server made no cluster: $_`n$(Get-Content (Join-Path $TestDrive "moto-$try.err") -Tail 20 | Out-String)" }
            }
            $secret = ConvertTo-SecureString 'hush-hush-hush' -AsPlainText -Force
            $keys = [pscredential]::new('AKIDTESTTESTTEST', $secret)
            $aws = @{ Region = 'eu-west-1'; EndpointUrl = $url; Credential = $keys }
            $was = Set-TestEnvironment @{ AWS_MAX_ATTEMPTS = '1' }
        }
        BeforeEach {
            if (-not $answers) { Set-ItResult -Skipped -Because 'moto_server did not answer' }
        }
        AfterAll {
            if ($was) { $null = Set-TestEnvironment $was }
            if ($server) { $server.Kill($true); $server.WaitForExit() }
        }

        It 'gives every cluster of a region' {
            $found = Get-ManagedCluster @aws
            $found.Name | Sort-Object | Should -Be 'other', 'shop-blue', 'shop-green'
            $found[0] | Should -BeOfType [KonUpgrade.Model.ManagedCluster]
            $found.Region | Select-Object -Unique | Should -Be 'eu-west-1'
            @(Get-ManagedCluster @aws -Region us-east-1).Count | Should -Be 0
        }

        It 'chooses by name, by wildcard and by the pipeline, and says what is not there' {
            (Get-ManagedCluster 'shop-*' @aws).Name | Sort-Object | Should -Be 'shop-blue', 'shop-green'
            ('other', 'shop-blue' | Get-ManagedCluster @aws).Name | Should -Be 'other', 'shop-blue'
            $found = Get-ManagedCluster nobody, other @aws -ErrorVariable problem -ErrorAction SilentlyContinue
            $found.Name | Should -Be 'other'
            $problem.Count | Should -Be 1
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'ManagedClusterNotFound,*'
            $problem[0].CategoryInfo.Category | Should -Be 'ObjectNotFound'
        }

        It 'takes no cluster for a name' {
            { Get-ManagedCluster other @aws | Get-ManagedCluster -ErrorAction Stop } | Should -Throw
        }

        It 'says which credentials it used, and no secret' {
            $said = Get-ManagedCluster other @aws -Verbose 4>&1 | Out-String
            $said | Should -BeLike '*AWS credentials: keys that were given*'
            $said | Should -Not -BeLike '*hush*'
            (Get-ManagedCluster other @aws | ConvertTo-Json -Depth 5) | Should -Not -Match 'hush|AKIDTEST'
        }

        It 'takes the session token as a text and as a secret' {
            (Get-ManagedCluster other @aws -SessionToken 'a-token').Name | Should -Be 'other'
            (Get-ManagedCluster other @aws -SessionToken $secret).Name | Should -Be 'other'
            { Get-ManagedCluster other -Region eu-west-1 -SessionToken 'a-token' -ErrorAction Stop } | Should -Throw -ErrorId 'SessionTokenAlone,*'
            { Get-ManagedCluster other @aws -ProfileName x -ErrorAction Stop } | Should -Throw -ErrorId 'AwsLoginAmbiguous,*'
        }

        It 'is taken where a cluster is, by parameter and by pipeline' {
            $blue = Get-ManagedCluster shop-blue @aws
            # What moto gives for a certificate authority is none.
            { Get-ClusterConfig -Cluster $blue -Kind ConfigMap -ErrorAction Stop } | Should -Throw -ErrorId 'ManagedClusterNotReady,*'
            { $blue | Get-ClusterConfig -Kind ConfigMap -ErrorAction Stop } | Should -Throw -ErrorId 'ManagedClusterNotReady,*'
            { Compare-ClusterConfig -Reference $blue -Difference $blue -ErrorAction Stop } | Should -Throw -ErrorId 'ManagedClusterNotReady,*'
            { New-UpgradePlan -Blue $blue -Green $blue -ErrorAction Stop } | Should -Throw -ErrorId 'ManagedClusterInPlan,*'
        }

        It 'leads to the server that EKS told, trusts its authority alone, and shows a token there' {
            $sandbox = Start-UpgradeSandbox 'blue=1.32'
            $before = Set-TestEnvironment @{ AWS_ACCESS_KEY_ID = 'AKIDTEST'; AWS_SECRET_ACCESS_KEY = 'x' }
            try {
                $config = Get-Content -LiteralPath $sandbox.KubeConfigPath -Raw
                # As it would come back from a job, of an EKS whose cluster is the sandbox's.
                $blue = Get-ManagedCluster shop-blue -Region eu-west-1 -EndpointUrl $url | ConvertTo-Json -Depth 3 | ConvertFrom-Json
                $blue.Login | Should -Be 'Default'
                $blue.Endpoint = (Get-ClusterContext blue -KubeConfigPath $sandbox.KubeConfigPath).Server
                $blue.CertificateAuthority = [regex]::Match($config, 'certificate-authority-data: *"?([A-Za-z0-9+/=]+)').Groups[1].Value
                # The sandbox knows no login of AWS: that it was asked, and with what, is what is seen.
                $problem = $null
                try { Get-ClusterConfig -Cluster $blue -Kind ConfigMap -ErrorAction Stop } catch { $problem = $_ }
                $problem.CategoryInfo.Category | Should -Be 'AuthenticationError'
                "$problem" | Should -BeLike '*arn:aws:eks:eu-west-1:*:cluster/shop-blue*'
                $blue.Endpoint = $blue.Endpoint -replace '127\.0\.0\.1', 'localhost' -replace '//localhost:\d+', '//localhost:1'
                { Get-ClusterConfig -Cluster $blue -Kind ConfigMap -ErrorAction Stop } | Should -Throw -ErrorId 'Connection*'
            }
            finally {
                $null = Set-TestEnvironment $before
                $sandbox | Stop-UpgradeSandbox
            }
        }

        It 'has lost given keys when it comes back from a file, and says so' {
            $file = Join-Path $TestDrive 'cluster.clixml'
            Get-ManagedCluster shop-blue @aws | Export-Clixml $file
            Get-Content $file -Raw | Should -Not -Match 'hush|AKIDTEST'
            $returned = Import-Clixml $file
            { Get-ClusterConfig -Cluster $returned -Kind ConfigMap -ErrorAction Stop } | Should -Throw -ErrorId 'AwsCredentialGone,*'
            { $returned | Get-ClusterConfig -Kind ConfigMap -ErrorAction Stop } | Should -Throw -ErrorId 'AwsCredentialGone,*'
        }

        It 'completes names' {
            $before = Set-TestEnvironment @{ AWS_ACCESS_KEY_ID = 'AKIDTEST'; AWS_SECRET_ACCESS_KEY = 'x' }
            try { Complete-Line "Get-ManagedCluster -Region eu-west-1 -EndpointUrl $url -Name shop-" | Should -Be 'shop-blue', 'shop-green' }
            finally { $null = Set-TestEnvironment $before }
        }

        It 'has a view that fits' {
            $text = Get-ManagedCluster @aws | Out-String -Width 120
            $text | Should -Match 'Name +Version +Platform +Status +Region +Login'
            $text | Should -Match 'shop-blue +1\.33 +\S+ +ACTIVE +eu-west-1 +Credential'
        }
    }
}

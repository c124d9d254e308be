Describe 'The secrets of an upgrade' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34 -NodeCount 1
        $was = Set-TestEnvironment @{
            AWS_SHARED_CREDENTIALS_FILE = (Join-Path $TestDrive 'none'); AWS_ACCESS_KEY_ID = $null; AWS_SECRET_ACCESS_KEY = $null; AWS_SESSION_TOKEN = $null
            AWS_PROFILE = $null; AWS_REGION = $null; AWS_DEFAULT_REGION = $null; AWS_EC2_METADATA_DISABLED = 'true'
        }
        $keys = Get-Content -LiteralPath $sandbox.CredentialPath -Raw
        $secrets = [ordered]@{
            'what a Secret holds'          = 'planted-data-91Qz'
            'what kubectl applied'         = 'planted-applied-92Qz'
            'what a container is told'     = 'planted-env-93Qz'
            # From its middle, since its ends are the same in every key.
            "a client's key"               = [regex]::Match((Get-Content -LiteralPath $sandbox.KubeConfigPath -Raw), 'client-key-data: (\S+)').Groups[1].Value.Substring(200, 80)
            'the secret of the AWS key'    = [regex]::Match($keys, 'aws_secret_access_key = (\S+)').Groups[1].Value
            'the token of the AWS session' = 'planted-session-94Qz'
        }
        function ConvertTo-Base64([string] $Text) { [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($Text)) }
        function Test-Planted([string] $Text, [string] $Value) { $Text.Contains($Value) -or $Text.Contains((ConvertTo-Base64 $Value)) }

        $planted = $secrets['what a Secret holds']
        $null = Invoke-Control $sandbox iam/roles @{ name = 'shop'; trustPolicy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}' }
        Add-TestObject $sandbox blue @(
            Get-ShopObject
            @{ apiVersion = 'v1'; kind = 'ServiceAccount'; metadata = @{ namespace = 'shop'; name = 'web'; annotations = @{ 'eks.amazonaws.com/role-arn' = 'arn:aws:iam::123456789012:role/shop' } } }
            @{
                apiVersion = 'v1'; kind = 'Secret'; type = 'Opaque'; data = @{ password = ConvertTo-Base64 $planted }
                metadata   = @{ namespace = 'shop'; name = 'planted'; annotations = @{ 'kubectl.kubernetes.io/last-applied-configuration' = ConvertTo-Json @{ stringData = @{ password = $secrets['what kubectl applied'] } } -Compress } }
            }
            @{
                apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ namespace = 'shop'; name = 'planted' }
                spec       = @{
                    replicas = 1; selector = @{ matchLabels = @{ app = 'planted' } }
                    template = @{ metadata = @{ labels = @{ app = 'planted' } }; spec = @{ containers = @(@{ name = 'c'; image = 'registry.test/c:1'; env = @(@{ name = 'PASSWORD'; value = $secrets['what a container is told'] }) }) } }
                }
            }
        )
        $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }
        $aws = @{
            Region       = $sandbox.Region; EndpointUrl = $sandbox.EndpointUrl
            Credential   = [pscredential]::new([regex]::Match($keys, 'aws_access_key_id = (\S+)').Groups[1].Value, (ConvertTo-SecureString $secrets['the secret of the AWS key'] -AsPlainText -Force))
            SessionToken = ConvertTo-SecureString $secrets['the token of the AWS session'] -AsPlainText -Force
        }

        # All that the streams carry, as text. Records of the streams carry half the session with them: of these, what they
        # say counts.
        function Get-Trace([scriptblock] $Script) {
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            & $Script *>&1 | ForEach-Object {
                if ($_ -is [Management.Automation.ErrorRecord]) { $_ | Format-List * -Force | Out-String; "$($_.Exception)$($_.ErrorDetails)$($_.TargetObject)" }
                elseif ($_.GetType().Namespace -eq 'KonUpgrade.Model') { ConvertTo-Json $_ -Depth 6 -WarningAction Ignore; $_ | Format-List * | Out-String }
                else { "$_" }
            }
        }
    }
    AfterAll {
        if ($was) { $null = Set-TestEnvironment $was }
        $sandbox | Stop-UpgradeSandbox
    }

    It 'are in no stream and no file but the exports that they were chosen for: -Secret <_>' -ForEach 'Include', 'Skip' {
        $folder = Join-Path $TestDrive $_
        $null = New-Item -ItemType Directory $folder
        $place = @{ JournalPath = Join-Path $folder 'upgrade.jsonl' }
        # With -Debug alone an error and a warning are questions.
        $loud = @{ Verbose = $true; Debug = $true; ErrorAction = 'Continue'; WarningAction = 'Continue' }
        $handling = $_
        $trace = Get-Trace {
            $plan = New-UpgradePlan -Blue blue -Green green -Name $handling.ToLowerInvariant() -Secret $handling @kube @loud
            $plan
            $plan | Export-UpgradePlan (Join-Path $folder 'plan.yaml')
            # A server quotes what it refuses. What is asked of the sandbox itself is no part of what is looked at.
            Add-TestFault $sandbox @{ kind = 'Refuse'; cluster = 'green'; verb = 'create'; resource = 'secrets'; statusCode = 422; reason = 'Invalid'; count = $null; message = "data: Invalid value: `"$planted`"" } *> $null
            Add-TestFault $sandbox @{ kind = 'Refuse'; verb = 'UpdateAssumeRolePolicy'; count = $null } *> $null
            $plan | Invoke-BlueGreenUpgrade @place @aws -Confirm:$false @loud
            Clear-TestFault $sandbox *> $null
            Export-UpgradeReport (Join-Path $folder 'failed.html') @place
            Resume-BlueGreenUpgrade @place @aws -Confirm:$false @loud -PassThru
            Get-BlueGreenUpgrade @place
            Resume-BlueGreenUpgrade @place @aws -Approve scale-down-blue -Confirm:$false @loud
            foreach ($end in 'done.html', 'done.json') { Export-UpgradeReport (Join-Path $folder $end) @place }
            Undo-BlueGreenUpgrade @place @aws -RemoveImported -Confirm:$false @loud
            foreach ($end in 'undone.html', 'undone.json') { Export-UpgradeReport (Join-Path $folder $end) @place }
        }
        $text = $trace -join "`n"
        # It failed, went on, came to its end, and back.
        $text | Should -Match 'UpgradeFailed|UpdateAssumeRolePolicy'
        $text | Should -Match '"State":\s+"?(Completed|\d)'
        (Get-BlueGreenUpgrade @place).State | Should -Be 'Undone'
        $text | Should -Match 'PATCH|POST'

        $files = Get-ChildItem -LiteralPath $folder -Recurse -File -Force
        foreach ($secret in $secrets.GetEnumerator()) {
            Test-Planted $text $secret.Value | Should -BeFalse -Because "$($secret.Key) is nobody's business: $(($text -split "`n" | Where-Object { Test-Planted $_ $secret.Value } | Select-Object -First 3) -join ' | ')"
            $found = @($files | Where-Object { Test-Planted (Get-Content -LiteralPath $_.FullName -Raw) $secret.Value } | ForEach-Object { [IO.Path]::GetRelativePath($folder, $_.FullName).Replace('\', '/') })
            $chosen = switch ($secret.Key) {
                'what a container is told' { '/apps/Deployment/shop/planted.yaml$' }
                { $_ -in 'what a Secret holds', 'what kubectl applied' -and $handling -eq 'Include' } { '/core/Secret/shop/planted.yaml$' }
            }
            if (-not $chosen) { $found | Should -BeNullOrEmpty -Because "$($secret.Key) is in no file" }
            else {
                $found | Should -Not -BeNullOrEmpty
                $found | Where-Object { $_ -notmatch $chosen } | Should -BeNullOrEmpty -Because "$($secret.Key) was chosen for exports alone"
            }
        }
    }
}

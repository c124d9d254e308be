Describe 'Secrets and volumes from one cluster into another' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.33, green=1.34, other=1.34
        $planted = 'planted-Qx77-value'
        $encoded = [Convert]::ToBase64String([Text.Encoding]::UTF8.GetBytes($planted))
        Add-TestObject $sandbox blue @(
            @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'shop' } }
            @{
                apiVersion = 'v1'; kind = 'Secret'; type = 'Opaque'; data = @{ password = $encoded }
                metadata = @{ name = 'db'; namespace = 'shop'; annotations = @{ 'kubectl.kubernetes.io/last-applied-configuration' = "{`"stringData`":{`"password`":`"$planted`"}}" } }
            }
            @{ apiVersion = 'v1'; kind = 'PersistentVolumeClaim'; metadata = @{ name = 'data'; namespace = 'shop' }; spec = @{ accessModes = @('ReadWriteOnce'); resources = @{ requests = @{ storage = '1Gi' } } } }
            @{
                apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ name = 'web'; namespace = 'shop' }
                spec = @{
                    replicas = 2; selector = @{ matchLabels = @{ app = 'web' } }
                    template = @{
                        metadata = @{ labels = @{ app = 'web' } }
                        spec = @{
                            containers = @(@{ name = 'web'; image = 'registry.test/web:1'; env = @(@{ name = 'PASSWORD'; valueFrom = @{ secretKeyRef = @{ name = 'db'; key = 'password' } } }) })
                            volumes = @(@{ name = 'data'; persistentVolumeClaim = @{ claimName = 'data' } })
                        }
                    }
                }
            }
        )
        $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }

        $rsa = [Security.Cryptography.RSA]::Create(2048)
        $request = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=move', $rsa, 'SHA256', [Security.Cryptography.RSASignaturePadding]::Pkcs1)
        $certificate = $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(1))
        $word = ConvertTo-SecureString 'open sesame' -AsPlainText -Force
        $public = Join-Path $TestDrive 'move.crt'
        $private = Join-Path $TestDrive 'move.pfx'
        Set-Content -LiteralPath $public -Value $certificate.ExportCertificatePem()
        [IO.File]::WriteAllBytes($private, $certificate.Export('Pfx', 'open sesame'))

        # Everything that the streams and the files have, as text. Records of the streams carry half the session with them:
        # of these, what they say counts.
        function Get-Trace([scriptblock] $Script, [string] $Path) {
            $VerbosePreference = $DebugPreference = $InformationPreference = 'Continue'
            & $Script *>&1 | ForEach-Object {
                if ($_ -is [Management.Automation.ErrorRecord]) { $_ | Format-List * -Force | Out-String; "$($_.ErrorDetails)$($_.TargetObject)" }
                elseif ($_.GetType().Namespace -eq 'KonUpgrade.Model') { ConvertTo-Json $_ -Depth 4 }
                else { "$_" }
            }
            Get-ChildItem -LiteralPath $Path -Recurse -File -Force | ForEach-Object { Get-Content -LiteralPath $_.FullName -Raw }
        }
    }
    AfterAll { $sandbox | Stop-UpgradeSandbox }

    It 'a planted value is in no file and no stream by default' {
        $path = Join-Path $TestDrive 'skip'
        $trace = Get-Trace { Export-ClusterConfig -Cluster blue -Path $path @kube -PassThru; Import-ClusterConfig $path -Cluster other @kube } $path
        $trace -join "`n" | Should -Match 'Secret'
        $trace -join "`n" | Should -Match 'POST /api'
        $trace -join "`n" | Should -Not -Match $planted
        ($trace -join "`n").Contains($encoded) | Should -BeFalse
    }

    It 'nor where it is encrypted, there and back' {
        $path = Join-Path $TestDrive 'encrypt'
        $trace = Get-Trace {
            Export-ClusterConfig -Cluster blue -Path $path -Secret Encrypt -Certificate $public @kube
            Import-ClusterConfig $path -Cluster green -Certificate $private -CertificatePassword $word @kube
            Compare-ClusterConfig $path green -Certificate $private -CertificatePassword $word -Kind Secret @kube
        } $path
        $trace -join "`n" | Should -Match 'db'
        $trace -join "`n" | Should -Not -Match $planted
        ($trace -join "`n").Contains($encoded) | Should -BeFalse
        Join-Path $path 'core/Secret/shop/db.yaml.enc' | Should -Exist
        $export = Get-Content (Join-Path $path 'export.yaml') -Raw
        $export | Should -Match 'secrets: Encrypt'
    }

    It 'tells each Secret that was left out, and what needs it' {
        $path = Join-Path $TestDrive 'left'
        Export-ClusterConfig -Cluster blue -Path $path @kube | Out-Null
        $changes = Import-ClusterConfig $path -Cluster other @kube -WarningVariable warnings -WarningAction SilentlyContinue
        $secret = $changes | Where-Object Kind -EQ Secret
        $secret.Action | Should -Be 'Skipped'
        $secret.Reason | Should -Match '-Secret'
        ($changes | Where-Object Kind -EQ Deployment).Missing | Should -Be 'Secret db'
        "$warnings" | Should -Match '1 imported object'
    }

    It 'tells each Secret that <Way> left out, and what needs it' -ForEach @(
        @{ Way = 'Get-ClusterConfig'; Script = { Get-ClusterConfig -Cluster blue -Namespace shop @kube } }
        @{ Way = 'Get and Convert'; Script = { Get-ClusterConfig -Cluster blue -Namespace shop @kube | Convert-ClusterConfig -TargetVersion 1.34 } }
        @{ Way = 'Get of an export without them'; Script = { Get-ClusterConfig $plain } }
        @{ Way = 'Get of an encrypted export'; Script = { Get-ClusterConfig $sealed } }
        @{ Way = 'Convert of an encrypted export'; Script = { Convert-ClusterConfig $sealed -TargetVersion 1.34 } }
        @{ Way = 'a job'; Script = { $xml = Join-Path $TestDrive 'left.xml'; Get-ClusterConfig $plain | Export-Clixml $xml; Import-Clixml $xml } }
    ) {
        $plain = Join-Path $TestDrive 'left-plain'
        $sealed = Join-Path $TestDrive 'left-sealed'
        $null = Export-ClusterConfig -Cluster blue -Path $plain -Namespace shop @kube
        $null = Export-ClusterConfig -Cluster blue -Path $sealed -Namespace shop -Secret Encrypt -Certificate $public @kube
        $changes = & $Script | Import-ClusterConfig -Cluster other -WhatIf @kube -WarningAction SilentlyContinue
        $secret = $changes | Where-Object Kind -EQ Secret
        $secret.Name, "$($secret.Action)" | Should -Be 'db', 'Skipped'
        $secret.Reason | Should -Match '-Secret'
        ($changes | Where-Object Kind -EQ Deployment).Missing | Should -Be 'Secret db'
    }

    It 'Convert-ClusterConfig reads what is encrypted with the certificate, and says what it can not open' {
        $sealed = Join-Path $TestDrive 'convert-sealed'
        $null = Export-ClusterConfig -Cluster blue -Path $sealed -Kind Secret -Namespace shop -Secret Encrypt -Certificate $public @kube
        $item = Convert-ClusterConfig $sealed -TargetVersion 1.34 -Secret Include -Certificate $private -CertificatePassword $word
        $item.Object.data.password | Should -Be $encoded
        $closed = Convert-ClusterConfig $sealed -TargetVersion 1.34 -Secret Include -ErrorVariable problem -ErrorAction SilentlyContinue
        $closed.Failure.Id | Should -Be 'CertificateMissing'
        $problem.Count | Should -BeGreaterThan 0
        { Convert-ClusterConfig $sealed -TargetVersion 1.34 -Secret Include -Certificate $public } | Should -Throw -ErrorId 'PrivateKeyMissing,*'
        { Get-ClusterConfig $sealed -Secret Include -Certificate $public } | Should -Throw -ErrorId 'PrivateKeyMissing,*'
        { Get-ClusterConfig $sealed -Secret Include -Certificate $private } | Should -Throw -ErrorId 'CertificateUnreadable,*' -ExpectedMessage '*needs a password*'
    }

    It 'warns once of a key that others may read' -Skip:$IsWindows {
        $sealed = Join-Path $TestDrive 'mode'
        $null = Export-ClusterConfig -Cluster blue -Path $sealed -Kind Secret -Namespace shop -Secret Encrypt -Certificate $public @kube
        chmod 644 $private
        $null = Get-ClusterConfig $sealed, $sealed -Secret Include -Certificate $private -CertificatePassword $word -WarningVariable warnings -WarningAction SilentlyContinue
        @($warnings).Count | Should -Be 1
        "$warnings" | Should -Match 'mode 0644'
        chmod 600 $private
        $null = Get-ClusterConfig $sealed -Secret Include -Certificate $private -CertificatePassword $word -WarningVariable warnings -WarningAction SilentlyContinue
        $warnings | Should -BeNullOrEmpty
    }

    It 'a workload whose claim is not there is held, and arrives with -Volume Reprovision' {
        $path = Join-Path $TestDrive 'volumes'
        Export-ClusterConfig -Cluster blue -Path $path -Secret Include @kube -WarningAction SilentlyContinue | Out-Null
        $fresh = Start-UpgradeSandbox one=1.34, two=1.34
        try {
            $there = @{ KubeConfigPath = $fresh.KubeConfigPath }
            $web = Import-ClusterConfig $path -Cluster one @there | Where-Object Kind -EQ Deployment
            $web.Held | Should -Not -BeNullOrEmpty
            $web.Reason | Should -Match 'PersistentVolumeClaim data is not on one'
            $changes = Import-ClusterConfig $path -Cluster two -Volume Reprovision @there -WarningVariable warnings -WarningAction SilentlyContinue
            ($changes | Where-Object Kind -EQ PersistentVolumeClaim).Action | Should -Be 'Created'
            ($changes | Where-Object Kind -EQ Deployment).Held | Should -BeNullOrEmpty
            "$warnings" | Should -Match 'new, empty volumes'
        }
        finally { $fresh | Stop-UpgradeSandbox }
    }

    It 'takes a certificate as an object, a file or a path' {
        foreach ($given in $certificate, (Get-Item $public), $public, $private) {
            $with = if ("$given" -eq $private) { @{ CertificatePassword = $word } } else { @{} }
            (Export-ClusterConfig -Cluster blue -Path (Join-Path $TestDrive 'forms') -Secret Encrypt -Certificate $given -Kind Secret @with @kube).EncryptionKeyId | Should -Match '^[0-9A-F]{64}$'
        }
        (Import-ClusterConfig (Join-Path $TestDrive 'forms') -Cluster green -Certificate $certificate @kube).Action | Sort-Object -Unique | Should -Be 'Unchanged'
    }

    It 'refuses what can not encrypt, before anything is asked of the cluster' {
        $ec = [Security.Cryptography.X509Certificates.CertificateRequest]::new('CN=ec', [Security.Cryptography.ECDsa]::Create(), 'SHA256').CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays(-1), [DateTimeOffset]::UtcNow.AddDays(1))
        $old = $request.CreateSelfSigned([DateTimeOffset]::UtcNow.AddDays(-9), [DateTimeOffset]::UtcNow.AddDays(-2))
        $to = Join-Path $TestDrive 'refused'
        { Export-ClusterConfig -Cluster blue -Path $to -Secret Encrypt -Certificate $ec @kube } | Should -Throw -ErrorId 'CertificateNotUsable,*'
        { Export-ClusterConfig -Cluster blue -Path $to -Secret Encrypt -Certificate $old @kube } | Should -Throw -ErrorId 'CertificateNotUsable,*' -ExpectedMessage '*expired*'
        { Export-ClusterConfig -Cluster blue -Path $to -Secret Encrypt @kube } | Should -Throw -ErrorId 'CertificateMissing,*'
        { Export-ClusterConfig -Cluster blue -Path $to -Certificate $public @kube } | Should -Throw -ErrorId 'CertificateNotUsed,*'
        { Export-ClusterConfig -Cluster blue -Path $to -Secret Encrypt -Certificate (Join-Path $TestDrive 'none.crt') @kube } | Should -Throw -ErrorId 'CertificateNotFound,*'
        { Import-ClusterConfig (Join-Path $TestDrive 'encrypt') -Cluster green -Certificate $public @kube } | Should -Throw -ErrorId 'PrivateKeyMissing,*'
        { Import-ClusterConfig (Join-Path $TestDrive 'encrypt') -Cluster green -Certificate 7 @kube } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
        $to | Should -Not -Exist
    }

    It 'a comparison says what it can not open' {
        Compare-ClusterConfig (Join-Path $TestDrive 'encrypt') green -Kind Secret @kube -ErrorVariable problem -ErrorAction SilentlyContinue | Should -BeNullOrEmpty
        $problem[0].FullyQualifiedErrorId | Should -BeLike 'ComparisonIncomplete,*'
        "$($problem[0])" | Should -Match "can't be compared"
    }
}

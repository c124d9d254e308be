Describe 'Trust of IAM roles in a cluster' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox green=1.33
        $was = Set-TestEnvironment @{
            AWS_SHARED_CREDENTIALS_FILE = $sandbox.CredentialPath; AWS_ACCESS_KEY_ID = $null; AWS_SECRET_ACCESS_KEY = $null; AWS_SESSION_TOKEN = $null
            AWS_PROFILE = $null; AWS_REGION = $null; AWS_DEFAULT_REGION = $null; AWS_EC2_METADATA_DISABLED = 'true'; AWS_MAX_ATTEMPTS = '2'
        }
        $aws = @{ Region = $sandbox.Region; EndpointUrl = $sandbox.EndpointUrl }
        $on = @{ Cluster = 'green'; KubeConfigPath = $sandbox.KubeConfigPath } + $aws
        $with = $on + @{ Confirm = $false }
        $service = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
        function Set-TestRole([string] $Name, [string] $Policy = $service) { $null = Invoke-Control $sandbox iam/roles @{ name = $Name; trustPolicy = $Policy } }
        function Get-TestTrust([string] $Name) { (Invoke-Control $sandbox "iam/roles/$Name" -Method Get).trustPolicy }
        function Add-TestAccount([string] $Name, [string] $Role, [string] $Namespace = 'shop') {
            Add-TestObject $sandbox green @{ apiVersion = 'v1'; kind = 'ServiceAccount'; metadata = @{ namespace = $Namespace; name = $Name; annotations = @{ 'eks.amazonaws.com/role-arn' = "arn:aws:iam::123456789012:role/$Role" } } }
        }
        foreach ($name in 'shop', 'lab', 'empty') { Add-TestObject $sandbox green @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = $name } } }
        Add-TestAccount web app
        Add-TestAccount api app
        Add-TestAccount nb notebooks lab
        $provider = (Invoke-Control $sandbox iam -Method Get).providers
    }
    AfterAll {
        if ($was) { $null = Set-TestEnvironment $was }
        $sandbox | Stop-UpgradeSandbox
    }
    BeforeEach {
        Set-TestRole app
        Set-TestRole notebooks
    }
    AfterEach {
        Clear-TestFault $sandbox
        $null = Invoke-Control $sandbox 'iam/quota?is=2048' -Method Put
        $null = Invoke-Control $sandbox iam/providers @{ issuer = $provider.issuer }
    }

    It 'is granted with audience and subject, once, and what was there stays' {
        $granted = Grant-ClusterRoleTrust @with
        $granted | Should -BeOfType [KonUpgrade.Model.ClusterRoleTrust]
        "$($granted.RoleName): $($granted.Action)" | Should -Be 'app notebooks: Granted Granted'
        $granted[0].ServiceAccounts | Should -Be shop/api, shop/web
        $statements = (Get-TestTrust app | ConvertFrom-Json).Statement
        $statements | Should -HaveCount 2
        ($statements[0] | ConvertTo-Json -Compress) | Should -Be (($service | ConvertFrom-Json).Statement[0] | ConvertTo-Json -Compress)
        $statements[1].Principal.Federated | Should -Be $provider.arn
        $issuer = $provider.arn -replace '^.*?oidc-provider/'
        $statements[1].Condition.StringEquals."${issuer}:aud" | Should -Be sts.amazonaws.com
        $statements[1].Condition.StringEquals."${issuer}:sub" | Should -Be system:serviceaccount:shop:api, system:serviceaccount:shop:web
        $writes = Add-TestFault $sandbox @{ kind = 'slow'; verb = 'UpdateAssumeRolePolicy' }
        (Grant-ClusterRoleTrust @with).Action | Should -Be Unchanged, Unchanged
        Get-TestFaultCount $sandbox $writes | Should -Be 0
        ($granted | Out-String -Width 120) | Should -Match 'Granted +app +shop:api, shop:web'
    }

    It 'is shown with -WhatIf as what differs between the documents, and nothing is written' {
        $plan = Grant-ClusterRoleTrust @on -WhatIf
        $plan.Action | Should -Be Planned, Planned
        $plan[0].PolicyBefore | Should -Be $service
        ($plan[0].PolicyAfter | ConvertFrom-Json).Statement | Should -HaveCount 2
        $plan[0].Difference | Should -Contain '+             "system:serviceaccount:shop:api",'
        @($plan[0].Difference -match '^- ') | Should -HaveCount 0
        Get-TestTrust app | Should -Be $service
    }

    It 'is taken back for a cluster, and the policies are what they were' {
        $null = Grant-ClusterRoleTrust @with
        $plan = Revoke-ClusterRoleTrust @on -WhatIf
        $plan.Action | Should -Be Planned, Planned
        @($plan[0].Difference -match '^- ').Count | Should -BeGreaterThan 3
        (Revoke-ClusterRoleTrust @with -Namespace lab).Action | Should -Be Revoked
        (Revoke-ClusterRoleTrust @with).Action | Should -Be Revoked, Unchanged
        Get-TestTrust app | Should -Be $service
        Get-TestTrust notebooks | Should -Be $service
    }

    It 'is taken back as it was granted, from a file, and no cluster is asked' {
        $null = Grant-ClusterRoleTrust @with -Namespace shop
        $before = Get-TestTrust app
        Add-TestAccount later app
        $file = Join-Path $TestDrive granted.xml
        $granted = Grant-ClusterRoleTrust @with
        $granted | Export-Clixml $file
        $granted[0].Subjects | Should -Be system:serviceaccount:shop:later
        $revoked = Import-Clixml $file | Revoke-ClusterRoleTrust @aws -Confirm:$false
        "$($revoked.RoleName): $($revoked.Action)" | Should -Be 'app notebooks: Revoked Revoked'
        Get-TestTrust app | Should -Be $before
        ($granted | ConvertTo-Json -Depth 5 | ConvertFrom-Json | Revoke-ClusterRoleTrust @aws -Confirm:$false).Action | Should -Be Unchanged, Unchanged
        { 'green' | Revoke-ClusterRoleTrust @aws -Confirm:$false -ErrorAction Stop } | Should -Throw
    }

    It 'is granted to a cluster that comes down the pipeline' {
        $granted = Get-ManagedCluster green @aws | Grant-ClusterRoleTrust -EndpointUrl $sandbox.EndpointUrl -Namespace lab -Confirm:$false
        "$($granted.RoleName) $($granted.Action)" | Should -Be 'notebooks Granted'
        Get-TestTrust app | Should -Be $service
        $granted | Where-Object Action -eq Failed | Should -BeNullOrEmpty
    }

    It 'that can not be granted is told for its role, and the others are granted: <Id>' -ForEach @(
        @{ Id = 'RoleNotFound'; Words = '*-ProfileName*'; Do = { $null = Invoke-Control $sandbox iam/roles/app -Method Delete } }
        @{ Id = 'TrustPolicyTooLarge'; Words = '*Service Quotas*4,096*'; Do = { Set-TestRole app ($service -replace 'ec2.amazonaws.com', ('x' * 1900)) } }
        @{ Id = 'TrustDenied'; Words = '*aws iam get-role --role-name app*'; Do = { Set-TestRole app '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:*"}]}' } }
        @{ Id = 'AwsAccessDenied'; Words = '*iam:UpdateAssumeRolePolicy*'; Do = { $null = Add-TestFault $sandbox @{ kind = 'refuse'; verb = 'UpdateAssumeRolePolicy'; name = 'app' } } }
    ) {
        & $Do
        $done = Grant-ClusterRoleTrust @with -ErrorVariable told -ErrorAction SilentlyContinue
        "$($done[0].RoleName) $($done[0].Action) $($done[0].Failure.Id)" | Should -Be "app Failed $Id"
        "$($done[1].Action)" | Should -Be Granted
        $told | Should -HaveCount 1
        $told[0].FullyQualifiedErrorId | Should -BeLike 'RoleTrustIncomplete,*'
        "$($told[0])" | Should -BeLike '1 of 2 roles*app*'
        $told[0].ErrorDetails.RecommendedAction | Should -BeLike $Words
    }

    It 'needs an identity provider, and says how it is made' {
        $null = Invoke-Control $sandbox "iam/providers?arn=$([uri]::EscapeDataString($provider.arn))" -Method Delete
        $done = Grant-ClusterRoleTrust @with -ErrorAction SilentlyContinue
        $done.Failure.Id | Should -Be OidcProviderNotFound, OidcProviderNotFound
        $done[0].Failure.Recommendation | Should -BeLike '*create-open-id-connect-provider --url https://oidc.eks.*'
        Get-TestTrust app | Should -Be $service
    }

    It 'ends at once where AWS can not be asked, and warns where no role is named' {
        { Grant-ClusterRoleTrust @with -ProfileName nobody } | Should -Throw -ErrorId 'AwsCredentialsNotFound,*'
        { Grant-ClusterRoleTrust @with -Issuer oidc.example/id/1 } | Should -Throw -ErrorId 'IssuerInvalid,*'
        Grant-ClusterRoleTrust @with -Namespace empty -WarningVariable said -WarningAction SilentlyContinue | Should -BeNullOrEmpty
        "$said" | Should -BeLike 'No ServiceAccount of green names a role*in empty.'
    }

    It 'runs where nobody can be asked, and stops a runbook that wants it' {
        $line = "Import-Module '$manifestPath'; `$env:AWS_SHARED_CREDENTIALS_FILE = '$($sandbox.CredentialPath)'; `$on = @{ Cluster = 'green'; KubeConfigPath = '$($sandbox.KubeConfigPath)'; Region = '$($sandbox.Region)'; EndpointUrl = '$($sandbox.EndpointUrl)' }"
        $said = Invoke-Session "$line; (Grant-ClusterRoleTrust @on).Action; (Revoke-ClusterRoleTrust @on).Action"
        $said | Should -Be Granted, Granted, Revoked, Revoked
        Get-TestTrust app | Should -Be $service
        $null = Invoke-Control $sandbox iam/roles/app -Method Delete
        $said = Invoke-Session "$line; Grant-ClusterRoleTrust @on -ErrorAction Stop | Out-Null; 'and on'"
        "$said" | Should -BeLike '*1 of 2 roles*'
        "$said" | Should -Not -BeLike '*and on*'
    }

    It 'completes namespaces, and no current context is meant' {
        Complete-Line "Grant-ClusterRoleTrust green -KubeConfigPath '$($sandbox.KubeConfigPath)' -Namespace s" | Should -Contain shop
        { Invoke-Command { Grant-ClusterRoleTrust -Cluster $null } } | Should -Throw
    }
}

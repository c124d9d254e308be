Describe 'From one cluster into another' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34, other=1.34, asked=1.34
        Add-TestObject $sandbox blue @(Get-ShopObject)
        $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }
        $export = Export-ClusterConfig -Cluster blue -Path (Join-Path $TestDrive 'backup') @kube
    }
    AfterAll { $sandbox | Stop-UpgradeSandbox }

    Context 'Export-ClusterConfig' {
        It 'gives one export, after it is on the disk' {
            $export | Should -BeOfType [KonUpgrade.Model.ClusterConfigExport]
            @($export).Count | Should -Be 1
            $export.Complete | Should -BeTrue
            $export.Context | Should -Be 'blue'
            $export.System | Should -Be 'Kubernetes'
            $export.ClusterUid | Should -Not -BeNullOrEmpty
            $export.Path | Should -Be (Join-Path $TestDrive 'backup')
            Join-Path $export.Path 'export.yaml' | Should -Exist
            Join-Path $export.Path 'apps/Deployment/shop/web.yaml' | Should -Exist
            Get-Content (Join-Path $export.Path 'core/ConfigMap/shop/settings.yaml') | Should -Contain '  size: "014"'
        }

        It 'gives the items with -PassThru: what was written, and what was left out and why' {
            $items = Export-ClusterConfig -Cluster blue -Path (Join-Path $TestDrive 'items') -PassThru @kube
            $items | Should -BeOfType [KonUpgrade.Model.ClusterConfigItem]
            $web = $items | Where-Object { $_.Kind -eq 'Deployment' -and $_.Name -eq 'web' }
            $web.Action | Should -Be 'Exported'
            $web.Path | Should -Exist
            $items | Where-Object Action -EQ LeftOut | Should -Not -BeNullOrEmpty
            $items | Where-Object { $_.Action -eq 'LeftOut' -and -not $_.Reason } | Should -BeNullOrEmpty
        }

        It 'takes a selection' {
            $items = Export-ClusterConfig -Cluster blue -Path (Join-Path $TestDrive 'some') -Kind ConfigMap -Namespace shop -LabelSelector app=web -PassThru @kube
            ($items | Where-Object Action -EQ Exported).Name | Should -Be 'settings'
            $items = Export-ClusterConfig -Cluster blue -Path (Join-Path $TestDrive 'group') -Group apps -PassThru @kube
            ($items | Where-Object Action -EQ Exported).Kind | Sort-Object -Unique | Should -Be 'Deployment'
        }

        It 'takes clusters from the pipeline, each to a directory of its own' {
            $exports = Get-ClusterContext blue, green @kube | Export-ClusterConfig -Path { Join-Path $TestDrive "each/$($_.Name)" }
            $exports.Context | Should -Be 'blue', 'green'
            $exports.Path | Should -Be (Join-Path $TestDrive 'each/blue'), (Join-Path $TestDrive 'each/green')
        }

        It 'does not let two clusters share a directory' {
            $path = Join-Path $TestDrive 'shared'
            $exports = Get-ClusterContext blue, green @kube | Export-ClusterConfig -Path $path -ErrorVariable problem -ErrorAction SilentlyContinue
            $exports.Context | Should -Be 'blue'
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'ExportPathInUse,*'
        }

        It 'writes nothing with -WhatIf' {
            $path = Join-Path $TestDrive 'whatif'
            Export-ClusterConfig -Cluster blue -Path $path -WhatIf @kube | Should -BeNullOrEmpty
            $path | Should -Not -Exist
        }

        It 'falls back to the current context, since it only reads' {
            (Export-ClusterConfig -Path (Join-Path $TestDrive 'current') -Kind Namespace @kube).Context | Should -Be (Get-ClusterContext -Current @kube).Name
        }

        It 'sees a path from the session''s own location' {
            Push-Location $TestDrive
            try { (Export-ClusterConfig -Cluster blue -Path ./relative -Kind Namespace @kube).Path | Should -Be (Join-Path $TestDrive 'relative') }
            finally { Pop-Location }
        }

        It 'refuses a path that is not of the file system' {
            { Export-ClusterConfig -Cluster blue -Path Variable:x @kube } | Should -Throw -ErrorId 'NotAFileSystemPath,*'
        }
    }

    Context 'Import-ClusterConfig' {
        It 'never asks for the cluster, and never guesses it' {
            $problem = { $export | Import-ClusterConfig @kube } | Should -Throw -PassThru
            $problem.FullyQualifiedErrorId | Should -BeLike 'ClusterNotGiven,*'
            $problem.CategoryInfo.Category | Should -Be 'InvalidArgument'
            (Get-Command Import-ClusterConfig).Parameters['Cluster'].Attributes.Where({ $_ -is [Parameter] }) | ForEach-Object {
                $_.ValueFromPipeline | Should -BeFalse
                $_.ValueFromPipelineByPropertyName | Should -BeFalse
                $_.ValueFromRemainingArguments | Should -BeFalse
            }
        }

        It 'does not take the target from an incoming object that has a property of that name' {
            $bait = $export | Select-Object *, @{ n = 'Cluster'; e = { 'other' } }, @{ n = 'ClusterContext'; e = { 'other' } }
            $changes = $bait | Import-ClusterConfig -Cluster green @kube -Kind Namespace -WhatIf:$false
            $changes.Context | Sort-Object -Unique | Should -Be 'green'
            { $bait | Import-ClusterConfig @kube } | Should -Throw -ErrorId 'ClusterNotGiven,*'
        }

        It 'refuses the cluster that the export came from' {
            $problem = $null
            try { $export | Import-ClusterConfig -Cluster blue @kube -ErrorAction Stop } catch { $problem = $_ }
            $problem.CategoryInfo.Category | Should -Be 'InvalidOperation'
            $problem.FullyQualifiedErrorId | Should -BeLike 'SameCluster,*'
        }

        It 'finds an unknown target before anything upstream has worked' {
            $path = Join-Path $TestDrive 'never'
            $problem = { Export-ClusterConfig -Cluster blue -Path $path @kube | Import-ClusterConfig -Cluster grene @kube } | Should -Throw -PassThru
            "$problem" | Should -BeLike '*grene*green*'
            $path | Should -Not -Exist
        }

        It 'writes nothing with -WhatIf' {
            $writes = foreach ($verb in 'create', 'update', 'patch', 'delete') { Add-TestFault $sandbox @{ kind = 'serverError'; cluster = 'green'; verb = $verb; dryRun = $false; count = 1000 } }
            try {
                $null = $export | Import-ClusterConfig -Cluster green @kube -WhatIf
                foreach ($id in $writes) { Get-TestFaultCount $sandbox $id | Should -Be 0 }
            }
            finally { Clear-TestFault $sandbox }
        }

        It 'says with -WhatIf what would happen, object by object, and how far that is known' {
            $would = $export | Import-ClusterConfig -Cluster green @kube -WhatIf
            $would | Should -BeOfType [KonUpgrade.Model.ClusterConfigChange]
            $would.Context | Sort-Object -Unique | Should -Be 'green'
            $deployment = $would | Where-Object Kind -EQ Deployment
            $deployment.Action | Should -Be 'Created'
            $deployment.Verified | Should -BeIn 'Schema', 'Server'
            $deployment.Uid | Should -BeNullOrEmpty
            ($would | Where-Object Kind -EQ Namespace | Select-Object -First 1).Verified | Should -Be 'Server'
            ($would | Out-String -Width 80) | Should -Match 'Action\s+Verified\s+Kind'
        }

        It 'does nothing at all where somebody says no' {
            $all = Add-TestFault $sandbox @{ kind = 'slow'; cluster = 'green'; verb = 'create'; delay = '00:00:00'; count = 1000 }
            try {
                $script = "Import-Module '$manifestPath'; Import-ClusterConfig -LiteralPath '$($export.Path)' -Cluster green -KubeConfigPath '$($sandbox.KubeConfigPath)' -Confirm | ForEach-Object { 'CHANGED' }"
                # Without anybody to ask there is no answer, which is no yes.
                $said = & (Get-Process -Id $PID).Path -NoProfile -NonInteractive -Command $script 2>&1
                $said | Should -Not -Contain 'CHANGED'
                Get-TestFaultCount $sandbox $all | Should -Be 0
            }
            finally { Clear-TestFault $sandbox }
        }

        It 'ends -WhatIf with an error where something would fail' {
            $file = Join-Path $TestDrive 'lost.yaml'
            Set-Content $file "apiVersion: v1`nkind: ConfigMap`nmetadata: {name: c, namespace: not-there}"
            $would = Import-ClusterConfig $file -Cluster green @kube -WhatIf -ErrorAction SilentlyContinue -ErrorVariable problems
            $would.Action | Should -Be 'Failed'
            $would.Verified | Should -Be 'Server'
            $problems[0].FullyQualifiedErrorId | Should -BeLike 'ImportIncomplete,*'
            "$($problems[0])" | Should -BeLike '*would not be complete*'
        }

        It 'is the pipeline that it all exists for' {
            $changes = Export-ClusterConfig -Cluster blue -System Kubernetes -Path (Join-Path $TestDrive 'pipeline') @kube |
                Import-ClusterConfig -Cluster green @kube
            $changes | Where-Object Action -EQ Failed | Should -BeNullOrEmpty
            $changes | Should -BeOfType [KonUpgrade.Model.ClusterConfigChange]
            ($changes | Where-Object { $_.Kind -eq 'Deployment' }).Action | Should -Be 'Created'
            Compare-ClusterConfig -Reference (Join-Path $TestDrive 'pipeline') -Difference green @kube | Should -BeNullOrEmpty
        }

        It 'changes nothing that is there already, and says so' {
            $again = $export | Import-ClusterConfig -Cluster green @kube
            $again | Where-Object Action -In Created, Updated, Failed | Should -BeNullOrEmpty
        }

        It 'takes <Way>' -ForEach @(
            @{ Way = 'a path'; Script = { Import-ClusterConfig $export.Path -Cluster other @kube -Kind Namespace } }
            @{ Way = 'a path with wildcards'; Script = { Import-ClusterConfig (Join-Path $TestDrive 'back*') -Cluster other @kube -Kind Namespace } }
            @{ Way = 'a file of plain manifests'; Script = { $file = Join-Path $TestDrive 'one.yaml'; Set-Content $file "apiVersion: v1`nkind: Namespace`nmetadata: {name: shop}"; Import-ClusterConfig $file -Cluster other @kube } }
            @{ Way = 'a literal path'; Script = { Import-ClusterConfig -LiteralPath $export.Path -Cluster other @kube -Kind Namespace } }
            @{ Way = 'a path from the pipeline'; Script = { $export.Path | Import-ClusterConfig -Cluster other @kube -Kind Namespace } }
            @{ Way = 'a directory'; Script = { Get-Item $export.Path | Import-ClusterConfig -Cluster other @kube -Kind Namespace } }
            @{ Way = 'an export'; Script = { Import-ClusterConfig -InputObject $export -Cluster other @kube -Kind Namespace } }
            @{ Way = 'an export that came back through CliXml'; Script = { $export | Export-Clixml "$TestDrive/e.xml"; Import-Clixml "$TestDrive/e.xml" | Import-ClusterConfig -Cluster other @kube -Kind Namespace } }
            @{ Way = 'an export that came back through JSON'; Script = { $export | ConvertTo-Json | ConvertFrom-Json | Import-ClusterConfig -Cluster other @kube -Kind Namespace } }
            @{ Way = 'an object with a Path'; Script = { [pscustomobject]@{ Path = $export.Path } | Import-ClusterConfig -Cluster other @kube -Kind Namespace } }
            @{ Way = 'a context as its target'; Script = { $export | Import-ClusterConfig -Cluster (Get-ClusterContext other @kube) -Kind Namespace } }
            @{ Way = 'a context that came back from a job'; Script = { Get-ClusterContext other @kube | Export-Clixml "$TestDrive/c.xml"; $export | Import-ClusterConfig -Cluster (Import-Clixml "$TestDrive/c.xml") -Kind Namespace } }
        ) {
            $changes = & $Script
            $changes.Name | Should -Contain 'shop'
            $changes.Context | Sort-Object -Unique | Should -Be 'other'
        }

        It 'takes a directory whose name looks like a pattern' {
            $path = Join-Path $TestDrive 'odd [1]'
            $null = Export-ClusterConfig -Cluster blue -Path $path -Kind Namespace @kube
            (Import-ClusterConfig -Path $path -Cluster other @kube).Name | Should -Contain 'shop'
            ([pscustomobject]@{ Path = $path } | Import-ClusterConfig -Cluster other @kube).Name | Should -Contain 'shop'
        }

        It 'says when no directory is meant' {
            { Import-ClusterConfig (Join-Path $TestDrive 'no*such') -Cluster other @kube -ErrorAction Stop } | Should -Throw -ErrorId 'PathNotFound,*'
            { Import-ClusterConfig (Join-Path $TestDrive 'absent') -Cluster other @kube -ErrorAction Stop } | Should -Throw
        }

        It 'does not take a context object together with another kubeconfig' {
            $elsewhere = Join-Path $TestDrive 'elsewhere'
            Copy-Item $sandbox.KubeConfigPath $elsewhere
            { $export | Import-ClusterConfig -Cluster (Get-ClusterContext other @kube) -KubeConfigPath $elsewhere } | Should -Throw -ErrorId 'KubeConfigAmbiguous,*'
        }

        It 'gives failed objects as objects, and one error at the end' {
            $null = Add-TestFault $sandbox @{ kind = 'refuse'; cluster = 'other'; verb = 'create'; resource = 'configmaps'; count = 1000; statusCode = 403; reason = 'Forbidden'; message = 'the policy of the house forbids it' }
            try {
                $changes = Import-ClusterConfig $export.Path -Cluster other -Namespace shop @kube -ErrorVariable problem -ErrorAction SilentlyContinue
            }
            finally { Clear-TestFault $sandbox }
            $failed = $changes | Where-Object Action -EQ Failed
            $failed.Name | Sort-Object | Should -Be 'other', 'settings'
            $failed[0].Failure.Message | Should -BeLike '*policy of the house*'
            ($changes | Where-Object Kind -EQ Service).Action | Should -Be 'Created'
            $problem.Count | Should -Be 1
            $problem[0].FullyQualifiedErrorId | Should -BeLike 'ImportIncomplete,*'
            $problem[0].CategoryInfo.Category | Should -Be 'InvalidResult'
            "$($problem[0])" | Should -BeLike '*2 failed*'
            $problem[0].ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
        }

        It 'with -ErrorAction Stop stops after everything was tried, and every object is there' {
            $null = Add-TestFault $sandbox @{ kind = 'refuse'; cluster = 'other'; verb = 'create'; resource = 'configmaps'; count = 1000; statusCode = 403; message = 'no' }
            $problem = $null
            try { $null = Import-ClusterConfig $export.Path -Cluster other -Namespace shop @kube -OutVariable seen -ErrorAction Stop }
            catch { $problem = $_ }
            finally { Clear-TestFault $sandbox }
            $problem.FullyQualifiedErrorId | Should -BeLike 'ImportIncomplete,*'
            $seen.Count | Should -BeGreaterThan 3
        }

        It 'changes what is there only when it is told to' {
            $settings = Get-ChildItem $export.Path -Recurse -Filter settings.yaml
            $changed = Join-Path $TestDrive 'changed'
            Copy-Item $export.Path $changed -Recurse
            $file = Join-Path $changed ([IO.Path]::GetRelativePath($export.Path, $settings.FullName))
            (Get-Content $file -Raw) -replace 'blue', 'green' | Set-Content $file -NoNewline
            { Import-ClusterConfig $changed -Cluster green -Kind ConfigMap @kube -ErrorAction Stop } | Should -Throw
            $skipped = Import-ClusterConfig $changed -Cluster green -Kind ConfigMap -AllowModified @kube | Where-Object Name -EQ settings
            $skipped.Action | Should -Be 'Skipped'
            $skipped.Fields.Path | Should -Be 'data.color'
            $failed = Import-ClusterConfig $changed -Cluster green -Kind ConfigMap -AllowModified -Existing Fail @kube -ErrorAction SilentlyContinue | Where-Object Name -EQ settings
            $failed.Action | Should -Be 'Failed'
            $updated = Import-ClusterConfig $changed -Cluster green -Kind ConfigMap -AllowModified -Existing Apply -ForceConflict @kube | Where-Object Name -EQ settings
            $updated.Action | Should -Be 'Updated'
        }
    }

    Context 'Import-ClusterConfig of what is asked about' {
        BeforeAll {
            # Answers each question as a person at the keyboard would.
            Add-Type -TypeDefinition @'
using System;
using System.Collections.Generic;
using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;
public sealed class AnsweringHost : PSHost
{
    private readonly AnsweringUi _ui;
    public AnsweringHost(int answer) { _ui = new AnsweringUi(answer); }
    public List<string> Questions { get { return _ui.Questions; } }
    public override CultureInfo CurrentCulture { get { return CultureInfo.InvariantCulture; } }
    public override CultureInfo CurrentUICulture { get { return CultureInfo.InvariantCulture; } }
    public override Guid InstanceId { get; } = Guid.NewGuid();
    public override string Name { get { return "Answers"; } }
    public override Version Version { get { return new Version(1, 0); } }
    public override PSHostUserInterface UI { get { return _ui; } }
    public override void EnterNestedPrompt() { }
    public override void ExitNestedPrompt() { }
    public override void NotifyBeginApplication() { }
    public override void NotifyEndApplication() { }
    public override void SetShouldExit(int exitCode) { }
}
public sealed class AnsweringUi : PSHostUserInterface
{
    private readonly int _answer;
    public AnsweringUi(int answer) { _answer = answer; }
    public List<string> Questions = new List<string>();
    public override PSHostRawUserInterface RawUI { get { return null; } }
    public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) { throw new NotSupportedException(message); }
    public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice) { Questions.Add(message); return _answer; }
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) { throw new NotSupportedException(message); }
    public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName, PSCredentialTypes allowed, PSCredentialUIOptions options) { throw new NotSupportedException(message); }
    public override string ReadLine() { throw new NotSupportedException(); }
    public override System.Security.SecureString ReadLineAsSecureString() { throw new NotSupportedException(); }
    public override void Write(string value) { }
    public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value) { }
    public override void WriteDebugLine(string message) { }
    public override void WriteErrorLine(string value) { }
    public override void WriteLine(string value) { }
    public override void WriteProgress(long sourceId, ProgressRecord record) { }
    public override void WriteVerboseLine(string message) { }
    public override void WriteWarningLine(string message) { }
}
'@
            function Invoke-Answered([int] $Answer, [string] $Script) {
                $answering = [AnsweringHost]::new($Answer)
                $space = [runspacefactory]::CreateRunspace($answering)
                $space.Open()
                $shell = [powershell]::Create($space)
                try {
                    $output = $shell.AddScript("Import-Module '$manifestPath'; $Script").Invoke()
                    [pscustomobject]@{ Output = $output; Questions = $answering.Questions; Errors = $shell.Streams.Error }
                }
                finally { $shell.Dispose(); $space.Dispose() }
            }
            $asked = "Import-ClusterConfig '$($export.Path)' -Cluster asked -KubeConfigPath '$($sandbox.KubeConfigPath)' -Confirm"
        }

        It 'with -Confirm asks once, with the target and the counts, and writes nothing when the answer is no' {
            $no = Invoke-Answered 2 $asked
            $no.Errors | Should -BeNullOrEmpty
            @($no.Questions).Count | Should -Be 1
            $no.Questions[0] | Should -BeLike '*asked*'
            $no.Questions[0] | Should -Match 'Import \d+ objects of blue: .*2 ConfigMap'
            $no.Output | Should -BeNullOrEmpty
            (Compare-ClusterConfig $export.Path asked -Namespace shop @kube).State | Sort-Object -Unique | Should -Be 'Missing'
        }

        It 'with -Confirm goes on when the answer is yes' {
            $yes = Invoke-Answered 0 $asked
            @($yes.Questions).Count | Should -Be 1
            ($yes.Output | Where-Object Name -EQ settings).Action | Should -Be 'Created'
            Compare-ClusterConfig $export.Path asked -Namespace shop @kube | Should -BeNullOrEmpty
        }

        It 'without -Confirm asks nothing' {
            $silent = Invoke-Answered 2 ($asked -replace ' -Confirm$')
            $silent.Questions | Should -BeNullOrEmpty
            $silent.Output | Should -Not -BeNullOrEmpty
        }

        It 'changes a CustomResourceDefinition that is there only with -IncludeCrd' {
            function Get-Crd([string] $Column) {
                @{
                    apiVersion = 'apiextensions.k8s.io/v1'; kind = 'CustomResourceDefinition'; metadata = @{ name = 'boats.harbour.test' }
                    spec       = @{
                        group = 'harbour.test'; scope = 'Namespaced'; names = @{ kind = 'Boat'; listKind = 'BoatList'; plural = 'boats'; singular = 'boat' }
                        versions = @(@{ name = 'v1'; served = $true; storage = $true; schema = @{ openAPIV3Schema = @{ type = 'object'; properties = @{ spec = @{ type = 'object'; properties = @{ $Column = @{ type = 'string' } } } } } } })
                    }
                }
            }
            $crd = Join-Path $TestDrive 'crd.json'
            Get-Crd 'length' | ConvertTo-Json -Depth 16 | Set-Content -LiteralPath $crd
            (Import-ClusterConfig $crd -Cluster asked @kube).Action | Should -Be 'Created'
            Get-Crd 'draught' | ConvertTo-Json -Depth 16 | Set-Content -LiteralPath $crd
            $kept = Import-ClusterConfig $crd -Cluster asked -Existing Apply -ForceConflict @kube
            $kept.Action | Should -Be 'Skipped'
            $kept.Reason | Should -BeLike '*-IncludeCrd*'
            (Compare-ClusterConfig $crd asked -Kind CustomResourceDefinition @kube | Where-Object Name -EQ boats.harbour.test).State | Should -Be 'Different'
            $changed = Import-ClusterConfig $crd -Cluster asked -Existing Apply -ForceConflict -IncludeCrd @kube
            $changed.Action | Should -Be 'Updated'
            Compare-ClusterConfig $crd asked -Kind CustomResourceDefinition @kube | Where-Object { $_.Name -eq 'boats.harbour.test' -and $_.Fields.Path -match 'draught' } | Should -BeNullOrEmpty
        }
    }

    Context 'Compare-ClusterConfig' {
        It 'compares <Reference> with <Difference>' -ForEach @(
            @{ Reference = 'a directory'; Difference = 'a context'; Left = { $export.Path }; Right = { 'blue' } }
            @{ Reference = 'an export'; Difference = 'a context object'; Left = { $export }; Right = { Get-ClusterContext blue @kube } }
            @{ Reference = 'a context'; Difference = 'a directory object'; Left = { 'blue' }; Right = { Get-Item $export.Path } }
            @{ Reference = 'a directory'; Difference = 'a directory'; Left = { $export.Path }; Right = { $export.Path } }
            @{ Reference = 'a context'; Difference = 'the same context'; Left = { 'blue' }; Right = { 'blue' } }
        ) {
            Compare-ClusterConfig -Reference (& $Left) -Difference (& $Right) -Namespace shop @kube | Should -BeNullOrEmpty
        }

        It 'keeps to the selection of an export, unless another is named' {
            $part = Export-ClusterConfig -Cluster blue -Path (Join-Path $TestDrive 'part') -Namespace shop -Kind ConfigMap @kube
            Compare-ClusterConfig $part blue @kube | Should -BeNullOrEmpty
            Compare-ClusterConfig blue $part.Path @kube | Should -BeNullOrEmpty
            (Compare-ClusterConfig $part blue -Kind Deployment -Namespace shop @kube).State | Should -Contain 'Extra'
        }

        It 'says what is missing, extra and different' {
            Add-TestObject $sandbox other @(
                @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'mart' } }
                @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ namespace = 'mart'; name = 'extra' }; data = @{ a = 'b' } }
                @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ namespace = 'mart'; name = 'settings' }; data = @{ color = 'red' } }
            )
            Add-TestObject $sandbox blue @(
                @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'mart' } }
                @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ namespace = 'mart'; name = 'gone' }; data = @{ a = 'b' } }
                @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ namespace = 'mart'; name = 'settings' }; data = @{ color = 'blue' } }
            )
            $differences = Get-ClusterContext blue @kube | Compare-ClusterConfig -Difference other -Kind ConfigMap -Namespace mart @kube
            $differences | Should -BeOfType [KonUpgrade.Model.ClusterConfigDifference]
            ($differences | Where-Object State -EQ Missing).Name | Should -Be 'gone'
            ($differences | Where-Object State -EQ Extra).Name | Should -Be 'extra'
            $different = $differences | Where-Object State -EQ Different
            $different.Fields.Path | Should -Be 'data.color'
            $different.Fields.Reference | Should -Be '"blue"'
            $different.Fields.Difference | Should -Be '"red"'
        }

        It 'refuses a name that is both a context''s and a directory''s' {
            $null = New-Item -ItemType Directory -Path (Join-Path $TestDrive 'here/blue')
            Set-Content (Join-Path $TestDrive 'here/blue/shop.yaml') "apiVersion: v1`nkind: Namespace`nmetadata: {name: shop}"
            Push-Location (Join-Path $TestDrive 'here')
            try {
                { Compare-ClusterConfig blue other @kube } | Should -Throw -ErrorId 'SideAmbiguous,*'
                { Compare-ClusterConfig ./blue ./blue @kube } | Should -Not -Throw
            }
            finally { Pop-Location }
        }

        It 'says when a name is neither' {
            $problem = { Compare-ClusterConfig nowhere blue @kube } | Should -Throw -PassThru
            $problem.CategoryInfo.Category | Should -Be 'ObjectNotFound'
            "$problem" | Should -BeLike '*nowhere*'
            { Compare-ClusterConfig 5 blue @kube } | Should -Throw -ErrorId 'ParameterArgumentTransformationError,*'
        }
    }

    Context 'Objects' {
        It 'survive a job' {
            $job = Start-Job -ScriptBlock {
                Import-Module $using:manifestPath
                Export-ClusterConfig -Cluster blue -KubeConfigPath $using:sandbox.KubeConfigPath -Path (Join-Path $using:TestDrive 'job')
            }
            try { $back = $job | Receive-Job -Wait }
            finally { $job | Remove-Job -Force }
            $back.PSTypeNames | Should -Contain 'Deserialized.KonUpgrade.Model.ClusterConfigExport'
            $null = $back | Import-ClusterConfig -Cluster green @kube -WhatIf
            ($back | Import-ClusterConfig -Cluster green @kube).Context | Sort-Object -Unique | Should -Be 'green'
        }

        It 'are shown as tables that fit' {
            foreach ($object in $export, (Import-ClusterConfig $export.Path -Cluster green @kube), (Export-ClusterConfig -Cluster blue -Path (Join-Path $TestDrive 'shown') -PassThru @kube)) {
                $lines = $object | Out-String -Width 120 -Stream
                ($lines | Measure-Object Length -Maximum).Maximum | Should -BeLessOrEqual 120
                $lines[1..3] -join '' | Should -Match '---'
            }
        }

        It 'keep everything through JSON' {
            $back = Import-ClusterConfig $export.Path -Cluster green @kube | Select-Object -First 1 | ConvertTo-Json -Depth 5 -EnumsAsStrings | ConvertFrom-Json
            $back.Action | Should -BeIn 'Unchanged', 'Skipped'
            $back.Kind | Should -Not -BeNullOrEmpty
        }
    }

    Context 'Streams' {
        It 'tell milestones on the information and the verbose stream, and end their progress' {
            $shell = Start-Shell "Import-ClusterConfig '$($export.Path)' -Cluster green -KubeConfigPath '$($sandbox.KubeConfigPath)' -Verbose"
            $null = $shell.Shell.EndInvoke($shell.Started)
            $shell.Shell.Streams.Information.MessageData | Where-Object { $_ -match 'Import into green' } | Should -Not -BeNullOrEmpty
            $shell.Shell.Streams.Verbose.Message | Where-Object { $_ -match 'Import into green' } | Should -Not -BeNullOrEmpty
            $last = @{}
            foreach ($record in $shell.Shell.Streams.Progress) { $last["$($record.ActivityId)"] = $record.RecordType }
            $last.Values | Where-Object { $_ -ne 'Completed' } | Should -BeNullOrEmpty
        }
    }
}

Describe 'The report of an upgrade' {
    BeforeAll {
        . $PSScriptRoot/Support.ps1
        $sandbox = Start-UpgradeSandbox blue=1.32, green=1.34 -NodeCount 1
        $kube = @{ KubeConfigPath = $sandbox.KubeConfigPath }
        Add-TestObject $sandbox blue @(Get-ShopObject)
        $journal = Join-Path $TestDrive 'upgrade.jsonl'
        $upgrade = New-UpgradePlan -Blue blue -Green green @kube | Invoke-BlueGreenUpgrade -JournalPath $journal -WarningAction SilentlyContinue
    }
    AfterAll { $sandbox | Stop-UpgradeSandbox }

    It 'is a page that stands for itself' {
        $page = Join-Path $TestDrive 'report.html'
        Export-UpgradeReport $page -JournalPath $journal | Should -BeNullOrEmpty
        $text = Get-Content $page -Raw
        $text | Should -Match '^<!DOCTYPE html>'
        $text | Should -Match 'Waits for approval'
        $text | Should -Match ([regex]::Escape("Resume-BlueGreenUpgrade -JournalPath $journal -Approve scale-down-blue"))
        $text | Should -Not -Match 'https?://|<script|is not in this report'
    }

    It 'is JSON by the name of its file, or as -Format says' {
        $upgrade | Export-UpgradeReport (Join-Path $TestDrive 'a.JSON')
        $upgrade | Export-UpgradeReport (Join-Path $TestDrive 'b.txt') -Format Json
        $upgrade | Export-UpgradeReport (Join-Path $TestDrive 'c.json') -Format Html
        $json = Get-Content (Join-Path $TestDrive 'a.JSON') -Raw
        Get-Content (Join-Path $TestDrive 'b.txt') -Raw | Should -Be $json
        Get-Content (Join-Path $TestDrive 'c.json') -Raw | Should -Match '^<!DOCTYPE'
        $report = $json | ConvertFrom-Json
        $report.kind, $report.outcome.state, $report.name | Should -Be 'UpgradeReport', 'AwaitingApproval', $upgrade.Name
        $report.steps.id | Should -Be $upgrade.Steps.Id
        $report.moved.moved | Should -BeGreaterThan 0
        $there = $report.moved.kinds | ForEach-Object { $_.created + $_.updated + $_.unchanged } | Measure-Object -Sum
        $there.Sum | Should -Be $report.moved.moved
        $report.source.lacks | Should -BeNullOrEmpty
    }

    It 'replaces a file with -Force alone, gives it with -PassThru, and writes nothing with -WhatIf' {
        $page = Join-Path $TestDrive 'there.html'
        Export-UpgradeReport $page -JournalPath $journal -WhatIf
        Test-Path $page | Should -BeFalse
        Set-Content $page 'mine'
        { Export-UpgradeReport $page -JournalPath $journal -ErrorAction Stop } | Should -Throw -ErrorId 'ReportFileExists,*'
        Get-Content $page | Should -Be 'mine'
        $file = Export-UpgradeReport $page -JournalPath $journal -Force -PassThru
        $file | Should -BeOfType [System.IO.FileInfo]
        $file.FullName, (Get-Content $page -TotalCount 1) | Should -Be $page, '<!DOCTYPE html>'
        { Export-UpgradeReport $TestDrive -JournalPath $journal -Force -ErrorAction Stop } | Should -Throw -ErrorId 'ReportFileExists,*'
    }

    It 'takes the place of no journal, nor does a plan' {
        $was = (Get-FileHash $journal).Hash
        foreach ($path in $journal, "$journal.lock", (Join-Path $TestDrive 'upgrade.files/report.html')) {
            { Export-UpgradeReport $path -JournalPath $journal -Force -ErrorAction Stop } | Should -Throw -ErrorId 'JournalKept,*'
            { Export-UpgradeReport $path -JournalPath $journal -Force -WhatIf -ErrorAction Stop } | Should -Throw -ErrorId 'JournalKept,*'
            { New-UpgradePlan -Blue blue -Green green @kube | Export-UpgradePlan $path -Force -ErrorAction Stop } | Should -Throw -ErrorId 'JournalKept,*'
        }
        (Get-FileHash $journal).Hash | Should -Be $was
    }

    It 'is of each upgrade of a pipeline, in a file of its own' {
        Get-BlueGreenUpgrade $journal | Export-UpgradeReport -Path { Join-Path $TestDrive "$($_.Name)-each.html" }
        Test-Path (Join-Path $TestDrive "$($upgrade.Name)-each.html") | Should -BeTrue
        $same = Join-Path $TestDrive 'same.html'
        $upgrade, $upgrade | Export-UpgradeReport $same -ErrorVariable problem -ErrorAction SilentlyContinue
        $problem.FullyQualifiedErrorId | Should -BeLike 'ReportPathInUse,*'
        # Also of one that came back from a job.
        $back = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($upgrade, 4))
        ($back | Export-UpgradeReport (Join-Path $TestDrive 'back.html') -PassThru).Length | Should -BeGreaterThan 1000
    }

    It 'says what it lacks where the files of the upgrade are not at hand, and finds them where they were brought' {
        $away = Join-Path $TestDrive 'away'
        Move-Item (Join-Path $TestDrive 'upgrade.files') $away
        $lacking = Join-Path $TestDrive 'lacking.json'
        Export-UpgradeReport $lacking -JournalPath $journal
        (Get-Content $lacking -Raw | ConvertFrom-Json).source.lacks.list | Should -Contain 'objects'
        Export-UpgradeReport $lacking -JournalPath $journal -WorkPath $away -Force
        (Get-Content $lacking -Raw | ConvertFrom-Json).source.lacks | Should -BeNullOrEmpty
        Move-Item $away (Join-Path $TestDrive 'upgrade.files')
    }

    It 'is made of a journal in a cluster' {
        $moved = New-UpgradePlan -Blue blue -Green green -Name kept @kube | Invoke-BlueGreenUpgrade -JournalCluster green -WorkPath (Join-Path $TestDrive 'kept') -KubeConfigPath $sandbox.KubeConfigPath -WarningAction SilentlyContinue
        $file = Join-Path $TestDrive 'kept.json'
        Export-UpgradeReport $file -JournalCluster green -Name kept -WorkPath (Join-Path $TestDrive 'kept') @kube
        $report = Get-Content $file -Raw | ConvertFrom-Json
        $report.name, $report.outcome.state | Should -Be 'kept', "$($moved.State)"
        $report.back.command | Should -Be 'Undo-BlueGreenUpgrade -JournalCluster green -Name kept'
        $moved | Export-UpgradeReport $file -Force -PassThru @kube | Should -Not -BeNullOrEmpty
    }

    It 'says what is wrong with a journal' {
        { Export-UpgradeReport (Join-Path $TestDrive 'none.html') -JournalPath (Join-Path $TestDrive 'none.jsonl') -ErrorAction Stop } | Should -Throw -ErrorId 'JournalNotFound,*'
        Test-Path (Join-Path $TestDrive 'none.html') | Should -BeFalse
    }
}

# What the test files share. Dot-sourced in BeforeAll.

$moduleRoot = (Resolve-Path -LiteralPath (Join-Path $PSScriptRoot '../..')).ProviderPath
$manifestPath = Join-Path $moduleRoot 'KonUpgrade.psd1'
Import-Module $manifestPath -ErrorAction Stop

# The pwsh that runs this, for what needs a session of its own.
$pwsh = [Environment]::ProcessPath

# Runs a script in a session of its own, where nobody can answer, and gives what it wrote, errors as text.
function Invoke-Session([string] $Script) {
    $file = Join-Path $TestDrive "session-$([guid]::NewGuid().ToString('n')).ps1"
    Set-Content -LiteralPath $file -Value $Script
    $was = $env:NO_COLOR
    $env:NO_COLOR = '1'
    try { & $pwsh -NoProfile -NonInteractive -File $file 2>&1 | ForEach-Object { "$_" } }
    finally { $env:NO_COLOR = $was }
}

# Runs a script in a session of its own, at which a person sits who answers with these, and gives what was shown.
function Invoke-Person([string] $Script, [string[]] $Answers) {
    $was = Set-TestEnvironment @{ NO_COLOR = '1' }
    try { ($Answers | & $pwsh -NoProfile -Command "Import-Module '$manifestPath'; $Script" 2>&1 | ForEach-Object { "$_" }) -join "`n" }
    finally { $null = Set-TestEnvironment $was }
}

# Sets variables of the environment, where null means that there is none, and gives what they were: setting that again
# puts everything back. Not by SetEnvironmentVariable: for a null it is given an empty text, and newer .NET keeps that.
function Set-TestEnvironment([hashtable] $Values) {
    $was = @{}
    foreach ($name in $Values.Keys) {
        $was[$name] = (Get-Item -LiteralPath "env:$name" -ErrorAction Ignore).Value
        if ($null -ne $Values[$name]) { Set-Item -LiteralPath "env:$name" -Value $Values[$name] }
        else { Remove-Item -LiteralPath "env:$name" -ErrorAction Ignore }
    }
    $was
}

# What the control endpoint of a sandbox answers.
function Invoke-Control($Sandbox, [string] $Path, $Body, [string] $Method = 'Post') {
    $json = if ($Body -is [string]) { $Body } elseif ($null -ne $Body) { ConvertTo-Json -InputObject $Body -Depth 32 -Compress }
    $with = if ($null -ne $json) { @{ Body = $json; ContentType = 'application/json' } } else { @{} }
    $with.Headers = @{ Authorization = "Bearer $(Get-Content -LiteralPath (Join-Path (Split-Path $Sandbox.KubeConfigPath) 'control.token') -Raw)" }
    Invoke-RestMethod -Uri "$($Sandbox.ControlUri)/sandbox/$Path" -Method $Method -SkipCertificateCheck -ErrorAction Stop @with
}

# Puts objects into a cluster of the sandbox, as its own users would have.
function Add-TestObject($Sandbox, [string] $Cluster, [object[]] $Object) {
    $lines = ($Object | ForEach-Object { ConvertTo-Json -InputObject $_ -Depth 32 -Compress }) -join "`n"
    $null = Invoke-Control $Sandbox "clusters/$Cluster/objects" "$lines`n"
}

# Adds a fault and gives its id.
function Add-TestFault($Sandbox, [hashtable] $Fault) { (Invoke-Control $Sandbox faults $Fault).id }

# How many requests a fault has struck.
function Get-TestFaultCount($Sandbox, [string] $Id) {
    ((Invoke-Control $Sandbox faults -Method Get).faults | Where-Object id -EQ $Id).struck
}

function Clear-TestFault($Sandbox) { $null = Invoke-Control $Sandbox faults -Method Delete }

# Waits for a condition; fails when the time is over.
function Wait-Until([scriptblock] $Condition, [int] $Seconds = 30) {
    $deadline = [Diagnostics.Stopwatch]::StartNew()
    while (-not (& $Condition)) {
        if ($deadline.Elapsed.TotalSeconds -gt $Seconds) { throw "Not within $Seconds seconds: $Condition" }
        Start-Sleep -Milliseconds 50
    }
}

# A script in a runspace of its own, so that it can be stopped as Ctrl+C does.
function Start-Shell([string] $Script) {
    $shell = [powershell]::Create()
    $null = $shell.AddScript("Import-Module '$manifestPath'; $Script")
    $output = [System.Management.Automation.PSDataCollection[psobject]]::new()
    $started = $shell.BeginInvoke([System.Management.Automation.PSDataCollection[psobject]]::new(), $output)
    [pscustomobject]@{ Shell = $shell; Output = $output; Started = $started }
}

# What Tab offers. A completer gives up after two seconds, which a busy machine may need for the first answer of a
# process: as a person presses Tab again, it is asked again when its time had run out with nothing found.
function Complete-Line([string] $Line, [int] $Attempts = 10) {
    do {
        $clock = [Diagnostics.Stopwatch]::StartNew()
        $found = @((TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText)
    } until ($found -or $clock.Elapsed.TotalSeconds -lt 1.4 -or --$Attempts -lt 1)
    $found
}

# Objects that a small shop would have.
function Get-ShopObject {
    @{ apiVersion = 'v1'; kind = 'Namespace'; metadata = @{ name = 'shop' } }
    @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ namespace = 'shop'; name = 'settings'; labels = @{ app = 'web' } }; data = @{ color = 'blue'; size = '014' } }
    @{ apiVersion = 'v1'; kind = 'ConfigMap'; metadata = @{ namespace = 'shop'; name = 'other' }; data = @{ a = 'yes' } }
    @{ apiVersion = 'v1'; kind = 'Service'; metadata = @{ namespace = 'shop'; name = 'web' }; spec = @{ selector = @{ app = 'web' }; ports = @(@{ name = 'http'; port = 80; targetPort = 8080 }) } }
    @{
        apiVersion = 'apps/v1'; kind = 'Deployment'; metadata = @{ namespace = 'shop'; name = 'web'; labels = @{ app = 'web' } }
        spec       = @{
            replicas = 2; selector = @{ matchLabels = @{ app = 'web' } }
            template = @{ metadata = @{ labels = @{ app = 'web' } }; spec = @{ containers = @(@{ name = 'web'; image = 'registry.test/web:1' }) } }
        }
    }
}

using System.IO.Compression;
using Microsoft.Playwright;

namespace Deliberation.BrowserTests;

/// <summary>A real Chromium: <c>$CHROMIUM</c>, else the system's, else the one that npm brings.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly Lazy<string?> Program = new(Find);
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>Null when there is no browser: then tests are skipped, visibly.</summary>
    public static string? Path => Program.Value;

    /// <summary>A fresh visitor with a phone's or a desk's window.</summary>
    /// <param name="state">Cookies of an earlier visit, as Playwright writes them.</param>
    public async Task<IPage> PageAsync(Uri address, int width = 390, int height = 844, bool hasScript = true, string? state = null)
    {
        var context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address.ToString(),
            ViewportSize = new ViewportSize { Width = width, Height = height },
            JavaScriptEnabled = hasScript,
            Locale = "zh-CN",
            StorageState = state,
        });
        return await context.NewPageAsync();
    }

    public async Task InitializeAsync()
    {
        if (Path is null)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = Path,
            Args = ["--no-sandbox", "--disable-gpu", Path.StartsWith("/usr/", StringComparison.Ordinal) ? "--headless=new" : "--headless=shell", "--disable-background-networking", "--disable-component-update", "--disable-features=PreloadTopChromeWebUI"],
        });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("CHROMIUM") is { Length: > 0 } named)
        {
            return named;
        }

        return File.Exists("/usr/bin/chromium") ? "/usr/bin/chromium" : Unpack();
    }

    /// <summary>npm's Chromium comes packed; unpacked once beside the temporary files.</summary>
    private static string? Unpack()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var packed = System.IO.Path.Combine(folder.FullName, "src", "Deliberation.Web", "node_modules", "@sparticuz", "chromium", "bin");
            if (!Directory.Exists(packed))
            {
                continue;
            }

            var target = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"deliberation-chromium-{Environment.UserName}");
            var program = System.IO.Path.Combine(target, "chromium");
            if (!File.Exists(program))
            {
                Directory.CreateDirectory(target);
                Unbrotli(System.IO.Path.Combine(packed, "chromium.br"), program);
                File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
                foreach (var archive in new[] { "al2023", "swiftshader" })
                {
                    UntarBrotli(System.IO.Path.Combine(packed, $"{archive}.tar.br"), target);
                }
            }

            Environment.SetEnvironmentVariable("LD_LIBRARY_PATH", $"{System.IO.Path.Combine(target, "lib")}:{Environment.GetEnvironmentVariable("LD_LIBRARY_PATH")}");
            return program;
        }

        return null;
    }

    private static void Unbrotli(string from, string to)
    {
        using var packed = new BrotliStream(File.OpenRead(from), CompressionMode.Decompress);
        using var file = File.Create(to);
        packed.CopyTo(file);
    }

    private static void UntarBrotli(string from, string folder)
    {
        if (File.Exists(from))
        {
            using var packed = new BrotliStream(File.OpenRead(from), CompressionMode.Decompress);
            System.Formats.Tar.TarFile.ExtractToDirectory(packed, folder, overwriteFiles: true);
        }
    }
}

/// <summary>A test that needs a browser; skipped where there is none.</summary>
public sealed class BrowserFactAttribute : FactAttribute
{
    public BrowserFactAttribute()
    {
        if (Browser.Path is null)
        {
            Skip = "No browser: run npm ci in src/Deliberation.Web, or set CHROMIUM.";
        }
    }
}

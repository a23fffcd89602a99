using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Dapper;
using Deliberation.Testing;
using Npgsql;
using Shouldly;
using Xunit;

namespace Deliberation.IntegrationTests.Operations;

/// <summary>The verbs of the executable, each as a process of its own on a real database.</summary>
public sealed class VerbTests : IAsyncLifetime
{
    private const string Password = "Kastanie-7-Bach";
    private const string Header = "person,name,phone,birth_year,building,stairwell,door,lives_here,delegate,owner,area_hundredths,area_source\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("dlbverbs").FullName;
    private TestDatabase _database = null!;

    public async Task InitializeAsync()
    {
        _database = await TestDatabase.CreateAsync();
        await ExecuteAsync("insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours) values (1, 'haitang', 'H', 'Urban', 'S', 'D', '1', '1')");
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_sign_in_is_added_listed_and_reset_and_its_password_is_never_an_argument()
    {
        var added = await RunAsync($"{Password}\n", "user", "add", "Chen.Jie", "--name", "Chen Jie", "--role", "Staff", "--post", "GroupLeader", "Lawyer", "--password-file", "-");
        added.Code.ShouldBe(0, added.Error);
        (await RunAsync($"{Password}\n", "user", "add", "chen.jie", "--name", "Other", "--role", "Staff")).ShouldSatisfyAllConditions(
            again => again.Code.ShouldBe(1), again => again.Error.ShouldContain("taken"));

        var listed = JsonNode.Parse((await RunAsync(null, "user", "list", "--json")).Output)![0]!;
        listed["login"]!.GetValue<string>().ShouldBe("chen.jie");
        listed["communities"]!.ToJsonString().ShouldBe("""["haitang"]""");
        listed["posts"]!.ToJsonString().ShouldBe("""["haitang/GroupLeader","haitang/Lawyer"]""");
        (await ScalarAsync<int?>("select rung from post where post_code = 'Lawyer'")).ShouldBeNull();
        (await ScalarAsync<int?>("select rung from post where post_code = 'GroupLeader'")).ShouldBe(0);

        var stamp = await ScalarAsync<Guid>("select security_stamp from staff");
        var file = Write("password", "Another-9-River\n");
        (await RunAsync(null, "user", "reset", "chen.jie", "--password-file", file)).Code.ShouldBe(0);
        (await ScalarAsync<Guid>("select security_stamp from staff")).ShouldNotBe(stamp);
        Features.Access.StaffPasswords.Verify(await ScalarAsync<string>("select password_hash from staff"), "Another-9-River").ShouldBeTrue();
        (await ScalarAsync<string>("select string_agg(action, ' ' order by entry_id) from audit_entry")).ShouldBe("AddStaff ResetStaffPassword");
    }

    [Theory]
    [InlineData("short", "password")]
    [InlineData("password12345678", "guess")]
    [InlineData("chen.jiechen.jie1", "guess")]
    public async Task A_password_that_anybody_guesses_is_refused(string password, string word)
    {
        var refused = await RunAsync(password, "user", "add", "chen.jie", "--name", "Chen", "--role", "Staff");
        refused.Code.ShouldBe(1);
        refused.Error.ShouldContain(word);
        (await ScalarAsync<int>("select count(*) from staff")).ShouldBe(0);
    }

    [Theory]
    [InlineData("user", "add", "chen")]
    [InlineData("user", "add", "chen", "--name", "C", "--role", "Emperor")]
    [InlineData("timers", "fire", "not-an-id", "b", "--reason", "r")]
    [InlineData("seed", "roll", "/no/such/file.csv")]
    [InlineData("frobnicate")]
    [InlineData("user", "list", "--verbose")]
    public async Task A_wrong_command_line_returns_2_and_prints_nothing_on_stdout(params string[] arguments)
    {
        var run = await RunAsync(null, arguments);
        (run.Code, run.Output).ShouldBe((2, ""));
        run.Error.Length.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_roll_is_imported_once_and_whole()
    {
        var file = Write(
            "roll.csv",
            Header
            + "p1,Li An,100-0000-0001,1960,3,1,3-101,yes,no,yes,7550,Register\n"
            + "p2,Li Bo,,1962,3,1,3-101,yes,yes,yes,7550,Register\n"
            + "p1,Li An,100-0000-0001,1960,3,1,3-102,no,no,yes,6000,Survey\n"
            + "p3,\"Wang, C\",100-0000-0003,1990,3,1,3-102,yes,no,no,,\n");
        var imported = await RunAsync(null, "seed", "roll", file);

        imported.Code.ShouldBe(0, imported.Error);
        (await ScalarAsync<int>("select count(*) from household")).ShouldBe(2);
        (await ScalarAsync<int>("select count(*) from resident")).ShouldBe(3);
        (await ScalarAsync<long>("select sum(area_hundredths)::bigint from exclusive_unit")).ShouldBe(13550);
        (await ScalarAsync<int>("select count(*) from unit_owner")).ShouldBe(3);
        (await ScalarAsync<string>("select full_name from household h join resident r on r.resident_id = h.delegate_id where door = '3-101'")).ShouldBe("Li Bo");
        (await ScalarAsync<int>("select count(*) from audit_entry where action = 'ImportRoll'")).ShouldBe(1);

        var again = await RunAsync(null, "seed", "roll", file);
        again.Code.ShouldBe(1);
        (await ScalarAsync<int>("select count(*) from resident")).ShouldBe(3);
    }

    [Fact]
    public async Task A_roll_with_errors_writes_nothing_and_names_every_line_and_field()
    {
        var file = Write(
            "bad.csv",
            Header
            + "p1,Li An,100-0000-0001,1960,3,1,3-101,yes,no,yes,7550,Register\n"
            + "p2,Li Bo,,1862,3,1,3-101,yes,yes,no,,\n"
            + "p3,Li Ce,abc,1990,3,1,3-102,no,no,no,,\n"
            + "p1,Li An,100-0000-0001,1961,3,1,3-103,yes,no,yes,many,Register\n");
        var refused = await RunAsync(null, "seed", "roll", file);

        refused.Code.ShouldBe(1);
        foreach (var (line, field) in new[] { (3, "birth_year"), (4, "phone"), (4, "owner"), (5, "birth_year"), (5, "area_hundredths"), (5, "lives_here") })
        {
            refused.Error.Split('\n').ShouldContain(said => said.Contains($"line {line}:") && said.Contains(field), $"{line} {field}\n{refused.Error}");
        }

        (await ScalarAsync<int>("select count(*) from resident")).ShouldBe(0);
        (await RunAsync(null, "seed", "roll", Write("columns.csv", "a,b\n"))).Error.ShouldContain("columns");
        File.WriteAllBytes(Path.Combine(_folder, "gbk.csv"), [0xD6, 0xD0]);
        (await RunAsync(null, "seed", "roll", Path.Combine(_folder, "gbk.csv"))).Error.ShouldContain("UTF-8");
    }

    [Fact]
    public async Task Timers_are_listed_and_one_is_fired_with_a_reason()
    {
        var instance = Guid.CreateVersion7();
        await ExecuteAsync(TimerRows, new { instance, project = Guid.CreateVersion7() });
        var due = await ScalarAsync<DateTimeOffset>("select due_at from workflow_timer");

        var listed = JsonNode.Parse((await RunAsync(null, "timers", "list", "--json")).Output)!;
        listed["waiting"]!.GetValue<int>().ShouldBe(1);
        listed["nextDay"]![0]!["instanceId"]!.GetValue<Guid>().ShouldBe(instance);

        (await RunAsync(null, "timers", "fire", $"{instance}", "wait", "--reason", " ")).Code.ShouldBe(1);
        (await RunAsync(null, "timers", "fire", $"{Guid.NewGuid()}", "wait", "--reason", "storm")).Code.ShouldBe(1);
        var fired = await RunAsync(null, "timers", "fire", $"{instance}", "wait", "--reason", "storm", "--community", "haitang");
        fired.Code.ShouldBe(0, fired.Error);
        (await ScalarAsync<DateTimeOffset>("select due_at from workflow_timer")).ShouldBeLessThan(due);
        (await ScalarAsync<string>("select reason from audit_entry where action = 'FireTimer'")).ShouldBe("storm");
    }

    [Fact]
    public async Task Status_says_what_has_run_and_1_when_something_is_missing()
    {
        var whole = await RunAsync(null, "db", "status", "--json");
        whole.Code.ShouldBe(0);
        JsonNode.Parse(whole.Output)!["missing"]!.GetValue<int>().ShouldBe(0);

        await using var empty = await TestDatabase.CreateAsync(migrated: false);
        var missing = await ProductProgram.RunAsync(Settings(empty), null, "db", "status", "--json");
        missing.Code.ShouldBe(1);
        JsonNode.Parse(missing.Output)!["applied"]!.AsArray().ShouldBeEmpty();
        (await ProductProgram.RunAsync(Settings(empty), null, "user", "list")).ShouldSatisfyAllConditions(
            run => run.Code.ShouldBe(1), run => run.Error.ShouldContain("db migrate"));

        (await ProductProgram.RunAsync(Settings(empty), null, "db", "migrate")).Code.ShouldBe(0);
        (await ProductProgram.RunAsync(Settings(empty), null, "db", "status")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task The_demo_is_seeded_from_the_command_line_but_not_in_production()
    {
        await using var empty = await TestDatabase.CreateAsync();
        var settings = new Dictionary<string, string>(Settings(empty)) { ["Demo__Story"] = "false" };
        var refused = await ProductProgram.RunAsync(settings, null, "seed", "demo");
        refused.Code.ShouldBe(1);
        refused.Error.ShouldContain("--yes-demo");

        var seeded = await ProductProgram.RunAsync(settings, null, "seed", "demo", "--yes-demo");
        seeded.Code.ShouldBe(0, seeded.Error);
        seeded.Output.ShouldContain("admin / ");

        // and a product that starts on it in production says why it does not
        var started = await ProductProgram.RunAsync(settings, null, "--urls", "http://127.0.0.1:0");
        started.Code.ShouldBe(1);
        started.Error.ShouldContain("--yes-demo");
        started.Error.ShouldNotContain("   at ");
    }

    [Fact]
    public async Task The_address_for_psql_opens_the_database()
    {
        var run = await RunAsync(null, "db", "psql-url");
        run.Code.ShouldBe(0);
        var url = new Uri(run.Output.Trim().Replace("@/", "@socket/", StringComparison.Ordinal));
        url.Scheme.ShouldBe("postgresql");
        var query = url.Query.TrimStart('?').Split('&').ToDictionary(part => part.Split('=')[0], part => Uri.UnescapeDataString(part.Split('=')[1]));
        var settings = new NpgsqlConnectionStringBuilder { Host = query["host"], Port = int.Parse(query["port"], System.Globalization.CultureInfo.InvariantCulture), Username = url.UserInfo, Database = url.AbsolutePath[1..], Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        (await connection.ExecuteScalarAsync<string>("select code from community")).ShouldBe("haitang");
    }

    [Fact]
    public async Task The_support_bundle_holds_what_helps_and_no_secret_and_no_persons_words()
    {
        await ExecuteAsync(
            """
            insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest) values ('d', 'd', 1, 'd', '{}', '', true, true);
            insert into project (community_id, project_id, title, template_id, template_version, state) values (1, @project, 'Bridge', 'd', 1, 'InPlan');
            insert into workflow_instance (community_id, instance_id, project_id, definition_version_id, definition_id, status, sub_status, state, created_at, updated_at)
            values (1, @instance, @project, 'd', 'd', 'Running', 'Faulted', '{}', council_now(), council_now());
            insert into workflow_incident (community_id, instance_id, incident_id, at, activity_id, message) values (1, @instance, @instance, council_now(), 'stuck', 'Zhang Sanfeng said no');
            """,
            new { instance = Guid.CreateVersion7(), project = Guid.CreateVersion7() });
        var file = Path.Combine(_folder, "bundle.zip");
        var settings = new Dictionary<string, string>(Settings(_database)) { ["Kestrel__Certificates__Default__Password"] = "hush-hush", ["SOME_TOKEN"] = "hush-hush" };
        settings["ConnectionStrings__Deliberation"] += ";Password=hush-hush";
        var run = await ProductProgram.RunAsync(settings, null, "support-bundle", "--out", file);

        run.Code.ShouldBe(0, run.Error);
        await using var zip = await ZipFile.OpenReadAsync(file);
        var texts = new Dictionary<string, string>();
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync());
            texts[entry.Name] = await reader.ReadToEndAsync();
        }

        texts.Keys.ShouldBe(["versions.json", "settings.json", "doctor.txt", "migrations.json", "incidents.json", "server.json", "figures.json"], ignoreOrder: true);
        texts["incidents.json"].ShouldContain("stuck");
        texts["migrations.json"].ShouldContain("foundation");
        texts["settings.json"].ShouldContain("Kestrel");
        string.Concat(texts.Values).ShouldNotContain("hush-hush");
        string.Concat(texts.Values).ShouldNotContain("Zhang");
    }

    [Fact]
    public async Task The_doctor_misses_node_finds_the_port_taken_and_still_says_that_it_runs()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 5080);
        try
        {
            taken.Start();
        }
        catch (SocketException)
        {
            // somebody else has it: as good
        }

        var start = ProductProgram.Prepare(Settings(_database), ["doctor", "--json"]);
        start.Environment["PATH"] = _folder; // without node
        start.FileName = Path.GetFullPath(Environment.GetEnvironmentVariable("PATH")!.Split(':').Select(folder => Path.Combine(folder, "dotnet")).First(File.Exists));
        var run = await ProductProgram.EndAsync(start);

        run.Code.ShouldBe(0, run.Error);
        var marks = JsonNode.Parse(run.Output)!.AsArray().ToDictionary(finding => finding!["name"]!.GetValue<string>(), finding => finding!);
        marks["node"]["code"]!.GetValue<string>().ShouldBe("node.missing");
        marks["port"]["code"]!.GetValue<string>().ShouldBe("port.taken");
        marks["schema"]["mark"]!.GetValue<string>().ShouldBe("ok");
        marks["node"]["says"]!.GetValue<string>().Split('\n').Length.ShouldBe(2); // one sentence, one command
    }

    [Fact]
    public async Task A_database_that_does_not_answer_is_one_sentence_and_1()
    {
        var settings = new Dictionary<string, string> { ["ConnectionStrings__Deliberation"] = "Host=/tmp/no-such-socket;Username=x;Timeout=2", ["Secrets__File"] = Path.Combine(_folder, "secrets") };
        foreach (var arguments in new string[][] { ["user", "list"], ["--urls", "http://127.0.0.1:0"] })
        {
            var run = await ProductProgram.RunAsync(settings, null, arguments);
            run.Code.ShouldBe(1);
            run.Error.ShouldContain("ConnectionStrings__Deliberation");
            run.Error.ShouldNotContain("   at ");
        }
    }

    private const string TimerRows =
        """
        insert into workflow_definition (definition_version_id, definition_id, version, name, content, sha256, is_published, is_latest) values ('d', 'd', 1, 'd', '{}', '', true, true);
        insert into project (community_id, project_id, title, template_id, template_version, state) values (1, @project, 'Bridge', 'd', 1, 'InPlan');
        insert into workflow_instance (community_id, instance_id, project_id, definition_version_id, definition_id, status, sub_status, state, created_at, updated_at)
        values (1, @instance, @project, 'd', 'd', 'Running', 'Suspended', '{}', council_now(), council_now());
        insert into workflow_bookmark (community_id, instance_id, bookmark_id, name, activity_id, activity_type, visit_id, stimulus_hash, created_at)
        values (1, @instance, 'wait', 'Elsa.Delay', 'delay1', 'Elsa.Delay', 'v', '', council_now());
        insert into workflow_timer (community_id, instance_id, bookmark_id, due_at, original_due_at, catch_up)
        values (1, @instance, 'wait', council_now() + interval '2 hours', council_now() + interval '2 hours', 'Once');
        """;

    private Dictionary<string, string> Settings(TestDatabase database) => new()
    {
        ["ConnectionStrings__Deliberation"] = database.ConnectionString,
        ["Secrets__File"] = Path.Combine(_folder, "secrets"),
    };

    private Task<ProductProgram.Run> RunAsync(string? input, params string[] arguments) => ProductProgram.RunAsync(Settings(_database), input, arguments);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<T>(sql))!;
    }

    private async Task ExecuteAsync(string sql, object? values = null)
    {
        await using var connection = await _database.DataSource.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, values);
    }
}

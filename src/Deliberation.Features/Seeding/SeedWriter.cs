using Dapper;
using Deliberation.Features.Access;
using Deliberation.Features.Residents;
using Npgsql;

namespace Deliberation.Features.Seeding;

/// <summary>The SQL of the seeds: one statement a table and community, in the transaction of the use case.</summary>
internal sealed class SeedWriter(NpgsqlConnection connection, int seed)
{
    /// <summary>One seeding at a time.</summary>
    /// <returns>Codes of the communities that are there.</returns>
    public async Task<IReadOnlySet<string>> LockAsync(CancellationToken cancellationToken)
    {
        await ExecuteAsync("select pg_advisory_xact_lock(hashtextextended('seeding', 0))", null, cancellationToken);
        return (await connection.QueryAsync<string>(new CommandDefinition("select code from community", cancellationToken: cancellationToken))).ToHashSet();
    }

    public async Task WriteStaffAsync(SeedPlan plan, IReadOnlyDictionary<string, string> passwords, CancellationToken cancellationToken)
    {
        var there = (await connection.QueryAsync<string>(new CommandDefinition("select login from staff", cancellationToken: cancellationToken))).ToHashSet();
        var namer = new SeedNamer(plan.Names, new SeedRandom(seed, "names/staff"));
        foreach (var account in plan.Staff)
        {
            var name = namer.Next();
            if (there.Contains(account.Login))
            {
                continue;
            }

            var password = passwords.GetValueOrDefault(account.Login);
            await ExecuteAsync(
                """
                insert into staff (staff_id, login, display_name, kind, password_hash, is_enabled)
                values (@id, @login, @name, @kind, @hash, @isEnabled)
                """,
                new
                {
                    id = StaffIdOf(account.Login),
                    account.Login,
                    name,
                    account.Kind,
                    hash = password is null ? "" : StaffPasswords.Hash(password),
                    isEnabled = password is not null,
                },
                cancellationToken);
        }
    }

    public Task WriteCommunityAsync(SeedCommunity community, CancellationToken cancellationToken) => ExecuteAsync(
        """
        insert into community (community_id, code, name, kind, subdistrict, district, phone, office_hours, is_demo)
        values (@id, @code, @name, @kind, @subdistrict, @district, @phone, @officeHours, true)
        """,
        community,
        cancellationToken);

    public async Task WritePostsAsync(SeedCommunity community, SeedPlan plan, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var account in plan.Staff.Where(s => s.Communities.Contains(community.Code)))
        {
            await ExecuteAsync(
                "insert into staff_scope (community_id, staff_id) values (@id, @staff)",
                new { community.Id, staff = StaffIdOf(account.Login) },
                cancellationToken);
        }

        foreach (var post in plan.Posts.Where(p => p.Community == community.Code))
        {
            await ExecuteAsync(
                "insert into post (community_id, post_code, rung) values (@id, @post, @rung)",
                new { community.Id, post.Post, post.Rung },
                cancellationToken);
            (string Login, bool IsSubstitute)[] holders =
                [.. post.Holders.Select(login => (login, false)), .. post.Substitute is { } substitute ? [(substitute, true)] : Array.Empty<(string, bool)>()];
            foreach (var (login, isSubstitute) in holders)
            {
                await ExecuteAsync(
                    """
                    insert into post_holder (community_id, post_code, staff_id, is_substitute, held_from)
                    values (@id, @post, @staff, @isSubstitute, @now)
                    """,
                    new { community.Id, post.Post, staff = StaffIdOf(login), isSubstitute, now },
                    cancellationToken);
            }
        }
    }

    public async Task WriteRollAsync(int community, DemoRoll roll, CancellationToken cancellationToken)
    {
        await ExecuteAsync(
            """
            insert into household (community_id, household_id, building, stairwell, door, delegate_id)
            select @community, * from unnest(@ids, @buildings, @stairwells, @doors, @delegates)
            """,
            new
            {
                community,
                ids = Column(roll.Households, h => h.Id),
                buildings = Column(roll.Households, h => h.Building),
                stairwells = Column(roll.Households, h => h.Stairwell),
                doors = Column(roll.Households, h => h.Door),
                delegates = Column(roll.Households, h => h.Delegate),
            },
            cancellationToken);
        await ExecuteAsync(
            """
            insert into resident (community_id, resident_id, household_id, full_name, phone, birth_year, lives_here, away_group, locale)
            select @community, * from unnest(@ids, @households, @names, @phones, @birthYears, @livesHere, @awayGroups, @locales)
            """,
            new
            {
                community,
                ids = Column(roll.Residents, r => r.Id),
                households = Column(roll.Residents, r => r.Household),
                names = Column(roll.Residents, r => r.FullName),
                phones = Column(roll.Residents, r => r.Phone),
                birthYears = Column(roll.Residents, r => r.BirthYear),
                livesHere = Column(roll.Residents, r => r.LivesHere),
                awayGroups = Column(roll.Residents, r => r.AwayGroup),
                locales = Column(roll.Residents, r => r.Locale),
            },
            cancellationToken);
        await ExecuteAsync(
            """
            insert into exclusive_unit (community_id, unit_id, building, door, kind, area_hundredths, area_source, state)
            select @community, u.id, u.building, u.door, 'Residential', u.area, u.source, 'Delivered'
            from unnest(@ids, @buildings, @doors, @areas, @sources) u (id, building, door, area, source)
            """,
            new
            {
                community,
                ids = Column(roll.Units, u => u.Id),
                buildings = Column(roll.Units, u => u.Building),
                doors = Column(roll.Units, u => u.Door),
                areas = Column(roll.Units, u => (long)u.AreaHundredths),
                sources = Column(roll.Units, u => u.AreaSource),
            },
            cancellationToken);
        await ExecuteAsync(
            "insert into unit_owner (community_id, unit_id, resident_id) select @community, * from unnest(@units, @residents)",
            new { community, units = Column(roll.Owners, o => o.Unit), residents = Column(roll.Owners, o => o.Resident) },
            cancellationToken);
    }

    /// <summary>The demo's people elect by telephone; what stands on record says that it is a demo.</summary>
    public Task WriteElectionBasisAsync(SeedCommunity community, SeedPlan plan, DateTimeOffset now, CancellationToken cancellationToken) => ExecuteAsync(
        """
        insert into law_record (kind, community_id, basis, recorded_by, recorded_at)
        values ('OnlineElection', @id, '演示数据：假设当地已有规定，自管委员会可以用手机选举。正式使用要写真实的依据。', @staff, @now)
        """,
        new { community.Id, staff = StaffIdOf(plan.Staff.First(account => account.Kind == "Admin" && account.Communities.Contains(community.Code)).Login), now },
        cancellationToken);

    private Guid StaffIdOf(string login) => SeedRandom.Id(seed, $"staff/{login}");

    private static TField[] Column<TRow, TField>(IEnumerable<TRow> rows, Func<TRow, TField> field) => [.. rows.Select(field)];

    /// <summary>The slip that the demo's first link opens.</summary>
    public Task WriteEntryTokenAsync(int community, Guid household, string token, CancellationToken cancellationToken) => ExecuteAsync(
        """
        insert into entry_token (community_id, token_id, token_hash, household_id)
        values (@community, gen_random_uuid(), @hash, @household)
        on conflict (community_id, token_hash) do nothing
        """,
        new { community, hash = Secrets.HashSlip(token), household },
        cancellationToken);

    private Task<int> ExecuteAsync(string sql, object? parameters, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: cancellationToken));
}

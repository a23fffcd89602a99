using System.Globalization;
using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Residents;
using Deliberation.Postgres;
using Deliberation.Process.Calendar;
using MediatR;

namespace Deliberation.Features.Rolls;

/// <summary>Corrects the area, its source or the state of a unit. Frozen rolls stay as they are. Refused with <c>roll.unit-not-found</c>, <c>roll.area-invalid</c>, <c>roll.code-invalid</c>, <c>roll.nothing-changed</c>, <c>roll.reason-required</c>.</summary>
/// <param name="AreaHundredths">0.01 m², 1 to 100,000,000; null = what was typed is no area.</param>
public sealed record EditUnit(
    Caller Caller, CommunityId Community, Guid Unit, long? AreaHundredths, string AreaSource, string State, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>
/// Connects a person with a unit as owner, or with a door as who acts for a business. A person with that name and telephone, or name and year, is taken from the books; else written into them.
/// Refused with <c>roll.unit-not-found</c>, <c>roll.name-invalid</c>, <c>roll.year-invalid</c>, <c>code.phone-invalid</c>, <c>roll.phone-taken</c>, <c>roll.person-ambiguous</c>, <c>roll.already-there</c>, <c>roll.unsold-has-no-owner</c>, <c>roll.reason-required</c>.
/// </summary>
/// <param name="Business">Null: as owner.</param>
public sealed record AddToUnit(
    Caller Caller, CommunityId Community, Guid Unit, string Name, string? Phone, int? BirthYear, string? Business, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>Takes an owner from a unit. Refused with <c>roll.unit-not-found</c>, <c>roll.person-not-found</c>, <c>roll.reason-required</c>.</summary>
public sealed record RemoveOwner(Caller Caller, CommunityId Community, Guid Unit, ResidentId Owner, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

/// <summary>A business has closed. Refused with <c>roll.unit-not-found</c>, <c>roll.reason-required</c>.</summary>
public sealed record CloseMerchant(Caller Caller, CommunityId Community, Guid Merchant, string Reason) : ICommand<Done>
{
    public Audience Audience => Audience.Workers;
}

internal sealed class EditRollHandler(CouncilSession session) :
    IRequestHandler<EditUnit, Result<Done>>,
    IRequestHandler<AddToUnit, Result<Done>>,
    IRequestHandler<RemoveOwner, Result<Done>>,
    IRequestHandler<CloseMerchant, Result<Done>>
{
    private static readonly string[] Sources = ["Register", "Survey", "Contract"];
    private static readonly string[] States = ["Delivered", "SoldNotHandedOver", "Unsold"];

    public async Task<Result<Done>> Handle(EditUnit request, CancellationToken cancellationToken)
    {
        if (await BeginAsync(request.Caller, request.Community, request.Reason, cancellationToken) is not { } act)
        {
            return RollRefusals.ReasonRequired;
        }

        if (request.AreaHundredths is not (>= 1 and <= RollSheet.MostAreaHundredths))
        {
            return RollRefusals.AreaInvalid;
        }

        if (!Sources.Contains(request.AreaSource))
        {
            return RollRefusals.CodeInvalid("Source");
        }

        if (!States.Contains(request.State))
        {
            return RollRefusals.CodeInvalid("State");
        }

        if (await UnitAsync(request.Community, request.Unit, cancellationToken) is not { } unit)
        {
            return RollRefusals.UnitNotFound;
        }

        var next = unit with { AreaHundredths = request.AreaHundredths.Value, AreaSource = request.AreaSource, State = request.State };
        if (next == unit)
        {
            return RollRefusals.NothingChanged;
        }

        var diff = new RollDiff();
        diff.ChangedUnits.Add(next);
        RollValueChange[] changes =
        [
            new(RollColumns.Area, Number(unit.AreaHundredths), Number(next.AreaHundredths)),
            new(RollColumns.Source, unit.AreaSource, next.AreaSource),
            new(RollColumns.State, unit.State, next.State),
        ];
        diff.Events.Add((new RollDiffLine(RollDiffKind.Changed, "Unit", unit.Building, unit.Door, "", [.. changes.Where(c => c.Was != c.Now)]), null));
        return await WriteAsync(request.Caller, act, diff, nameof(EditUnit), $"unit:{request.Unit}", cancellationToken);
    }

    public async Task<Result<Done>> Handle(AddToUnit request, CancellationToken cancellationToken)
    {
        if (await BeginAsync(request.Caller, request.Community, request.Reason, cancellationToken) is not { } act)
        {
            return RollRefusals.ReasonRequired;
        }

        var name = RollColumns.Narrow(request.Name ?? "");
        if (name.Length is < 1 or > 60)
        {
            return RollRefusals.NameInvalid;
        }

        var phone = string.IsNullOrWhiteSpace(request.Phone) ? null : request.Phone.Trim();
        if (phone is not null && CodeEntryHandler.PhoneOf(phone) is null)
        {
            return ResidentRefusals.PhoneInvalid;
        }

        var thisYear = WorkingCalendar.China.DayOf(act.Now).Year;
        if (request.BirthYear is { } year && (year < 1900 || year > thisYear))
        {
            return RollRefusals.YearInvalid(thisYear);
        }

        if (await UnitAsync(request.Community, request.Unit, cancellationToken) is not { } unit)
        {
            return RollRefusals.UnitNotFound;
        }

        var business = string.IsNullOrWhiteSpace(request.Business) ? null : RollColumns.Narrow(request.Business);
        if (business is null && unit.State == "Unsold")
        {
            return RollRefusals.UnsoldHasNoOwner;
        }

        var named = await session.Connection.RowsAsync<BookPerson>(
            """
            select resident_id, household_id, full_name, phone, birth_year, lives_here, away_group from resident
            where community_id = @Community and (full_name = @name or phone = @phone)
            """,
            new { request.Community, name, phone },
            cancellationToken);
        if (phone is not null && named.Any(person => person.Phone == phone && person.FullName != name))
        {
            return RollRefusals.PhoneTaken;
        }

        var found = named.Where(person => person.FullName == name && (phone is null || person.Phone is null || person.Phone == phone)
            && (request.BirthYear is null || person.BirthYear == request.BirthYear || (phone is not null && person.Phone == phone))).ToList();
        if (found.Count > 1)
        {
            return RollRefusals.PersonAmbiguous;
        }

        if (found.Count == 0 && request.BirthYear is null)
        {
            return RollRefusals.YearInvalid(thisYear); // a new person is written down with a year of birth
        }

        var diff = new RollDiff();
        var id = found.Count == 1 ? found[0].ResidentId : Guid.CreateVersion7();
        if (found.Count == 0)
        {
            diff.NewPeople.Add(new BookPerson(id, null, name, phone, request.BirthYear!.Value, LivesHere: false, null));
        }

        if (business is not null)
        {
            diff.NewMerchants.Add(new BookMerchant(Guid.CreateVersion7(), business[..Math.Min(60, business.Length)], unit.Building, unit.Door, id));
        }
        else
        {
            diff.NewOwners.Add(new BookOwner(unit.UnitId, id));
        }

        if (await IsThereAsync(request.Community, unit, id, business, cancellationToken))
        {
            return RollRefusals.AlreadyThere;
        }

        diff.Events.Add((new RollDiffLine(RollDiffKind.New, business is null ? "Owner" : "Merchant", unit.Building, unit.Door, name, []), id));
        return await WriteAsync(request.Caller, act, diff, nameof(AddToUnit), $"unit:{request.Unit}", cancellationToken);
    }

    public async Task<Result<Done>> Handle(RemoveOwner request, CancellationToken cancellationToken)
    {
        if (await BeginAsync(request.Caller, request.Community, request.Reason, cancellationToken) is not { } act)
        {
            return RollRefusals.ReasonRequired;
        }

        if (await UnitAsync(request.Community, request.Unit, cancellationToken) is not { } unit)
        {
            return RollRefusals.UnitNotFound;
        }

        if (!await session.Connection.ScalarAsync<bool>(
            "select exists (select from unit_owner where community_id = @Community and unit_id = @Unit and resident_id = @Owner)",
            new { request.Community, request.Unit, request.Owner },
            cancellationToken))
        {
            return RollRefusals.PersonNotFound;
        }

        var diff = new RollDiff();
        diff.GoneOwners.Add(new BookOwner(request.Unit, request.Owner.Value));
        diff.Events.Add((new RollDiffLine(RollDiffKind.Gone, "Owner", unit.Building, unit.Door, "", []), request.Owner.Value));
        return await WriteAsync(request.Caller, act, diff, nameof(RemoveOwner), $"unit:{request.Unit}", cancellationToken);
    }

    public async Task<Result<Done>> Handle(CloseMerchant request, CancellationToken cancellationToken)
    {
        if (await BeginAsync(request.Caller, request.Community, request.Reason, cancellationToken) is not { } act)
        {
            return RollRefusals.ReasonRequired;
        }

        var merchant = await session.Connection.RowAsync<BookMerchant>(
            "select merchant_id, name, building, door, resident_id from merchant where community_id = @Community and merchant_id = @Merchant and closed_at is null",
            new { request.Community, request.Merchant },
            cancellationToken);
        if (merchant is null)
        {
            return RollRefusals.UnitNotFound;
        }

        var diff = new RollDiff();
        diff.GoneMerchants.Add(merchant);
        diff.Events.Add((new RollDiffLine(RollDiffKind.Gone, "Merchant", merchant.Building, merchant.Door, "", []), merchant.ResidentId));
        return await WriteAsync(request.Caller, act, diff, nameof(CloseMerchant), $"merchant:{request.Merchant}", cancellationToken);
    }

    /// <summary>Locks the books, then reads the time.</summary>
    /// <returns>Null without a reason.</returns>
    private async Task<RollAct?> BeginAsync(Caller caller, CommunityId community, string? reason, CancellationToken cancellationToken)
    {
        if (reason?.Trim() is not { Length: >= 2 and <= 500 } said)
        {
            return null;
        }

        await RollBooks.LockAsync(session.Connection, community, cancellationToken);
        return new RollAct(community, caller.Staff!.Value, await session.Connection.CouncilNowAsync(cancellationToken), said);
    }

    private Task<BookUnit?> UnitAsync(CommunityId community, Guid unit, CancellationToken cancellationToken) => session.Connection.RowAsync<BookUnit>(
        "select unit_id, building, door, kind, area_hundredths, area_source, state from exclusive_unit where community_id = @community and unit_id = @unit",
        new { community, unit },
        cancellationToken);

    private Task<bool> IsThereAsync(CommunityId community, BookUnit unit, Guid person, string? business, CancellationToken cancellationToken) => session.Connection.ScalarAsync<bool>(
        """
        select case when @business::text is null
            then exists (select from unit_owner where community_id = @community and unit_id = @UnitId and resident_id = @person)
            else exists (select from merchant where community_id = @community and building = @Building and door = @Door and name = @business and closed_at is null) end
        """,
        new { community, unit.UnitId, unit.Building, unit.Door, person, business },
        cancellationToken);

    private async Task<Result<Done>> WriteAsync(Caller caller, RollAct act, RollDiff diff, string action, string subject, CancellationToken cancellationToken)
    {
        await RollWriting.ApplyAsync(session.Connection, act, diff, cancellationToken);
        await session.Connection.AuditAsync(caller, act.Community, action, subject, act.Now, cancellationToken, act.Reason);
        return Done.Value;
    }

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}

using Deliberation.Domain;
using Deliberation.Features.Foundation;
using MediatR;

namespace Deliberation.Features.Residents;

/// <summary>A person to choose when several share a slip or a telephone. Masked: 张*兰.</summary>
public sealed record PersonToChoose(ResidentId Resident, string MaskedName);

/// <summary>Whose slip this is, before anybody comes in. Reading never uses a slip up.</summary>
/// <param name="Door">Door of the household, or of the first unit of an owner who lives elsewhere.</param>
/// <param name="People">Who may come in with it; several: the page asks which.</param>
public sealed record SlipView(CommunityId Community, string CommunityName, string Building, string Door, IReadOnlyList<PersonToChoose> People);

/// <summary>A resident's session has begun.</summary>
/// <param name="Secret">Goes into the cookie, nowhere else. Null when <paramref name="People"/> asks who of several.</param>
/// <param name="People">Empty once the session has begun.</param>
public sealed record EntryAnswer(string? Secret, IReadOnlyList<PersonToChoose> People);

/// <summary>Shows whose household a slip is, for GET of <c>/q/{token}</c>. Refused with <c>slip.unknown</c>, <c>slip.revoked</c>, <c>slip.expired</c>.</summary>
/// <param name="Token">Text of the slip, with the community's code first: <c>demo-3-502</c>.</param>
public sealed record ReadSlip(Caller Caller, CommunityId Community, string Token) : IQuery<SlipView>
{
    public Audience Audience => Audience.Everyone;
}

/// <summary>Comes in with a slip, for POST. Refused like <see cref="ReadSlip"/>, and with <c>slip.not-yours</c> when <paramref name="Person"/> is not of that household.</summary>
/// <param name="Person">Which of the household's people; null: the delegate, or the only adult.</param>
public sealed record EnterBySlip(Caller Caller, CommunityId Community, string Token, ResidentId? Person) : ICommand<EntryAnswer>
{
    public Audience Audience => Audience.Everyone;
}

/// <summary>Asks for a one-time code by message. The answer is the same whether or not the number is known. Refused with <c>code.phone-invalid</c>, <c>code.too-many</c>.</summary>
/// <param name="Phone">Digits, spaces and dashes.</param>
/// <param name="Address">Network address of the asker, for the burst limit; stored hashed.</param>
public sealed record RequestCode(Caller Caller, CommunityId Community, string Phone, string Address) : ICommand<CodeRequested>
{
    public Audience Audience => Audience.Everyone;
}

/// <param name="Request">Goes with the code into <see cref="EnterByCode"/>.</param>
/// <param name="Minutes">How long the code lasts.</param>
public sealed record CodeRequested(Guid Request, int Minutes);

/// <summary>Comes in with a code: 6 digits, 10 minutes, once, five tries. Refused with <c>code.wrong</c>, <c>code.expired</c>, <c>code.too-many-tries</c>.</summary>
/// <param name="Person">Which of the people with that number; null at first.</param>
public sealed record EnterByCode(Caller Caller, CommunityId Community, Guid Request, string Code, ResidentId? Person) : IRequest<Result<EntryAnswer>>, ICommunityRequest
{
    public Audience Audience => Audience.Everyone;
}

/// <summary>Ends a session.</summary>
public sealed record Leave(Caller Caller, CommunityId Community, string Secret) : ICommand<Done>
{
    public Audience Audience => Audience.Everyone;
}

/// <summary>Acts for another household of the caller. Refused with <c>residents.not-your-household</c>.</summary>
public sealed record SwitchHousehold(Caller Caller, CommunityId Community, string Secret, HouseholdId Household) : ICommand<Done>
{
    public Audience Audience => Audience.Resident;
}

/// <summary>Households the caller belongs to or is the delegate of.</summary>
public sealed record ListMyHouseholds(Caller Caller, CommunityId Community) : IQuery<IReadOnlyList<MyHousehold>>
{
    public Audience Audience => Audience.Resident;
}

public sealed record MyHousehold(HouseholdId Household, string Building, string Door, bool IsCurrent);

using Deliberation.Domain;
using MediatR;

namespace Deliberation.Features.Foundation;

/// <summary>What a caller must be to be heard. Default deny: a request without one does not compile.</summary>
[Flags]
public enum Audience
{
    None = 0,
    Anonymous = 1,
    Resident = 2,
    Staff = 4,
    Admin = 8,
    Official = 16,
    Supervisor = 32,

    /// <summary>Staff who act; admins may do what staff do.</summary>
    Workers = Staff | Admin,

    /// <summary>All who may read a community's inner pages.</summary>
    Readers = Staff | Admin | Official | Supervisor,

    Everyone = Anonymous | Resident | Readers,
}

/// <summary>A request that concerns one community. Answered 404 to callers of other communities, 403 to callers of the wrong kind.</summary>
public interface ICommunityRequest
{
    Caller Caller { get; }

    CommunityId Community { get; }

    /// <summary>Which kinds of caller are heard.</summary>
    Audience Audience { get; }
}

/// <summary>A use case that changes something: runs in one transaction, committed when granted, rolled back when refused.</summary>
public interface ICommand<T> : IRequest<Result<T>>, ICommunityRequest;

/// <summary>A use case that only reads.</summary>
public interface IQuery<T> : IRequest<Result<T>>, ICommunityRequest;

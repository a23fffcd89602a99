using System.Text.Json.Nodes;
using Deliberation.Domain;
using Deliberation.Features.Ballots;
using Deliberation.Features.Foundation;
using Deliberation.Features.Notifications.Channels;
using Deliberation.Postgres;
using MediatR;

namespace Deliberation.Features.Notifications;

/// <summary>A message as it was written.</summary>
/// <param name="Recipient">Masked name; null for prints.</param>
/// <param name="NotBefore">Council time, still ahead, before which it is held back (quiet hours); null = not or no longer.</param>
/// <param name="Ways">Where it went besides the mailbox and how it stands: <c>Sms.Taken</c>, <c>Email.Parked</c>, <c>Email.Waiting</c>.</param>
/// <param name="IsSecretReminder">It reminds of a secret ballot: whom, nobody else is told, for that would say who has not voted.</param>
/// <param name="Settled">Why it asks for nothing any more: <c>Over</c> what it was about has ended, <c>Done</c> the recipient has done it; null while it may still matter.</param>
public sealed record MessageLine(
    Guid Id,
    string Channel,
    string? Recipient,
    ProjectId? Project,
    string? ProjectTitle,
    string TextKey,
    JsonObject Values,
    string ReasonKey,
    string? Link,
    DateTimeOffset At,
    DateTimeOffset? NotBefore,
    DateTimeOffset? SentAt,
    DateTimeOffset? ReadAt,
    string Locale,
    string? Settled,
    bool IsSecretReminder,
    string[] Ways);

/// <summary>Messages of a community, newest first: the staff's messages page and the outbox of the demo.</summary>
/// <param name="Project">Only of this project; null = all.</param>
/// <param name="Channel">Only this channel; null = all.</param>
/// <param name="IsMailbox">The demo's mailbox stands for the telephones: it alone shows one-time codes. Staff never see them (domain.md 5, requirement 1).</param>
public sealed record ListMessages(Caller Caller, CommunityId Community, ProjectId? Project, string? Channel, PageRequest Page, bool IsMailbox = false) : IQuery<Paged<MessageLine>>
{
    public Audience Audience => Audience.Workers | Audience.Supervisor;
}

/// <summary>Messages to the caller, newest first: residents and staff alike.</summary>
public sealed record ListMyMessages(Caller Caller, CommunityId Community, PageRequest Page) : IQuery<Paged<MessageLine>>
{
    public Audience Audience => Audience.Resident | Audience.Readers;
}

/// <summary>The caller has read their messages.</summary>
/// <param name="UpTo">The newest message that the caller saw; one that came later stays new.</param>
public sealed record MarkMessagesRead(Caller Caller, CommunityId Community, Guid UpTo) : ICommand<Done>
{
    public Audience Audience => Audience.Resident | Audience.Readers;
}

internal static class MessageRows
{
    /// <summary>Whether message <c>m</c> to resident <c>r</c> is settled: a reminder of what has ended must not look like something to do.</summary>
    public const string Settled =
        $"""
        case
            when m.text_key in ('ballots.message.opened', 'ballots.message.opened-paper', 'ballots.message.reminder', 'ballots.message.resumed', 'ballots.message.extended') then (
                select case
                    when b.state not in ('Open', 'Paused') or b.closes_at <= council_now() then 'Over'
                    when not exists (
                        select from roll_entry_person p join roll_entry e using (community_id, ballot_id, unit_key)
                        where p.community_id = m.community_id and p.ballot_id = b.ballot_id and p.resident_id = m.resident_id and not e.is_removed
                            and not {BallotReading.HasVoted}) then 'Done'
                end
                from ballot b where b.community_id = m.community_id and b.ballot_id = {Subject})
            when m.text_key like 'evaluation.message.%' and exists (
                select from evaluation_answer a where a.community_id = m.community_id and a.evaluation_id = {Subject} and a.household_id = r.household_id) then 'Done'
            when m.text_key = 'covenant.message.sign' and exists (
                select from covenant_signature s where s.community_id = m.community_id and s.covenant_id = {Subject} and s.resident_id = m.resident_id) then 'Done'
            when m.text_key in ('meeting.message.invited', 'meeting.message.moved') and exists (
                select from meeting g where g.community_id = m.community_id and g.meeting_id = {Subject} and g.state <> 'Called') then 'Over'
            when coalesce(m.values ->> 'closesAt', m.values ->> 'until')::timestamptz <= council_now() then 'Over'
        end
        """;

    /// <param name="settled"><see cref="Settled"/> for the recipient; who has voted is nobody else's matter here, so the desk's list passes none.</param>
    public static string Select(string settled = "null") =>
        $"""
        select m.message_id as id, m.channel, coalesce(r.full_name, s.display_name) as recipient, m.project_id as project, p.title as project_title, m.text_key, m.values,
            m.reason_key, m.link, m.council_at as at, case when m.not_before > council_now() then m.not_before end as not_before, m.sent_at, m.read_at, coalesce(r.locale, 'zh-Hans') as locale, {settled} as settled,
            m.text_key in {MessageTopics.TellWhoHasNotVoted} and exists (
                select from ballot b where b.community_id = m.community_id and b.ballot_id = {Subject} and b.secrecy = 'Secret') as is_secret_reminder,
            array(select d.channel || case when d.taken_at is not null then '.Taken' when d.parked_at is not null then '.Parked' else '.Waiting' end
                from message_delivery d where d.community_id = m.community_id and d.message_ids @> array[m.message_id] order by 1) as ways
        from outbox_message m
        left join resident r on r.community_id = m.community_id and r.resident_id = m.resident_id
        left join staff s on s.staff_id = m.staff_id
        left join project p on p.community_id = m.community_id and p.project_id = m.project_id
        where m.community_id = @community
        """;

    /// <summary>A one-time code is for whom it was sent to.</summary>
    public static MessageLine WithoutCode(MessageLine line)
    {
        if (!line.Values.ContainsKey("code"))
        {
            return line;
        }

        var values = line.Values.DeepClone().AsObject();
        values["code"] = "••••••";
        return line with { Values = values };
    }

    public const string NewestFirst = "at desc, id desc";

    /// <summary>Id of what the message's link leads to.</summary>
    private const string Subject = "substring(m.link from '[0-9a-f-]{36}$')::uuid";
}

internal sealed class ListMessagesHandler(CouncilSession session) : IRequestHandler<ListMessages, Result<Paged<MessageLine>>>
{
    public async Task<Result<Paged<MessageLine>>> Handle(ListMessages request, CancellationToken cancellationToken) =>
        await session.Connection.PageAsync<MessageLine, MessageLine>(
            $"{MessageRows.Select()} and (@project::uuid is null or m.project_id = @project::uuid) and (@channel::text is null or m.channel = @channel)",
            MessageRows.NewestFirst,
            new { request.Community, project = request.Project?.Value, request.Channel },
            request.Page,
            line => (request.IsMailbox ? line : MessageRows.WithoutCode(line)) with { Recipient = line.Recipient is { } name && (request.IsMailbox || !line.IsSecretReminder) ? Names.Mask(name) : null },
            cancellationToken);
}

internal sealed class ListMyMessagesHandler(CouncilSession session) : IRequestHandler<ListMyMessages, Result<Paged<MessageLine>>>
{
    public async Task<Result<Paged<MessageLine>>> Handle(ListMyMessages request, CancellationToken cancellationToken) =>
        await session.Connection.PageAsync<MessageLine, MessageLine>(
            $"{MessageRows.Select(MessageRows.Settled)} and (m.staff_id = @staff::uuid or m.resident_id = @resident::uuid)",
            MessageRows.NewestFirst,
            new { request.Community, staff = request.Caller.Staff?.Value, resident = request.Caller.Resident?.Value },
            request.Page,
            line => request.Caller.AssistedBy is null && line.TextKey != "contact.message.code" ? line : MessageRows.WithoutCode(line), // the helper looks too; and a code that proves an address is read there
            cancellationToken);
}

internal sealed class MarkMessagesReadHandler(CouncilSession session) : IRequestHandler<MarkMessagesRead, Result<Done>>
{
    public async Task<Result<Done>> Handle(MarkMessagesRead request, CancellationToken cancellationToken)
    {
        var now = await session.Connection.CouncilNowAsync(cancellationToken);
        var read = await session.Connection.RunAsync(
            """
            update outbox_message m set read_at = @now
            from outbox_message seen
            where m.community_id = @community and (m.staff_id = @staff::uuid or m.resident_id = @resident::uuid) and m.read_at is null
                and seen.community_id = @community and seen.message_id = @upTo and (seen.staff_id = @staff::uuid or seen.resident_id = @resident::uuid)
                and (m.council_at, m.message_id) <= (seen.council_at, seen.message_id)
            """,
            new { now, request.Community, request.UpTo, staff = request.Caller.Staff?.Value, resident = request.Caller.Resident?.Value },
            cancellationToken);
        if (read > 0)
        {
            await session.Connection.AuditAsync(request.Caller, request.Community, nameof(MarkMessagesRead), $"message:{request.UpTo}", now, cancellationToken);
        }

        return Done.Value; // a second press finds nothing left
    }
}

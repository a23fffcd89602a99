using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Deliberation.Features.Projects;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Deliberation.Features.Calendars;

/// <summary>After a change of a calendar, project by project: its rows were written with the change. A suspended project waits until it goes on.</summary>
internal sealed class RecountDueProjects(NpgsqlDataSource dataSource, IServiceScopeFactory scopes) : DueProjects(
    dataSource, scopes,
    """
    select r.community_id as community, r.project_id as project
    from calendar_recount r join project p using (community_id, project_id)
    where p.state <> 'Suspended' order by r.change_id, r.community_id, r.project_id limit 1
    """)
{
    protected override ICommand<Done> Act(CommunityId community, ProjectId project) => new RecountProject(Caller.System, community, project);
}

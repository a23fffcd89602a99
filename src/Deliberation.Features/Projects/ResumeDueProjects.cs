using Deliberation.Domain;
using Deliberation.Features.Foundation;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Deliberation.Features.Projects;

/// <summary>Keeps the promise that was given when a project was suspended: it goes on when its day of resumption begins.</summary>
internal sealed class ResumeDueProjects(NpgsqlDataSource dataSource, IServiceScopeFactory scopes) : DueProjects(
    dataSource, scopes,
    """
    select s.community_id as community, s.project_id as project
    from project_suspension s join project p using (community_id, project_id)
    where s.resumed_at is null and s.resume_on <= (select (council_now() at time zone 'Asia/Shanghai')::date) and p.state = 'Suspended'
    order by s.resume_on, s.community_id, s.project_id
    limit 1
    """)
{
    protected override ICommand<Done> Act(CommunityId community, ProjectId project) => new ResumeProject(Caller.System, community, project);
}

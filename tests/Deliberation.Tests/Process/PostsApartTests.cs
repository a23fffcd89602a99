using Deliberation.Process.Tasks;

namespace Deliberation.Tests.Process;

public sealed class PostsApartTests
{
    [Fact]
    public void One_person_in_both_posts_of_a_pair_is_named_once_for_each_pair()
    {
        (string, string)[] holders = [("Contractor", "Li"), ("Auditor", "Li"), ("Inspector", "Li"), ("Inspector", "Wu"), ("Contractor", "Li")];

        Assert.Equal([("Li", "Contractor", "Inspector"), ("Li", "Contractor", "Auditor")], PostsApart.Of(holders));
    }

    [Fact]
    public void Two_persons_or_posts_that_do_not_check_each_other_are_no_clash() =>
        Assert.Empty(PostsApart.Of([("Contractor", "Li"), ("Inspector", "Wu"), ("ElectionBoard", "Li"), ("Scrutineer", "Wu"), ("GroupLeader", "Wu"), ("Community", "Wu")]));
}

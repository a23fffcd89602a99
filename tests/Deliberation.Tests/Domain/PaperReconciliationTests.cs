using Deliberation.Domain.Ballots;
using FsCheck;
using FsCheck.Fluent;

namespace Deliberation.Tests.Domain;

/// <summary>Issued = returned + spoiled + outstanding, per station and in all, or the serials that stand in the way are named.</summary>
public sealed class PaperReconciliationTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 27, 4, 0, 0, TimeSpan.Zero);

    private static readonly Gen<List<IssuedPaper>> Registers =
        from papers in Gen.ListOf(
            from station in Gen.Elements("1", "2", "10")
            from state in Gen.Elements(Enum.GetValues<PaperState>())
            from reading in Gen.Elements(Enum.GetValues<PaperReading>())
            select (station, state, reading: state == PaperState.Returned ? reading : PaperReading.None))
        select papers.Select((p, i) => new IssuedPaper(PaperSerial.Of(1, i + 1), p.station, p.state, p.reading)).ToList();

    [Fact]
    public void It_reconciles_exactly_when_no_serial_is_named_and_no_box_holds_too_many() =>
        Holds(from papers in Registers from voters in Gen.Choose(0, 30) select (papers, voters), x =>
        {
            var found = PaperReconciliation.Of(x.papers, x.voters);
            var open = x.papers.Where(p => p.State == PaperState.Issued || p is { State: PaperState.Returned, Reading: PaperReading.None or PaperReading.Once or PaperReading.Differs });
            return found.Faults.Select(f => f.Serial).SequenceEqual(open.Select(p => p.Serial).Order(StringComparer.Ordinal))
                && found.Reconciles == (found.Faults.Count == 0 && found.Total.InBox <= x.voters);
        });

    [Fact]
    public void The_stations_add_up_to_the_whole_and_nothing_returned_exceeds_what_was_issued() =>
        Holds(Registers, papers =>
        {
            var found = PaperReconciliation.Of(papers, null);
            return found.Stations.Sum(s => s.Issued) == found.Total.Issued && found.Stations.Sum(s => s.Returned) == found.Total.Returned
                && found.Stations.Append(found.Total).All(s => s.Issued == s.Returned + s.Spoiled + s.Outstanding + s.Missing && s.Returned <= s.Issued && s.ReadTwice <= s.ReadOnce)
                && found.Stations.All(s => s.Balances == (s.Missing == 0));
        });

    [Fact]
    public void Stations_stand_in_the_order_of_houses() =>
        Assert.Equal(["1", "2", "10"], PaperReconciliation.Of([Paper(1, "10"), Paper(2, "2"), Paper(3, "1")], null).Stations.Select(s => s.Station));

    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 1)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    public void More_papers_than_voters_is_a_surplus(int handedIn, int surplus) =>
        Assert.Equal(surplus, PaperReconciliation.Of([Read(1), Read(2), Read(3) with { Reading = PaperReading.SetAside }], handedIn).Surplus);

    [Theory]
    [InlineData(-1, false, true)]
    [InlineData(0, false, true)]
    [InlineData(1, false, false)]
    [InlineData(1, true, true)]
    public void The_later_counts_and_a_paper_goes_before_a_proxys_vote(int otherMinutesLater, bool isByProxy, bool paperCounts) =>
        Assert.Equal(paperCounts, PaperPrecedence.PaperCounts(Noon, Noon.AddMinutes(otherMinutesLater), isByProxy));

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    public void Where_nobody_may_vote_again_the_earlier_counts(int otherMinutesLater, bool paperCounts) =>
        Assert.Equal(paperCounts, PaperPrecedence.PaperCounts(Noon, Noon.AddMinutes(otherMinutesLater), isOtherByProxy: false, mayReplace: false));

    private static IssuedPaper Paper(int number, string station) => new(PaperSerial.Of(1, number), station, PaperState.Issued, PaperReading.None);

    private static IssuedPaper Read(int number) => Paper(number, "1") with { State = PaperState.Returned, Reading = PaperReading.Agreed };

    private static void Holds<T>(Gen<T> gen, Func<T, bool> holds) => Prop.ForAll(gen.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(300));
}

namespace Deliberation.Cli.Verify.Counting;

/// <summary>Elections to an office by double majority.</summary>
internal static class OfficeCount
{
    public static Recounted Count(Urn urn)
    {
        var rule = urn.Definition.Rule;
        if (rule.Number("reservedSeats", 0) > 0 || rule.Lists("kin").Count > 0 || rule.List("seated").Count > 0 || rule.Text("tieBreak", "Runoff") != "Runoff")
            throw new RecountException("reserved seats, relatives and lots of an election are not recounted offline");
        var mode = rule.Text("mode", "First");
        var returned = urn.Returned;
        if ((mode == "First" && !Line.MoreThanHalf.IsMet(returned, urn.Roll.Count)) || returned > urn.Roll.Count) return new("Invalid") { Elected = [] };

        var votes = urn.Definition.Ids.ToDictionary(id => id, _ => 0L, StringComparer.Ordinal);
        foreach (var choice in urn.Counted.SelectMany(paper => paper.Choices).Where(votes.ContainsKey)) votes[choice]++;
        var line = mode switch
        {
            "First" => Line.MoreThanHalf,
            "Supplementary" => new Line(new(1, 3), false),
            "Runoff" => new Line(0, true),
            _ => throw new RecountException($"\"{mode}\" is no round of an election"),
        };
        var qualified = urn.Definition.Ids.Where(id => line.IsMet(votes[id], returned)).ToList();
        var seats = (int)Math.Clamp(rule.Number("seats", 1), 1, int.MaxValue);

        // Seat by seat: whoever has more votes than all but the seats before; equal ones on the last seat meet again.
        var elected = qualified.Where(id => qualified.Count(other => votes[other] >= votes[id]) <= seats).OrderByDescending(id => votes[id]).ToList();
        var isTied = elected.Count < seats && qualified.Count > elected.Count;
        return new(elected.Count == seats ? "Filled" : isTied ? "Runoff" : "PartlyFilled") { Elected = elected };
    }
}

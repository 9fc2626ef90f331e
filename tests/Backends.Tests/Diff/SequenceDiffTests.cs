using Shunt.Backends.Diff;

namespace Shunt.Backends.Tests.Diff;

public sealed class SequenceDiffTests
{
    [Theory]
    [InlineData("", "", 0)]
    [InlineData("abc", "abc", 0)]
    [InlineData("abc", "axc", 1)]
    [InlineData("abc", "ac", 1)]
    [InlineData("ac", "abc", 1)]
    [InlineData("abcdef", "bcdefg", 2)]
    [InlineData("", "abc", 3)]
    [InlineData("abc", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    public void The_way_is_the_shortest(string before, string after, int steps) =>
        Assert.Equal(steps, SequenceDiff.Compute([.. before], [.. after], EqualityComparer<char>.Default).Count);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_steps_lead_from_the_one_to_the_other(int seed)
    {
        var random = new Random(seed);
        var before = new string([.. Enumerable.Range(0, random.Next(12)).Select(_ => (char)('a' + random.Next(4)))]);
        var after = new string([.. Enumerable.Range(0, random.Next(12)).Select(_ => (char)('a' + random.Next(4)))]);

        var steps = SequenceDiff.Compute([.. before], [.. after], EqualityComparer<char>.Default);

        Assert.Equal(after, Follow(before, after, steps));
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 200)];

    private static string Follow(string before, string after, List<SequenceStep> steps)
    {
        var result = before.ToList();
        for (var i = steps.Count - 1; i >= 0; i--)
        {
            var step = steps[i];
            if (step.Kind == SequenceStepKind.Insert) result.Insert(step.OldIndex, after[step.NewIndex]);
            else if (step.Kind == SequenceStepKind.Delete) result.RemoveAt(step.OldIndex);
            else result[step.OldIndex] = after[step.NewIndex];
        }

        return new string([.. result]);
    }
}

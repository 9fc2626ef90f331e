using Shunt.Proxy.Logging;

namespace Shunt.Proxy.Tests.Logging;

public sealed class VmodulePatternTests
{
    [Fact]
    public void A_list_is_read_in_order()
    {
        Assert.True(VmodulePattern.TryParse("SyncLoop=4, reflector*=2,", out var patterns, out var problem));

        Assert.Equal([new VmodulePattern("SyncLoop", 4), new VmodulePattern("reflector*", 2)], patterns);
        Assert.Empty(problem);
    }

    [Fact]
    public void Nothing_is_no_pattern()
    {
        Assert.True(VmodulePattern.TryParse("", out var patterns, out _));
        Assert.Empty(patterns);
    }

    [Theory]
    [InlineData("SyncLoop")]
    [InlineData("=2")]
    [InlineData("a=b")]
    [InlineData("a=-1")]
    [InlineData("a=1=2")]
    public void What_is_wrong_is_named(string entry)
    {
        Assert.False(VmodulePattern.TryParse("good=1," + entry, out var patterns, out var problem));

        Assert.Empty(patterns);
        Assert.Equal($"has \"{entry}\", which is not of the form pattern=N", problem);
    }

    [Theory]
    [InlineData("syncloop", "SyncLoop", true)]
    [InlineData("sync*", "SyncLoop", true)]
    [InlineData("*loop", "SyncLoop", true)]
    [InlineData("Sync????", "SyncLoop", true)]
    [InlineData("sync", "SyncLoop", false)]
    [InlineData("proxier", "SyncLoop", false)]
    public void Names_are_matched_whole_and_without_case(string pattern, string name, bool matches) =>
        Assert.Equal(matches, new VmodulePattern(pattern, 1).Matches(name));
}

using Shunt.Model;
using Shunt.Testing.Builders;

namespace Shunt.Proxy.Tests.Sync;

public sealed class ClusterLoaderTests
{
    private readonly SyncFixture _ = new();

    [Fact]
    public async Task It_ends_when_everything_has_been_listed()
    {
        _.Listed([.. SyncFixture.Service(1), Build.Node().Object]);

        Assert.True(await _.LoadAsync());
        Assert.Single(_.Desired(IpFamily.IPv4));
        Assert.NotNull(_.Cluster.Node);
    }

    [Fact]
    public async Task It_gives_up_after_the_timeout()
    {
        var loading = _.Put(SyncFixture.Service(1)).LoadAsync();
        _.Time.Advance(TimeSpan.FromMinutes(1));

        Assert.False(await loading);
    }

    [Fact]
    public async Task What_a_source_ends_with_is_not_lost()
    {
        _.EndSource(new ConfigurationException("the token file is gone"));

        await Assert.ThrowsAsync<ConfigurationException>(_.LoadAsync);
    }

    [Fact]
    public async Task It_gives_up_when_the_source_ends()
    {
        _.EndSource();

        Assert.False(await _.LoadAsync());
    }
}

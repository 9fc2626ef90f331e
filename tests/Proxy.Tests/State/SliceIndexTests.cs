using Shunt.Model;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Tests.State;

public sealed class SliceIndexTests
{
    private static readonly ObjectKey Web = new("shop", "web");

    private readonly SliceIndex _index = new();

    [Fact]
    public void Slices_are_in_the_order_of_their_names_whatever_order_they_came_in()
    {
        Put("web-b");
        Put("web-c");
        Put("web-a");

        Assert.Equal(["web-a", "web-b", "web-c"], Names(Web));
        Assert.Equal(1, _index.Count);
    }

    [Fact]
    public void A_slice_of_the_same_name_takes_the_place_of_the_earlier()
    {
        Put("web-a");
        Put("web-b");

        var newer = Put("web-a");

        Assert.Equal(["web-a", "web-b"], Names(Web));
        Assert.Same(newer, _index.Of(Web)[0]);
    }

    [Theory]
    [InlineData("web-a", new[] { "web-b", "web-c" })]
    [InlineData("web-b", new[] { "web-a", "web-c" })]
    [InlineData("web-c", new[] { "web-a", "web-b" })]
    [InlineData("web-d", new[] { "web-a", "web-b", "web-c" })]
    public void Removing_a_slice_leaves_the_others(string gone, string[] left)
    {
        Put("web-a");
        Put("web-b");
        Put("web-c");

        _index.Remove(Web, gone);

        Assert.Equal(left, Names(Web));
    }

    [Fact]
    public void The_last_slice_takes_its_Service_along()
    {
        Put("web-a");

        _index.Remove(Web, "web-a");
        _index.Remove(Web, "web-a");

        Assert.Equal(0, _index.Count);
        Assert.Empty(Names(Web));
    }

    private EndpointSliceObject Put(string name)
    {
        var slice = new EndpointSliceObject { Key = new ObjectKey(Web.Namespace, name), ServiceName = Web.Name, AddressType = IpFamily.IPv4 };
        _index.Put(Web, slice);
        return slice;
    }

    private List<string> Names(ObjectKey service) => [.. _index.Of(service).ToArray().Select(static slice => slice.Key.Name)];
}

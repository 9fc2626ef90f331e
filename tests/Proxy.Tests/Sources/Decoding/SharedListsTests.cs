using Shunt.Proxy.Sources.Decoding;

namespace Shunt.Proxy.Tests.Sources.Decoding;

public sealed class SharedListsTests
{
    private readonly SharedLists<string> _lists = new();

    [Fact]
    public void Nothing_read_is_the_empty_list()
    {
        var list = _lists.Of([]);

        Assert.False(list.IsDefault);
        Assert.Empty(list);
    }

    [Fact]
    public void The_same_single_element_is_the_same_list()
    {
        var first = _lists.Of(["zone-a"]);
        var second = _lists.Of([new string("zone-a")]);

        Assert.Equal(["zone-a"], second);
        Assert.True(first == second);
    }

    [Fact]
    public void Several_elements_are_a_list_of_its_own_that_later_reading_does_not_change()
    {
        List<string> read = ["zone-a", "zone-b"];

        var list = _lists.Of(read);
        read[0] = "zone-c";

        Assert.Equal(["zone-a", "zone-b"], list);
    }

    [Fact]
    public void However_many_there_have_been_each_list_has_its_own_element()
    {
        for (var i = 0; i < 10_000; i++) Assert.Equal([$"zone-{i}"], _lists.Of([$"zone-{i}"]));

        Assert.Equal(["zone-1"], _lists.Of(["zone-1"]));
    }
}

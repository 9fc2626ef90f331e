using System.Text;
using Shunt.Proxy.Kubernetes;
using Shunt.Proxy.Sources.Decoding;
using Shunt.Proxy.State;
using Shunt.Testing;

namespace Shunt.Proxy.Tests.Sources.Decoding;

/// <summary>What real servers sent; samples in Data, and whole captures where this machine has them.</summary>
public sealed class RealCaptureTests
{
    [Fact]
    public void The_sample_list_decodes()
    {
        var items = new List<Decoded>();
        var page = ListPage.Decode(File.ReadAllBytes(Sample("services-page.json")), ObjectDecoder.For(ObjectKind.Service), items);
        Assert.Equal("596", page.ResourceVersion);
        Assert.NotEqual("", page.Continue);
        Assert.Equal(["default/kubernetes", "shop/web"], items.Select(static i => i.Key.ToString()));
        Assert.Equal("10.96.1.19", string.Join(",", Assert.IsType<ServiceObject>(items[1].Object).ClusterIps));
    }

    [Theory]
    [InlineData("services-watch.json", ObjectKind.Service, "Changed Deleted Changed Deleted Bookmark", "600")]
    [InlineData("endpointslices-watch.json", ObjectKind.EndpointSlice, "Changed Bookmark", "602")]
    [InlineData("node-watch.json", ObjectKind.Node, "Changed Bookmark", "593")]
    internal async Task The_sample_watches_decode(string file, ObjectKind kind, string kinds, string last)
    {
        var frames = await FramesAsync(File.OpenRead(Sample(file)), kind);
        Assert.Equal(kinds, string.Join(" ", frames.Select(static f => f.Kind)));
        Assert.Equal(last, frames[^1].ResourceVersion);
        Assert.All(frames.SkipLast(1), static f => Assert.Equal("", f.Decoded.Error));
    }

    [Theory]
    [InlineData("01-list-services-page1.body", ObjectKind.Service, 10)]
    [InlineData("02-list-services-page2.body", ObjectKind.Service, 10)]
    [InlineData("03-list-endpointslices-rv0.body", ObjectKind.EndpointSlice, 104)]
    [InlineData("13-servicecidrs.body", ObjectKind.ServiceCidr, 1)]
    internal void The_captured_lists_decode_with_the_problems_they_have(string file, ObjectKind kind, int count)
    {
        var items = new List<Decoded>();
        ListPage.Decode(File.ReadAllBytes(Repository.GoldenOrSkip("apiserver/" + file)), ObjectDecoder.For(kind), items);
        Assert.Equal(count, items.Count);
        var problems = items.SelectMany(static i => Assert.IsAssignableFrom<ClusterObject>(i.Object).Problems.Select(p => $"{i.Name} {p}"));
        Assert.All(problems, static p => Assert.Equal("golden/slice-nil-port-x ports[0].port: is not set; the element is left out", p));
    }

    [Theory]
    [InlineData("04-watch-services.body", ObjectKind.Service, 5)]
    [InlineData("05-watch-endpointslices.body", ObjectKind.EndpointSlice, 2)]
    [InlineData("06-watch-expired.body", ObjectKind.Service, 1)]
    [InlineData("07-watchlist.body", ObjectKind.Service, 97)]
    [InlineData("10-node-watch.body", ObjectKind.Node, 2)]
    internal async Task The_captured_watches_decode_without_a_problem(string file, ObjectKind kind, int count)
    {
        var frames = await FramesAsync(File.OpenRead(Repository.GoldenOrSkip("apiserver/" + file)), kind);
        Assert.Equal(count, frames.Count);
        Assert.All(
            frames.Where(static f => f.Kind is WatchFrameKind.Changed or WatchFrameKind.Deleted),
            static f => Assert.Empty(Assert.IsAssignableFrom<ClusterObject>(f.Decoded.Object).Problems));
    }

    [Fact]
    public async Task Frames_are_found_however_the_bytes_arrive()
    {
        var text = "\n {\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"a\",\"annotations\":{\"x\":\"}{\\\\\\\"}\"}}}}{\"type\":\"DELETED\",\"object\":{\"metadata\":{\"name\":\"b\"}}}\r\n\n{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"cut";
        var frames = await FramesAsync(new TrickleStream(Encoding.UTF8.GetBytes(text), 1), ObjectKind.Service);
        Assert.Equal(["default/a", "default/b"], frames.Select(static f => f.Decoded.Name));
    }

    [Fact]
    public async Task A_body_that_is_no_stream_of_objects_is_refused()
    {
        await Assert.ThrowsAsync<InvalidDataException>(() => FramesAsync(new TrickleStream("<html>{}</html>"u8.ToArray(), 100), ObjectKind.Service));
    }

    private static async Task<List<WatchFrame>> FramesAsync(Stream body, ObjectKind kind)
    {
        await using var stream = new WatchStream(body);
        var decoder = ObjectDecoder.For(kind);
        var frames = new List<WatchFrame>();
        while (await stream.ReadAsync(decoder, TestContext.Current.CancellationToken) is { } frame) frames.Add(frame);
        return frames;
    }

    private static string Sample(string file) => Repository.PathOf("tests/Proxy.Tests/Data/" + file);
}

using System.Text;
using Shunt.Proxy.Sources.Decoding;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Tests.Sources.Decoding;

public sealed class WatchFrameTests
{
    private const string Object = "{'metadata':{'namespace':'a','name':'b','resourceVersion':'17'},'spec':{}}";

    [Theory]
    [InlineData("{'type':'ADDED','object':" + Object + "}", 1)]
    [InlineData("{'object':" + Object + ",'type':'MODIFIED'}", 1)]
    [InlineData("{'type':'DELETED','object':" + Object + ",'more':[{}]}", 2)]
    [InlineData("{'type':'BOOKMARK','object':" + Object + "}", 3)]
    [InlineData("{'type':'FUTURE','object':" + Object + "}", 0)]
    [InlineData("{'object':{}}", 0)]
    [InlineData("{'type':7}", 0)]
    [InlineData("{}", 0)]
    public void A_frame_is_what_its_type_says(string json, int kind)
    {
        var frame = Decode(json);
        Assert.Equal((WatchFrameKind)kind, frame.Kind);
        Assert.Equal(kind == 0 ? "" : "17", frame.ResourceVersion);
    }

    [Fact]
    public void The_end_of_initial_events_is_an_annotated_bookmark()
    {
        Assert.True(Decode("{'type':'BOOKMARK','object':{'metadata':{'resourceVersion':'9','annotations':{'x':'y','k8s.io/initial-events-end':'true'}}}}").InitialEventsEnd);
        Assert.False(Decode("{'type':'ADDED','object':{'metadata':{'name':'n','annotations':{'k8s.io/initial-events-end':'true'}}}}").InitialEventsEnd);
    }

    [Fact]
    public void An_error_carries_its_status()
    {
        var frame = Decode("{'type':'ERROR','object':{'kind':'Status','message':'too old','reason':'Expired','code':410,'details':{'retryAfterSeconds':3}}}");
        Assert.Equal(new ApiStatus(410, "Expired", "too old", 3), frame.Status);
    }

    [Theory]
    [InlineData("{'type':'ADDED','object':{'metadata':{'namespace':'a','name':'b'},'spec':{'ports':[}}}", "a/b")]
    [InlineData("{'type':'ADDED','object':{'metadata':{'namespace':'a','name':'b'},'spec':'", "a/b")]
    [InlineData("{'type':'ADDED'", "(name unreadable)")]
    [InlineData("{'type':'ADDED'}", "(name unreadable)")]
    public void A_malformed_frame_is_an_error_with_the_name_as_far_as_it_was_read(string json, string name)
    {
        var frame = Decode(json);
        Assert.Null(frame.Decoded.Object);
        Assert.Equal(name, frame.Decoded.Name);
        Assert.NotEqual("", frame.Decoded.Error);
    }

    private static WatchFrame Decode(string json) =>
        WatchFrame.Decode(Encoding.UTF8.GetBytes(json.Replace('\'', '"')), ObjectDecoder.For(ObjectKind.Service));
}

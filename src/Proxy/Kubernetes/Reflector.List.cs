using System.Globalization;
using System.Threading.Channels;
using Shunt.Proxy.Sources.Decoding;
using Shunt.Proxy.State;

namespace Shunt.Proxy.Kubernetes;

/// <content>Lists, in pages.</content>
internal sealed partial class Reflector
{
    private async Task ListAsync(ChannelWriter<WatchEvent> events, CancellationToken ct)
    {
        // The first list may come from the server's cache ("0"); later ones must not go back behind what was already seen.
        var items = new List<Decoded>();
        ListPage page;
        try
        {
            var first = _listedBefore ? "" : "0";
            page = await ListPageAsync(items, ("limit", PageSize), ("resourceVersion", first), ct);
            while (page.Continue.Length > 0) page = await ListPageAsync(items, ("limit", PageSize), ("continue", page.Continue), ct);
        }
        catch (ApiException e) when (items.Count > 0 && (e.IsExpired || e.IsRejected))
        {
            // The list took longer than the server remembers. All at once cannot expire half-way.
            Log.Expired(_logger, _resource.Name, e.Message);
            items.Clear();
            page = await ListPageAsync(items, ("limit", ""), ("resourceVersion", ""), ct);
        }

        await PublishAsync(items, page.ResourceVersion, events, ct);
    }

    private string PageSize => _options.PageSize.ToString(CultureInfo.InvariantCulture);

    private Task<ListPage> ListPageAsync(List<Decoded> items, (string, string) limit, (string, string) from, CancellationToken ct) =>
        _client.GetAsync(_resource.Query(limit, from), body => ListPage.Decode(body.Span, _decoder, items), ct);
}

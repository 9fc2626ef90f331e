using Shunt.Proxy.Events;

namespace Shunt.Proxy.Tests.Events;

public sealed class EventCorrelatorTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);

    private readonly EventCorrelator _events = new();

    [Fact]
    public void An_equal_event_is_counted_and_a_different_one_is_not_equal()
    {
        var first = _events.Add(Event("a"), Start, out _);

        Assert.Null(_events.Add(Event("a"), Start + TimeSpan.FromSeconds(1), out var isDropped));
        var other = _events.Add(Event("b"), Start, out _);

        Assert.False(isDropped);
        Assert.Equal((2, Start + TimeSpan.FromSeconds(1)), _events.Read(first!));
        Assert.NotEqual(first!.Name, other!.Name);
        Assert.Matches("^n\\.[0-9a-f]+$", first.Name);
    }

    [Fact]
    public void A_count_is_due_at_once_the_first_time_and_then_every_five_minutes()
    {
        var entry = _events.Add(Event("a"), Start, out _)!;
        Assert.Null(_events.Due(Start, out _)); // the server does not know it yet
        _events.Sent(entry, 1, Start);
        Assert.Null(_events.Due(Start, out _));

        _events.Add(Event("a"), Start, out _);
        Assert.Same(entry, _events.Due(Start, out _));
        _events.Sent(entry, 2, Start);

        var almost = Start + EventCorrelator.SeriesInterval - TimeSpan.FromSeconds(1);
        for (var i = 0; i < 100; i++) _events.Add(Event("a"), almost, out _);
        Assert.Null(_events.Due(almost, out var dueIn));
        Assert.Equal(TimeSpan.FromSeconds(1), dueIn);
        Assert.Same(entry, _events.Due(almost + TimeSpan.FromSeconds(1), out _));
        Assert.Equal(102, _events.Read(entry).Count);
    }

    [Fact]
    public void An_event_that_stayed_away_long_enough_is_a_new_one()
    {
        var entry = _events.Add(Event("a"), Start, out _)!;
        _events.Sent(entry, 1, Start);

        Assert.Null(_events.Due(Start + EventCorrelator.SeriesEnd, out var dueIn));
        Assert.Null(dueIn);
        Assert.NotNull(_events.Add(Event("a"), Start + EventCorrelator.SeriesEnd, out _));
    }

    [Fact]
    public void Memory_is_bounded_and_old_events_make_room()
    {
        for (var i = 0; i < EventCorrelator.Capacity; i++)
        {
            var entry = _events.Add(Event($"note {i}"), Start, out _)!;
            _events.Sent(entry, 1, Start);
        }

        Assert.Null(_events.Add(Event("one more"), Start, out var isDropped));
        Assert.True(isDropped);
        Assert.Null(_events.Add(Event("note 1"), Start, out isDropped)); // one that is known is counted still
        Assert.False(isDropped);
        Assert.NotNull(_events.Add(Event("one more"), Start + EventCorrelator.SeriesEnd, out isDropped));
        Assert.False(isDropped);
    }

    [Fact]
    public void A_name_stays_within_the_limit_however_long_the_objects_is()
    {
        var name = string.Join('.', Enumerable.Repeat("node", 51))[..253];

        var entry = _events.Add(Event("a") with { Regarding = EventSubject.Node(name) }, Start, out _)!;

        Assert.InRange(entry.Name.Length, 200, 253);
        Assert.DoesNotContain("..", entry.Name, StringComparison.Ordinal);
    }

    private static ClusterEvent Event(string note) => new() { Regarding = EventSubject.Node("n"), Reason = "R", Action = "A", Note = note };
}

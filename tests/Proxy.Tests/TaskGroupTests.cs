namespace Shunt.Proxy.Tests;

public sealed class TaskGroupTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task When_the_main_one_ends_the_others_are_told_to()
    {
        var told = false;

        await TaskGroup.RunAsync(static _ => Task.CompletedTask, [UntilToldAsync], Ct);

        Assert.True(told);

        async Task UntilToldAsync(CancellationToken ct)
        {
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, ct);
            }
            finally
            {
                told = true;
            }
        }
    }

    [Fact]
    public async Task The_first_failure_ends_all_and_comes_out()
    {
        var main = Task.CompletedTask;

        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => TaskGroup.RunAsync(
            ct => main = Task.Delay(Timeout.InfiniteTimeSpan, ct),
            [static _ => Task.FromException(new InvalidOperationException("the first")), static ct => Task.Delay(Timeout.InfiniteTimeSpan, ct)],
            Ct));

        Assert.Equal("the first", failure.Message);
        Assert.True(main.IsCanceled);
    }

    [Fact]
    public async Task One_that_ends_early_and_well_ends_nothing()
    {
        var finish = new TaskCompletionSource();
        var group = TaskGroup.RunAsync(_ => finish.Task, [static _ => Task.CompletedTask], Ct);

        Assert.False(group.IsCompleted);
        finish.SetResult();
        await group;
    }
}

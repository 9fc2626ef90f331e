namespace Shunt.Backends.Diff;

/// <summary>The shortest way from one short sequence to another. What is common at both ends costs nothing; the rest, its product.</summary>
public static class SequenceDiff
{
    /// <summary>The steps in order of their old index; the elements they do not name stay.</summary>
    public static List<SequenceStep> Compute<T>(List<T> before, List<T> after, IEqualityComparer<T> comparer)
    {
        var start = 0;
        while (start < before.Count && start < after.Count && comparer.Equals(before[start], after[start])) start++;
        var (oldEnd, newEnd) = (before.Count, after.Count);
        while (oldEnd > start && newEnd > start && comparer.Equals(before[oldEnd - 1], after[newEnd - 1]))
        {
            oldEnd--;
            newEnd--;
        }

        var distances = Distances(before, after, start, oldEnd, newEnd, comparer);
        return Walk(distances, before, after, start, comparer);
    }

    /// <summary>For every pair of suffixes, how many steps lead from the one to the other.</summary>
    private static int[,] Distances<T>(List<T> before, List<T> after, int start, int oldEnd, int newEnd, IEqualityComparer<T> comparer)
    {
        var (rows, columns) = (oldEnd - start, newEnd - start);
        var distances = new int[rows + 1, columns + 1];
        for (var row = rows; row >= 0; row--)
        {
            for (var column = columns; column >= 0; column--)
            {
                if (row == rows || column == columns) distances[row, column] = rows - row + columns - column;
                else if (comparer.Equals(before[start + row], after[start + column])) distances[row, column] = distances[row + 1, column + 1];
                else distances[row, column] = 1 + Math.Min(distances[row + 1, column + 1], Math.Min(distances[row + 1, column], distances[row, column + 1]));
            }
        }

        return distances;
    }

    private static List<SequenceStep> Walk<T>(int[,] distances, List<T> before, List<T> after, int start, IEqualityComparer<T> comparer)
    {
        var steps = new List<SequenceStep>(distances[0, 0]);
        var (rows, columns) = (distances.GetLength(0) - 1, distances.GetLength(1) - 1);
        var (row, column) = (0, 0);
        while (row < rows || column < columns)
        {
            var left = distances[row, column] - 1;
            var (old, fresh) = (start + row, start + column);
            if (row < rows && column < columns && comparer.Equals(before[old], after[fresh]))
            {
                row++;
                column++;
            }
            else if (row < rows && column < columns && distances[row + 1, column + 1] == left)
            {
                steps.Add(new SequenceStep(SequenceStepKind.Replace, old, fresh));
                row++;
                column++;
            }
            else if (row < rows && distances[row + 1, column] == left)
            {
                steps.Add(new SequenceStep(SequenceStepKind.Delete, old, -1));
                row++;
            }
            else
            {
                steps.Add(new SequenceStep(SequenceStepKind.Insert, old, fresh));
                column++;
            }
        }

        return steps;
    }
}

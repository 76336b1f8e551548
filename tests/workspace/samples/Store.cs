using System;
using System.Collections.Generic;

namespace Shop.Data
{
    public interface IStore { int Count { get; } void Save(string name); }

    public enum Mode { Read, Write }

    public record Item(string Name);

    public struct Point { public int X; }

    public delegate void Changed(object sender);

    public class Store : IStore
    {
        public const int Limit = 10;
        private static readonly string Path = "x";

        public Store(int size) { }

        public int Count { get; set; }

        public void Save(string name)
        {
            int Local(int x) => x * Limit;
            Local(1);
        }
    }
}

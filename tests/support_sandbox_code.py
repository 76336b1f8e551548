"""Small programs in the languages that the scripted model reads, and what it must find in them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Sample:
    """A file: name, text, `(kind, full name, first line, last line)` of its definitions, and phrases
    that a true explanation holds.
    """

    path: str
    text: str
    symbols: tuple[tuple[str, str, int, int], ...]
    phrases: tuple[str, ...]


def outline_of(text: str, symbols: tuple[tuple[str, str, int, int], ...]) -> str:
    """What the tool `outline` tells of a file with these symbols."""
    lines = text.split("\n")
    rows = []
    for kind, _, start, end in symbols:
        indent = "  " * any(outer < start and end <= last for _, _, outer, last in symbols)
        extent = str(start) if start == end else f"{start}-{end}"
        rows.append(f"{indent}{extent}  {kind}  {lines[start - 1].strip().rstrip('{').strip()}")
    return "\n".join(rows)


PYTHON = Sample(
    "src/orders.py",
    '''"""Orders and their totals. More here."""
import math
from tax import rate, RATES

class Order:
    """An order of lines."""

    def __init__(self, lines: list[int]) -> None:
        self.lines = lines

    async def total(
        self,
        region: str,
    ) -> int:
        # TODO: round
        if not self.lines:
            raise ValueError("no { lines")
        total = 0
        for line in self.lines:
            if line < 0 and region:
                continue
            total += line * rate(region)
        return total

def main():
    print(Order([1]).total("x"))
''',
    (
        ("class", "Order", 5, 23),
        ("method", "Order.__init__", 8, 9),
        ("method", "Order.total", 11, 23),
        ("function", "main", 25, 26),
    ),
    (
        "“Orders and their totals”",
        "### `Order.total`, `src/orders.py:11`",
        'If `not self.lines` (line 16)\n  - Raises `ValueError("no { lines")` (line 17)',
        "For each `line in self.lines`",
        "Returns `total` (line 23)",
        "| method `Order.total` | 11-23 | 5 | 2 |",
        "- `tax` (line 3): `rate`, `RATES`",
        "left to do: “TODO: round”",
    ),
)

TYPESCRIPT = Sample(
    "web/cart.ts",
    """import { rate } from "./tax";
import fs from 'fs';
/** Something that can be sold. */
export interface Line { price: number }
export type Region = "eu" | "us";
export class Cart<T> {
  private items: Line[] = [];
  constructor(private readonly region: Region) {}
  async total(factor: number): Promise<number> {
    if (!this.items.length) {
      throw new Error("empty }");
    }
    return this.items.reduce((sum, item) => sum + item.price, 0) * factor;
  }
}
export const apply = async (cart: Cart<Line>): Promise<void> => {
  for (const item of cart) { await rate(item); }
};
function helper(a, b) {
  return a ? b : fs.readFileSync(a);
}
""",
    (
        ("interface", "Line", 4, 4),
        ("type", "Region", 5, 5),
        ("class", "Cart", 6, 15),
        ("method", "Cart.constructor", 8, 8),
        ("method", "Cart.total", 9, 14),
        ("arrow function", "apply", 16, 18),
        ("function", "helper", 19, 21),
    ),
    ("If `!this.items.length` (line 10)", 'Raises `Error("empty }")`', "`./tax` (line 1): `rate`"),
)

GO = Sample(
    "cmd/order.go",
    """// Package main prints totals.
package main

import (
	"fmt"
	"os"
)

type Order struct {
	Lines []int
}

// Total adds the lines up.
func (o *Order) Total(rate float64) (float64, error) {
	if len(o.Lines) == 0 {
		return 0, fmt.Errorf("no lines")
	}
	for _, line := range o.Lines {
		rate += float64(line)
	}
	return rate, nil
}

func main() {
	fmt.Println(os.Args)
}
""",
    (("struct", "Order", 9, 11), ("method", "Total", 14, 22), ("function", "main", 24, 26)),
    (
        "“Package main prints totals”",
        "“Total adds the lines up.”",
        "If `len(o.Lines) == 0`",
        "For each `_, line := range o.Lines`",
        "- `os` (line 6)",
    ),
)

JAVA = Sample(
    "src/main/java/shop/Order.java",
    """package shop;
import java.util.List;

/** Orders of a shop. */
public class Order {
    private final int size = compute(1);

    public Order(int size) {
        this.size = size;
    }

    @Override
    public <T> List<T> total(List<T> lines, int rate) throws IllegalStateException {
        if (lines.isEmpty() || rate < 0) {
            throw new IllegalStateException("none");
        }
        return lines.stream().map(line -> line).toList();
    }
}
""",
    (("class", "Order", 5, 19), ("method", "Order.Order", 8, 10), ("method", "Order.total", 13, 18)),
    (
        "If `lines.isEmpty() || rate < 0`",
        'Raises `IllegalStateException("none")`',
        "`java.util.List` (line 2)",
    ),
)

SCALA = Sample(
    "jobs/Orders.scala",
    """package jobs
import scala.util.Try

case class Line(price: Int)

object Orders {
  def total(lines: Seq[Line]): Int = {
    if (lines.isEmpty) throw new IllegalArgumentException("none")
    lines.map(_.price).sum
  }
  def tax(rate: Int): Int =
    rate match {
      case 0 => 1
      case n => n * 2
    }
}
""",
    (
        ("class", "Line", 4, 4),
        ("object", "Orders", 6, 16),
        ("method", "Orders.total", 7, 10),
        ("method", "Orders.tax", 11, 15),
    ),
    ('If `lines.isEmpty`: raises `IllegalArgumentException("none")` (line 8)',),
)

RUST = Sample(
    "src/order.rs",
    """use std::fmt;

pub struct Order<'a> {
    lines: Vec<&'a str>,
}

impl<'a> fmt::Display for Order<'a> {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.lines.len() {
            0 => Err(fmt::Error),
            _ => write!(f, "x"),
        }
    }
}

pub fn total(lines: &[i32]) -> Result<i32, String> {
    for line in lines { if *line < 0 { return Err("neg".into()); } }
    Ok(lines.iter().sum())
}
""",
    (
        ("struct", "Order", 3, 5),
        ("impl", "Order", 7, 14),
        ("method", "Order.fmt", 8, 13),
        ("function", "total", 16, 19),
    ),
    ("Decides by `self.lines.len()` (line 9)", "For each `line in lines`", "`std::fmt` (line 1)"),
)

CPP = Sample(
    "src/order.cpp",
    """#include <vector>
#include "tax.h"

namespace shop {

class Order : public Base {
 public:
  explicit Order(int size) : size_(size) {}
  double total(const std::vector<int>& lines) const;
 private:
  int size_;
};

double Order::total(const std::vector<int>& lines) const {
  if (lines.empty()) { throw std::runtime_error("none"); }
  double sum = 0;
  for (auto line : lines) sum += line;
  return sum;
}

static int helper(int a)
{
  return a;
}

}  // namespace shop
""",
    (
        ("namespace", "shop", 4, 26),
        ("class", "Order", 6, 12),
        ("method", "Order.Order", 8, 8),
        ("function", "Order::total", 14, 19),
        ("function", "helper", 21, 24),
    ),
    (
        'If `lines.empty()`: raises `std::runtime_error("none")`',
        "For each `auto line : lines`",
        "`tax.h` (line 2)",
    ),
)

CSHARP = Sample(
    "Shop/Order.cs",
    """using System;
namespace Shop
{
    public class Order
    {
        public int Total(int[] lines)
        {
            if (lines == null) throw new ArgumentNullException(nameof(lines));
            foreach (var line in lines) { Console.WriteLine(line); }
            return lines.Length;
        }
        public int Twice(int x) => x * 2;
    }
}
""",
    (
        ("namespace", "Shop", 2, 14),
        ("class", "Order", 4, 13),
        ("method", "Order.Total", 6, 11),
        ("method", "Order.Twice", 12, 12),
    ),
    ("If `lines == null`: raises `ArgumentNullException(nameof(lines))`", "For each `var line in lines`"),
)

SQL = Sample(
    "etl/revenue.sql",
    """-- Revenue by day.
CREATE OR REPLACE VIEW sales.revenue AS
WITH paid AS (
  SELECT * FROM sales.orders WHERE status = 'paid; really'
), by_day AS (
  SELECT day, SUM(amount) AS total FROM paid GROUP BY day
)
SELECT * FROM by_day JOIN sales.days d ON d.day = by_day.day;

MERGE INTO sales.target t USING source ON t.id = source.id WHEN MATCHED THEN UPDATE SET a = 1;
""",
    (
        ("statement", "sales.revenue", 2, 8),
        ("common table expression", "paid", 3, 5),
        ("common table expression", "by_day", 5, 7),
        ("statement", "sales.target", 10, 10),
    ),
    (
        "Keeps the rows where `status = 'paid; really'` (line 4)",
        "Groups by `day` (line 6)",
        "Joins `sales.days d`",
        "- `sales.orders` (line 4)",
    ),
)

SAMPLES = (PYTHON, TYPESCRIPT, GO, JAVA, SCALA, RUST, CPP, CSHARP, SQL)

"""Answers for holes in languages with braces, as models give them."""

from support_completion import fenced, rows

CART = """\
import { rate } from "./rates";

export function total(items: Item[]): number {
  ‸
}

export function count(items: Item[]): number {
  return items.length;
}
"""

TYPESCRIPT = rows(
    "src/cart.ts",
    ("an expression", "const n = ‸;\n", "items.length", "items.length"),
    ("an expression and what follows", "const n = ‸;\n", "items.length;", "items.length"),
    ("arguments, closed", "foo(‸)\n", "a, b)", "a, b"),
    ("arguments, closed, with the semicolon", "foo(‸);\n", "a, b);", "a, b"),
    ("arguments, open", "foo(‸\n", "a, b);", "a, b);"),
    ("arguments, and another statement", "foo(‸\n", "a, b);\nbar();", "a, b);"),
    ("own brackets stay", "foo(‸)\n", "bar(a)", "bar(a)"),
    (
        "a body that is closed",
        CART,
        fenced("  return items.reduce((sum, item) => sum + item.net, 0);\n}", "ts"),
        "return items.reduce((sum, item) => sum + item.net, 0);",
    ),
    (
        "a body, and the next function",
        CART,
        fenced(
            "return items.length * rate;\n}\n\n"
            "export function count(items: Item[]): number {\n  return items.length;\n}",
            "ts",
        ),
        "return items.length * rate;",
    ),
    (
        "a loop, unindented",
        CART,
        fenced("let sum = 0;\nfor (const item of items) {\n  sum += item.net;\n}\nreturn sum;"),
        "let sum = 0;\n  for (const item of items) {\n    sum += item.net;\n  }\n  return sum;",
    ),
    (
        "a loop, indented",
        CART,
        fenced("  let sum = 0;\n  for (const item of items) {\n    sum += item.net;\n  }\n  return sum;"),
        "let sum = 0;\n  for (const item of items) {\n    sum += item.net;\n  }\n  return sum;",
    ),
    (
        "a loop, first line without",
        CART,
        fenced("for (const item of items) {\n    sum += item.net;\n  }\n  return sum;"),
        "for (const item of items) {\n    sum += item.net;\n  }\n  return sum;",
    ),
    (
        "a loop cut in the middle",
        CART,
        "let sum = 0;\n  for (const item of items) {\n    sum += item.net;",
        "let sum = 0;",
    ),
    ("an open body", "function f() {‸\n", fenced("  return 1;\n}\n\nfunction g() {\n}"), "\n  return 1;\n}"),
    ("an open body, newline lost", "function f() {‸\n", fenced("return 1;\n}"), "\n  return 1;\n}"),
    ("an open body, nested", "class A {\n  f() {‸\n}\n", fenced("return 1;\n}"), "\n    return 1;\n  }"),
    (
        "an else on the closing line",
        "function f(x) {\n  if (x) {\n    ‸\n  }\n}\n",
        "return 1;\n  } else {\n    return 2;\n  }",
        "return 1;",
    ),
    (
        "a callback",
        "items.map(‸);\n",
        "(item) => {\n  return item.net;\n});",
        "(item) => {\n  return item.net;\n}",
    ),
    ("an arrow's body", "const f = (x) => ‸;\n", "x + 1;", "x + 1"),
    ("a template string", "const s = `total ${‸}`;\n", "net.toFixed(2)}`;", "net.toFixed(2)"),
    ("inside of a string", 'const s = "a‸";\n', 'bc";', "bc"),
    ("a string with brackets", "log(‸);\n", '"a)";', '"a)"'),
    ("a regular expression with brackets", "const re = ‸;\n", "/[)}]\\//g", "/[)}]\\//g"),
    (
        "a comment with a bracket",
        "function f() {\n  ‸\n}\n",
        "// closes ) here\n  return 1;",
        "// closes ) here\n  return 1;",
    ),
    ("a division is no expression", "const n = ‸;\n", "(a) / (b) / c", "(a) / (b) / c"),
    ("an object", "const o = ‸;\n", "{\n  a: 1,\n  b: [2],\n}", "{\n  a: 1,\n  b: [2],\n}"),
    ("an object that is closed", "const o = {\n  ‸\n};\n", "a: 1,\n  b: 2,\n};", "a: 1,\n  b: 2,"),
    ("an object on one line", "const o = {‸};\n", " a: 1 };", " a: 1 "),
    (
        "one method",
        "class A {\n  ‸\n}\n",
        "a() {\n    return 1;\n  }\n\n  b() {\n    return 2;\n  }\n}",
        "a() {\n    return 1;\n  }",
    ),
    ("existing code", CART, "return 1;\n  // ... existing code ...", "return 1;"),
    ("an import half written", 'import { ra‸ } from "./rates";\n', 'rate } from "./rates";', "te"),
    (
        "markdown around it",
        CART,
        "Sure! Here is the code:\n\n```typescript\nreturn items.length;\n```\n\nLet me know.",
        "return items.length;",
    ),
    ("wrong bracket", "foo(‸)\n", "a]", "a"),
    ("masked", "const to = ‸;\n", "[PERSON_NAME_1]", ""),
)

JSX = rows(
    "src/cart.tsx",
    ("a tag's content", "const a = <p>‸</p>;\n", "{total}</p>;", "{total}"),
    ("an attribute", "const a = <p className=‸>x</p>;\n", '"big"', '"big"'),
)

GO = rows(
    "cmd/main.go",
    ("a body", "func f() int {\n\t‸\n}\n", fenced("return 1\n}", "go"), "return 1"),
    (
        "blanks for tabs",
        "func f(x bool) int {\n\t‸\n}\n",
        "    if x {\n        return 1\n    }\n    return 2",
        "if x {\n\t\treturn 1\n\t}\n\treturn 2",
    ),
    (
        "tabs",
        "func f(x bool) int {\n\t‸\n}\n",
        "if x {\n\t\treturn 1\n\t}\n\treturn 2\n}\n\nfunc g() {\n}",
        "if x {\n\t\treturn 1\n\t}\n\treturn 2",
    ),
    (
        "no tabs at all",
        "func f(x bool) int {\n\t‸\n}\n",
        "if x {\n\treturn 1\n}\nreturn 2",
        "if x {\n\t\treturn 1\n\t}\n\treturn 2",
    ),
    ("an open function", "func f(x int) int {‸\n", fenced("\n\treturn x\n}"), "\n\treturn x\n}"),
    (
        "an error check",
        "\tdata, err := read()\n\tif err != nil {‸\n\t}\n\tuse(data)\n",
        fenced("\n\t\treturn err\n\t}"),
        "\n\t\treturn err",
    ),
    (
        "a second function",
        "package main\n\n‸\n",
        "func f() {\n\tprintln(1)\n}\n\nfunc g() {\n\tprintln(2)\n}",
        "func f() {\n\tprintln(1)\n}",
    ),
    ("a rune is no string", "\tif c == ‸ {\n\t}\n", "'{' ", "'{'"),
    ("a raw string", "\tre := ‸\n", "regexp.MustCompile(`[({]`)", "regexp.MustCompile(`[({]`)"),
    ("a struct literal", "\tp := Point{‸}\n", "X: 1, Y: 2}", "X: 1, Y: 2"),
    ("prose", "func f() int {\n\t‸\n}\n", "To complete the function:\n```go\nreturn 1\n```", "return 1"),
)

OTHERS = [
    *rows(
        "a.rs",
        (
            "a lifetime is no string",
            "fn f<'a>(x: &'a str) -> &'a str {\n    ‸\n}\n",
            "x.trim()\n}",
            "x.trim()",
        ),
    ),
    *rows(
        "A.java",
        (
            "one method",
            "class A {\n    ‸\n}\n",
            "int a() {\n        return 1;\n    }\n\n    int b() {\n        return 2;\n    }",
            "int a() {\n        return 1;\n    }",
        ),
    ),
    *rows("a.c", ("a character", "int f(char c) {\n    return ‸;\n}\n", "c == '}';\n}", "c == '}'")),
    *rows("a.json", ("a value", '{\n  "a": ‸,\n  "b": 2\n}\n', "[1, 2],", "[1, 2]")),
]

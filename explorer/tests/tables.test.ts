import { describe, expect, it } from "vitest";
import { decodeText } from "../src/tables/decode";
import { NumberFormats } from "../src/tables/numbers";
import { readTable, separatorOf } from "../src/tables/read";
import { compareText, sortedRows } from "../src/tables/sort";
import { writeCsv } from "../src/tables/write";

/** The shortest of several runs, in milliseconds: others use the machine too. */
function quickest(run: () => unknown): number {
  const times = Array.from({ length: 5 }, () => {
    const begun = performance.now();
    run();
    return performance.now() - begun;
  });
  return Math.min(...times);
}

const BOM = "\ufeff";

describe("CSV that is written", () => {
  it("has a mark, line ends of two characters and quotes where they are needed", () => {
    const text = writeCsv(
      ["area", "score"],
      [
        ["Rhyl, West", 86.63135728],
        ['the "old" town', null],
        ["two\nlines", NaN],
        [" blank", 1e-7],
        [undefined, -3],
      ],
    );
    expect(text).toBe(
      `${BOM}area,score\r\n"Rhyl, West",86.63135728\r\n"the ""old"" town",\r\n` +
        `"two\nlines",\r\n" blank",1e-7\r\n,-3\r\n`,
    );
  });

  it.each([
    ["=1+1", "'=1+1"],
    ["+44 20", "'+44 20"],
    ["-cmd", "'-cmd"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", '"\'\t=1"'],
    ["\r=1", '"\'\r=1"'],
    ["\n=1", '"\'\n=1"'],
    ["＝1+1", "'＝1+1"],
    ['=HYPERLINK("http://x","y")', '"\'=HYPERLINK(""http://x"",""y"")"'],
    ["-3.5", "-3.5"],
    ["+7", "+7"],
    ["-3.5+1", "'-3.5+1"],
    ["1=1", "1=1"],
    ["'=1", "'=1"],
  ])("guards the text %j against being a formula", (cell, expected) => {
    expect(writeCsv(["a"], [[cell]])).toBe(`${BOM}a\r\n${expected}\r\n`);
    expect(writeCsv([cell], [])).toBe(`${BOM}${expected}\r\n`);
  });

  it("is read again as it was, whatever is in it", () => {
    const pieces = ["a", '"', ",", ";", "\n", "\r\n", "\t", " ", "|", "é", "1", "🙂", "''"];
    let state = 7;
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return (state >>> 8) % below;
    };
    for (let round = 0; round < 300; round++) {
      const rows = Array.from({ length: 1 + random(5) }, () =>
        Array.from(
          { length: 3 },
          () => "x" + Array.from({ length: random(6) }, () => pieces[random(13)]).join(""),
        ),
      );
      const text = writeCsv(["x1", "x2", "x3"], rows);
      expect(readTable(`sep=,\n${text.slice(1)}`).rows).toEqual([["x1", "x2", "x3"], ...rows]);
    }
  });
});

describe("tables that are read", () => {
  it.each([
    ["a,b\n1,2\n", ","],
    ["a;b\n1,5;2,5\n", ";"],
    ["a\tb\n1,5\t2;5", "\t"],
    ["a|b\r\n1|2", "|"],
    ["LL18 1HD\nCF10 1AA", ","],
    ['name,note\nx,"a;b;c"\ny,d;e', ","],
  ])("find the separator of %j", (text, separator) => {
    expect(separatorOf(text)).toBe(separator);
  });

  it.each([
    [
      "a,b\r\n1,2\r\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "a,b\r1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      `${BOM}a,b\n\n  \n,\n1,2`,
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    ["sep=;\r\na;b,c\r\n", [["a", "b,c"]]],
    [`${BOM}SEP=|\na|b`, [["a", "b"]]],
    ['"a ""quoted"" word",b', [['a "quoted" word', "b"]]],
    [
      '"two\r\nlines", "b" \nc,d',
      [
        ["two\r\nlines", "b"],
        ["c", "d"],
      ],
    ],
    [
      '5" pipe,b\nc,d',
      [
        ['5" pipe', "b"],
        ["c", "d"],
      ],
    ],
    [
      '"never closed,b\nc,d',
      [
        ['"never closed', "b"],
        ["c", "d"],
      ],
    ],
    ['"a"b,c', [["ab", "c"]]],
    ["  a , b  ", [["a", "b"]]],
    ["a,b,\nc", [["a", "b", ""], ["c"]]],
    ['"",x\n', [["", "x"]]],
    ["", []],
    ["\n\r\n", []],
    ['"', [['"']]],
    ['""', []],
  ])("are the rows of %j", (text, rows) => {
    expect(readTable(text).rows).toEqual(rows);
  });

  it("tell where there is more than was asked for", () => {
    expect(readTable("a\nb\nc", 2)).toEqual({ rows: [["a"], ["b"]], separator: ",", more: true });
    expect(readTable("a\nb", 2).more).toBe(false);
    expect(readTable('"a"\nb\nc', 2).rows).toEqual([["a"], ["b"]]);
  });

  it("of 100,000 lines take no time, with quotes or without", () => {
    const numbers = Array.from({ length: 100_000 }, (_, at) => at);
    const plain = numbers.map((at) => `${at},LL18 ${at % 10}HD,some text`).join("\r\n");
    const quoted = numbers.map((at) => `${at},"LL18 ${at % 10}HD","some, text"`).join("\r\n");
    for (const text of [plain, quoted]) {
      const { rows } = readTable(text);
      const took = quickest(() => readTable(text));
      expect(rows.length).toBe(100_000);
      expect(rows[99_999]![1]).toBe("LL18 9HD");
      expect(took).toBeLessThan(200);
    }
  });

  it.each(['"', '""', '"a', 'a"b,', '",', '"""b,', ",", "\r", ' "'])(
    "of nothing but %j take no time either",
    (piece) => {
      const begun = performance.now();
      readTable(piece.repeat(200_000));
      expect(performance.now() - begun).toBeLessThan(1000);
    },
  );
});

describe("files that are dropped", () => {
  const text = "name;£\nYnys Môn;“1”\n";

  it("are decoded from UTF-8, with or without a mark", () => {
    expect(decodeText(new TextEncoder().encode(text))).toBe(text);
    expect(decodeText(new TextEncoder().encode(BOM + text))).toBe(text);
  });

  it("are decoded from UTF-16 of either order, with or without a mark", () => {
    for (const given of [text, BOM + text]) {
      const little = new Uint8Array(2 * given.length);
      const big = new Uint8Array(2 * given.length);
      for (let at = 0; at < given.length; at++) {
        const code = given.charCodeAt(at);
        [little[2 * at], little[2 * at + 1]] = [code & 255, code >> 8];
        [big[2 * at], big[2 * at + 1]] = [code >> 8, code & 255];
      }
      expect(decodeText(little)).toBe(text);
      expect(decodeText(big.buffer)).toBe(text);
    }
  });

  it("are decoded from windows-1252 where they are not valid UTF-8", () => {
    const bytes = Uint8Array.from(
      [...text].map((one) => ({ "“": 0x93, "”": 0x94 })[one] ?? one.charCodeAt(0)),
    );
    expect(decodeText(bytes)).toBe(text);
  });

  it("may be empty, or nothing that is text", () => {
    expect(decodeText(new Uint8Array())).toBe("");
    expect(decodeText(Uint8Array.of(65))).toBe("A");
    expect(typeof decodeText(Uint8Array.of(0xff, 0xfe, 0x00))).toBe("string");
    const noise = Uint8Array.from({ length: 5000 }, (_, at) => (at * 167) & 255);
    expect(readTable(decodeText(noise)).rows.length).toBeGreaterThan(0);
  });
});

describe("numbers", () => {
  const english = new NumberFormats("en");

  it("are written for a reader", () => {
    expect(english.whole(33755)).toBe("33,755");
    expect(english.whole(2.5)).toBe("2.5");
    expect(english.fixed(94.2234, 2)).toBe("94.22");
    expect(english.fixed(3, 1)).toBe("3.0");
    expect(english.significant(1234567.8)).toBe("1,234,568");
    expect(english.significant(0.0123456)).toBe("0.0123");
    expect(english.significant(12.3456, 4)).toBe("12.35");
    expect(english.significant(0)).toBe("0");
    expect(english.signed(2.345)).toBe("+2.35");
    expect(english.signed(-0.5)).toBe("-0.5");
    expect(english.signed(0)).toBe("0");
    expect(english.percent(0.1256)).toBe("12.6%");
    expect(english.fixed(-0, 1)).toBe("0.0");
  });

  it("that are missing are empty", () => {
    for (const missing of [null, undefined, NaN, Infinity]) {
      expect(english.whole(missing)).toBe("");
      expect(english.significant(missing)).toBe("");
      expect(english.signed(missing)).toBe("");
    }
  });

  it("are written in Welsh too", () => {
    expect(new NumberFormats("cy").fixed(33755.25, 2)).toBe("33,755.25");
    expect(new NumberFormats("cy").language).toBe("cy");
  });
});

describe("the order of rows", () => {
  it("has what is missing last in either direction", () => {
    const column = [3, null, 1, NaN, 2];
    expect([...sortedRows(column)]).toEqual([2, 4, 0, 1, 3]);
    expect([...sortedRows(column, "descending")]).toEqual([0, 4, 2, 1, 3]);
    expect([...sortedRows(Float64Array.of(2, NaN, 1))]).toEqual([2, 0, 1]);
  });

  it("keeps equal rows as they are in either direction", () => {
    const column = ["b", "a", "b", "a"];
    expect([...sortedRows(column)]).toEqual([1, 3, 0, 2]);
    expect([...sortedRows(column, "descending")]).toEqual([0, 2, 1, 3]);
  });

  it("is that of a dictionary, numbers by their size", () => {
    const names = ["Leeds 10", "Leeds 9", "Ébène", "", "Zoar", "eagle", "Eagle", "Leeds 009"];
    const sorted = [...sortedRows(names)].map((row) => names[row]);
    expect(sorted).toEqual([
      "eagle",
      "Eagle",
      "Ébène",
      "Leeds 9",
      "Leeds 009",
      "Leeds 10",
      "Zoar",
      "",
    ]);
    expect(compareText("Llan", "Lon", "cy")).toBeGreaterThan(0); // ll is a letter after l
    expect(compareText("Llan", "Lon", "en")).toBeLessThan(0);
  });

  it("has numbers before text in a column of both", () => {
    expect([...sortedRows(["x", 2, "a", 1])]).toEqual([3, 1, 2, 0]);
    expect([...sortedRows(["x", 2, "a", 1], "descending")]).toEqual([0, 2, 1, 3]);
  });

  it("of all areas of a country is found quickly", () => {
    const numbers = Float64Array.from({ length: 33_755 }, (_, at) => (at * 7919) % 33_755);
    const rows = sortedRows(numbers);
    expect(quickest(() => sortedRows(numbers))).toBeLessThan(200);
    expect(numbers[rows[0]!]).toBe(0);
    expect(numbers[rows[33_754]!]).toBe(33_754);
  });
});

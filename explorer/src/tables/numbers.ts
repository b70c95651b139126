// Numbers as a reader sees them.

export type Language = "en" | "cy";

export const LOCALES: Record<Language, string> = { en: "en-GB", cy: "cy" };
const MOST_DECIMALS = 10;

type Given = number | null | undefined;

/** Writes numbers in a language; what is missing (null, NaN) is empty. */
export class NumberFormats {
  readonly #held = new Map<string, Intl.NumberFormat>();

  constructor(readonly language: Language) {}

  /** A whole number: 33,755. Halves, which ranks may have, keep their decimal. */
  whole(value: Given): string {
    return this.#write(value, { maximumFractionDigits: Number(value) % 1 === 0.5 ? 1 : 0 });
  }

  /** A number with so many decimals. */
  fixed(value: Given, decimals: number): string {
    return this.#write(value, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
  }

  /** A number with at least so many significant digits, and all that stand before the point. */
  significant(value: Given, digits = 3): string {
    return this.#write(value, { maximumFractionDigits: decimalsFor(value, digits) });
  }

  /** A difference, with its sign; 0 has none. */
  signed(value: Given, digits = 3): string {
    return this.#write(value, {
      maximumFractionDigits: decimalsFor(value, digits),
      signDisplay: "exceptZero",
    });
  }

  /** A difference with so many decimals, with its sign. */
  difference(value: Given, decimals: number): string {
    return this.#write(value, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      signDisplay: "exceptZero",
    });
  }

  /** A share as a percentage: 0.125 is 12.5%, 0.5 is 50.0%. */
  percent(value: Given, decimals = 1): string {
    return this.#write(value, {
      style: "percent",
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    });
  }

  #write(value: Given, options: Intl.NumberFormatOptions): string {
    if (value === null || value === undefined || !Number.isFinite(value)) return "";
    const key = JSON.stringify(options);
    let format = this.#held.get(key);
    if (!format) {
      format = new Intl.NumberFormat(LOCALES[this.language], options);
      this.#held.set(key, format);
    }
    return format.format(value === 0 ? 0 : value); // no "-0"
  }
}

function decimalsFor(value: Given, digits: number): number {
  const size = Math.abs(value ?? 0);
  if (!(size > 0) || !Number.isFinite(size)) return 0;
  const before = Math.floor(Math.log10(size)) + 1;
  return Math.min(Math.max(digits - before, 0), MOST_DECIMALS);
}

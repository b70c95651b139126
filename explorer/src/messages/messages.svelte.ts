// All text that a reader sees comes from the message files, one per language.

import cy from "./cy.json";
import en from "./en.json";
import { LOCALES, type Language } from "../tables/numbers";

export type MessageKey = keyof typeof en;
export type Parameters = Record<string, string | number>;

const MESSAGES: Record<Language, Record<string, string>> = { en, cy };
export const LANGUAGES: readonly Language[] = ["en", "cy"];

class Spoken {
  language = $state<Language>("en");
}

/** The language in which everything is shown. */
export const spoken = new Spoken();

/** The locale of the language that is shown, for numbers and dates. */
export function locale(): string {
  return LOCALES[spoken.language];
}

/** Return a text in the language that is shown, with what stands in braces filled in. */
export function t(key: MessageKey, parameters: Parameters = {}): string {
  return filled(MESSAGES[spoken.language][key] ?? en[key], parameters);
}

/** Return a text that counts things: the form that the language has for the number. */
export function counted(key: CountedKey, count: number, parameters: Parameters = {}): string {
  const form = new Intl.PluralRules(locale()).select(count);
  const forms = MESSAGES[spoken.language];
  const text = forms[`${key}.${form}`] ?? forms[`${key}.other`] ?? key;
  return filled(text, { count, ...parameters });
}

type CountedKey = MessageKey extends infer Key
  ? Key extends `${infer Base}.other`
    ? Base
    : never
  : never;

/** Return a text by a key that is made up as the program runs; a given text where there is none. */
export function named(key: string, otherwise: string): string {
  return MESSAGES[spoken.language][key] ?? otherwise;
}

function filled(text: string, parameters: Parameters): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = parameters[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? value.toLocaleString(locale()) : value;
  });
}

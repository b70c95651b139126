// Questions of which only the answer to the last is wanted.

/** Lets the answer to the last question through, and no earlier one that comes late. */
export class Latest {
  #asked = 0;

  /** Ask; one of the two is called, unless something else is asked in the meantime. */
  ask<T>(work: Promise<T>, answered: (answer: T) => void, failed: (error: unknown) => void): void {
    const mine = ++this.#asked;
    work.then(
      (answer) => mine === this.#asked && answered(answer),
      (error: unknown) => mine === this.#asked && failed(error),
    );
  }

  /** Want no answer any more. */
  forget(): void {
    this.#asked++;
  }
}

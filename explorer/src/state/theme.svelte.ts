// Light or dark: as the system asks, until the reader chooses.

const KEPT = "hyperlocal-theme";
type Theme = "light" | "dark";

class Appearance {
  theme = $state<Theme>(chosen() ?? preferred());

  constructor() {
    if (typeof matchMedia === "undefined") return;
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      if (!chosen()) this.theme = preferred();
    });
  }

  turn(): void {
    this.theme = this.theme === "dark" ? "light" : "dark";
    try {
      localStorage.setItem(KEPT, this.theme);
    } catch {
      // a browser that keeps nothing shows the system's theme next time
    }
  }
}

function preferred(): Theme {
  const dark =
    typeof matchMedia !== "undefined" && matchMedia("(prefers-color-scheme: dark)").matches;
  return dark ? "dark" : "light";
}

function chosen(): Theme | null {
  try {
    const kept = localStorage.getItem(KEPT);
    return kept === "light" || kept === "dark" ? kept : null;
  } catch {
    return null;
  }
}

/** How the page looks. */
export const appearance = new Appearance();

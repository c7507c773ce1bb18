import type { WireAddress } from '../../shared/wire';

/** `Name <a@b.c>`, `a@b.c`, or several separated by commas, semicolons or line ends, as people paste them. */
export function parseAddresses(input: string): WireAddress[] {
  return input
    .split(/[,;\n](?=(?:[^"]*"[^"]*")*[^"]*$)/)
    .map((piece) => piece.trim())
    .filter(Boolean)
    .map((piece) => {
      const named = /^(.*?)<([^<>]+)>$/.exec(piece);
      return named
        ? { name: named[1].trim().replace(/^"|"$/g, ''), address: named[2].trim() }
        : { name: '', address: piece };
    });
}

/** What a tag shows, and what it is parsed from again. */
export function formatAddress({ name, address }: WireAddress): string {
  return name ? `${/[",;<>]/.test(name) ? `"${name.replace(/"/g, '')}"` : name} <${address}>` : address;
}

/** A first check for the eye; the server decides. */
export function looksLikeAddress(address: string): boolean {
  return /^[^\s@"(),:;<>[\]\\]+@[^\s@]+\.?[^\s@]+$/.test(address);
}

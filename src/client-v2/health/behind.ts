/** What has happened never lies ahead: the clock of the page ticks slowly, and may differ from the server's. */
export const behind = (at: number | null, now: number): number | null => (at === null ? null : Math.min(at, now));

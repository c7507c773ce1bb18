import type { HoodiecrowServer } from 'hoodiecrow-imap';
import fetchHandlers, { type FetchHandler, type FetchQuery } from 'hoodiecrow-imap/lib/commands/handlers/fetch';

/**
 * hoodiecrow 2.1 uses up the partial range (`BODY[]<0.1000>`) with the first message of a FETCH and answers the others
 * empty. This plugin gives every message the range that was asked for.
 */
export function keepPartialRanges(server: HoodiecrowServer): void {
  const asked = new WeakMap<FetchQuery, number[]>();
  const wrap =
    (own: FetchHandler): FetchHandler =>
    (connection, message, query) => {
      const partial = asked.get(query) ?? (query.partial ? [...query.partial] : undefined);
      if (!partial) return own(connection, message, query);
      asked.set(query, partial);
      const value = own(connection, message, { ...query, partial: [...partial] });
      query.partial = [partial[0]];
      return value;
    };
  for (const name of ['BODY', 'BODY.PEEK']) server.fetchHandlers[name] = wrap(fetchHandlers[name]);
}

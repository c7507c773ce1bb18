import { nothingFound } from '../nothing-found';

const HINT = 'Nothing was found. Trash and junk are searched with in:anywhere.';

it.each(['report', 'in:inbox report', 'admin:trash', 'in:trashy', '"in:trash"', 'from:in anywhere'])(
  '%s: trash and junk were left out, and it is said how they are searched',
  (query) => expect(nothingFound(query)).toBe(HINT),
);

it.each(['report in:anywhere', 'IN:Trash', 'in: junk report', 'in：spam', 'in:"trash" report', '-in:trash report'])(
  '%s: whoever names them knows',
  (query) => expect(nothingFound(query)).toBe('Nothing was found.'),
);

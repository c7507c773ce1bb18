import { stateOptions, wordsOnTheWay } from '../account-words';

const t = (key: string, params: Readonly<Record<string, string | number>> = {}): string =>
  key.replace(/\{\{(\w+)\}\}/g, (_, name: string) => String(params[name]));

describe('the states that can be chosen', () => {
  it('say how many accounts are in each', () => {
    const labels = stateOptions({ active: 3, disabled: 1 }, t).map(({ label }) => label);
    expect(labels.slice(0, 3)).toEqual(['All states (4)', 'Not started by its owner (0)', 'In sync (3)']);
  });

  it('say nothing of it before that is known', () => {
    const options = stateOptions(null, t);
    expect(options.map(({ value }) => value)).toEqual([
      '',
      'linking',
      'active',
      'backing-off',
      'needs-reconnect',
      'disabled',
    ]);
    expect(options.slice(0, 2).map(({ label }) => label)).toEqual(['All states', 'Not started by its owner']);
  });
});

describe('what is on its way for an account', () => {
  const words = (missingCount: number, operationCount: number) => wordsOnTheWay({ missingCount, operationCount }, t);
  it('is nothing, or each with its number', () => {
    expect(words(0, 0)).toEqual([]);
    expect(words(2, 3)).toEqual(['2 still to be fetched', '3 changes on their way']);
  });
  it('is said of one as of one', () => expect(words(1, 1)).toEqual(['1 still to be fetched', 'One change on its way']));
});

import { stateOptions } from '../account-words';

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

import { isReading, sentenceOf, toProblem } from '../problem';

const t = (key: string): string => `translated ${key}`;

describe('a request without an answer', () => {
  it('leaves open whether something was done', () =>
    expect(sentenceOf(toProblem(new Error('Network Error')), t)).toBe('translated EMAIL_NO_ANSWER'));

  it('has done nothing if it was to read', () =>
    expect(sentenceOf(toProblem(new Error('Network Error'), true), t)).toBe('translated EMAIL_NO_ANSWER_TO_READ'));

  it('stays what it was taken for', () =>
    expect(toProblem(toProblem(new Error('Network Error'), true)).code).toBe('EMAIL_NO_ANSWER_TO_READ'));
});

it('an answer is told as it is, whatever was asked', () => {
  const refused = { response: { status: 404, data: { errors: [{ code: 'EMAIL_NOT_FOUND', message: 'Gone.' }] } } };
  for (const reads of [true, false]) expect(sentenceOf(toProblem(refused, reads), t)).toBe('Gone.');
});

it.each([
  [{ url: 'emailThreads:get', method: 'get' }, true],
  [{ url: 'emailAttachments:download', method: 'GET' }, true],
  [{ url: 'emailThreads:search', method: 'post' }, true],
  [{ url: 'emailThreads:mark', method: 'post' }, false],
  [{ url: 'emailDrafts:send', method: 'post' }, false],
])('%j only reads: %s', (request, reads) => expect(isReading(request)).toBe(reads));

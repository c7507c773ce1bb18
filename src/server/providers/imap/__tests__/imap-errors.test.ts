import { flattenStructure, textParts } from '../body-parts';
import { imapError } from '../errors';

it.each([
  [{ responseText: 'User is authenticated but not connected.', responseStatus: 'BAD' }, 'EMAIL_IMAP_DISABLED'],
  [{ authenticationFailed: true, responseText: 'AUTHENTICATE failed.' }, 'EMAIL_LOGIN_REFUSED'],
  [
    { authenticationFailed: true, responseText: '[UNAVAILABLE] Temporary authentication failure.' },
    'EMAIL_SERVER_UNREACHABLE',
  ],
  [
    { authenticationFailed: true, serverResponseCode: 'AUTHENTICATIONFAILED', responseText: 'Please try again.' },
    'EMAIL_LOGIN_REFUSED',
  ],
  [
    { authenticationFailed: true, serverResponseCode: 'UNAVAILABLE', responseText: 'Not now' },
    'EMAIL_SERVER_UNREACHABLE',
  ],
  [{ authenticationFailed: true, responseText: 'Server Unavailable. 15' }, 'EMAIL_SERVER_UNREACHABLE'],
  [{ responseText: 'Session invalidated - AccessTokenExpired' }, 'EMAIL_TOKEN_EXPIRED'],
  [{ responseText: 'Some of the requested messages no longer exist.', responseStatus: 'NO' }, 'EMAIL_FOLDER_CHANGED'],
  [{ mailboxMissing: true }, 'EMAIL_FOLDER_CHANGED'],
  [{ code: 'NoConnection' }, 'EMAIL_CONNECTION_LOST'],
  [{ code: 'ECONNREFUSED' }, 'EMAIL_SERVER_UNREACHABLE'],
  [{ code: 'ENOTFOUND' }, 'EMAIL_SERVER_UNREACHABLE'],
  [{ code: 'SELF_SIGNED_CERT_IN_CHAIN', message: 'self-signed certificate' }, 'EMAIL_SERVER_UNREACHABLE'],
  [{ code: 'MAX_IMAP_NESTING_REACHED' }, 'EMAIL_MESSAGE_UNREADABLE'],
  [{ code: 'ParserError9' }, 'EMAIL_MESSAGE_UNREADABLE'],
  [{ code: 'ParserError9', authenticationFailed: true }, 'EMAIL_SERVER_UNREACHABLE'],
  [{ message: 'something else' }, 'EMAIL_UNEXPECTED'],
  [{ code: 23, message: 'The operation timed out' }, 'EMAIL_UNEXPECTED'],
  [{ responseText: "Mailbox doesn't exist: Throttled requests", responseStatus: 'NO' }, 'EMAIL_FOLDER_CHANGED'],
  [{ responseText: 'Server Unavailable. 15', responseStatus: 'NO' }, 'EMAIL_SERVER_UNREACHABLE'],
  [{ responseText: '[UNAVAILABLE] Not now', responseStatus: 'NO' }, 'EMAIL_SERVER_UNREACHABLE'],
  [{ responseText: 'Too many simultaneous connections', responseStatus: 'NO' }, 'EMAIL_SERVER_UNREACHABLE'],
  [{ responseText: "Mailbox doesn't exist: Unavailable rooms", responseStatus: 'NO' }, 'EMAIL_FOLDER_CHANGED'],
  [{ responseText: 'No such folder "Server unavailable"', responseStatus: 'NO' }, 'EMAIL_FOLDER_CHANGED'],
  [{ responseText: 'Mailbox not found: Too many cooks', responseStatus: 'NO' }, 'EMAIL_FOLDER_CHANGED'],
  [{ responseText: "Folder doesn't exist: About AccessTokenExpired", responseStatus: 'NO' }, 'EMAIL_FOLDER_CHANGED'],
])('%j is %s', (failure, code) => expect(imapError(failure).code).toBe(code));

it.each([
  [{ throttleReset: 1500 }, 1500],
  [
    { responseText: 'Request is throttled. Suggested Backoff Time: 299961 milliseconds', responseStatus: 'BAD' },
    299_961,
  ],
  [{ responseText: 'Request is throttled. Suggested Backoff Time: 50 minutes' }, 50 * 60_000],
  [{ responseText: 'Request is throttled. Suggested Backoff Time: 90 seconds.' }, 90_000],
  [{ responseText: 'Request is throttled. Suggested Backoff Time: 2 hours' }, 7_200_000],
  [{ responseText: 'Request is throttled. Suggested Backoff Time: 1500' }, 1_500],
  [{ responseText: 'Request is throttled. Suggested Backoff Time: 1500 ms' }, 1_500],
])('%j is throttled for %d ms', (failure, ms) => {
  const error = imapError(failure, 1_000);
  expect([error.code, error.retryAt?.getTime()]).toEqual(['EMAIL_THROTTLED', 1_000 + ms]);
});

it('flattens a structure of a thousand levels without falling over', () => {
  let node: Parameters<typeof flattenStructure>[0] = { type: 'text/plain', part: '1.1' };
  for (let level = 0; level < 1000; level += 1) node = { type: 'multipart/mixed', childNodes: [node] };
  expect(flattenStructure(node)).toHaveLength(1);
});

it('takes unnamed text as the body and leaves attached mails closed', () => {
  const parts = flattenStructure({
    type: 'multipart/mixed',
    childNodes: [
      { type: 'text/plain', part: '1' },
      { type: 'text/plain', part: '2', parameters: { name: 'log.txt' } },
      { type: 'message/rfc822', part: '3', childNodes: [{ type: 'text/html', part: '3.1' }] },
    ],
  });
  expect(parts.map((part) => part.part)).toEqual(['1', '2', '3']);
  expect(textParts(parts).map((part) => part.part)).toEqual(['1']);
});

it.each(['99999999999999', '9'.repeat(400)])('a pause of %s ms is no pause of years', (ms) => {
  const error = imapError({ responseText: `throttled. Suggested Backoff Time: ${ms} milliseconds` }, 0);
  expect(error.retryAt?.getTime()).toBe(24 * 3_600_000);
});

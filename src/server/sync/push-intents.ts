import { MailError } from '../errors/mail-error';
import type { AccountId } from '../mail/ids';
import type { ApplyPorts } from './apply-plan';

/** Tells the server at once what the user changed here, without looking at whole folders. */
export async function pushIntents(account: AccountId, { session, store }: ApplyPorts): Promise<number> {
  const wishes = await store.intents(account);
  for (const { folder, id, change } of wishes) {
    try {
      await session.storeFlags(folder.path, id, change);
    } catch (error) {
      // Vanished meanwhile: the next look at the folder will forget it.
      if (!(error instanceof MailError && error.kind === 'gone')) throw error;
    }
    await store.settleIntent(folder, id, change);
  }
  return wishes.length;
}

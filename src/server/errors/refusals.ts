import type { ErrorCode } from '../../shared/error-codes';

/** What a folder is marked with when its server refused a change, which was taken back: the folder can be read as before. */
export const REFUSALS: readonly ErrorCode[] = ['EMAIL_MOVE_REFUSED', 'EMAIL_CHANGE_REFUSED'];

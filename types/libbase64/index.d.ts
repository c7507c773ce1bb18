declare module 'libbase64' {
  import type { Transform } from 'node:stream';
  /** Base64 to bytes, as a stream (RFC 2045 §6.8). */
  export const Decoder: new () => Transform;
}

declare module 'libqp' {
  import type { Transform } from 'node:stream';
  /** Quoted-printable to bytes, as a stream (RFC 2045 §6.7). */
  export const Decoder: new () => Transform;
}

import type { MessageStructureObject } from 'imapflow';
import { storable } from '../../mail/storable';
import type { RemotePart } from '../../ports/session';

const MOST_PARTS = 500;
const LONGEST_PARAMETER = 255;

/**
 * BODYSTRUCTURE as a flat list of leaves in document order. An attached message (`message/rfc822`) is a leaf: its inner
 * parts are not parts of this mail. Iterative, since hostile mail nests a thousand deep.
 */
export function flattenStructure(root: MessageStructureObject): RemotePart[] {
  const parts: RemotePart[] = [];
  const stack: { node: MessageStructureObject; parentType: string | null }[] = [{ node: root, parentType: null }];
  while (stack.length > 0 && parts.length < MOST_PARTS) {
    const { node, parentType } = stack.pop() as (typeof stack)[number];
    const type = node.type.toLowerCase();
    if (node.childNodes && type.startsWith('multipart/')) {
      for (const child of [...node.childNodes].reverse()) stack.push({ node: child, parentType: type });
    } else {
      parts.push(describe(node, type, parentType));
    }
  }
  return parts;
}

function describe(node: MessageStructureObject, type: string, parentType: string | null): RemotePart {
  return {
    part: node.part ?? '1',
    type: type.slice(0, LONGEST_PARAMETER),
    disposition: node.disposition?.toLowerCase() ?? null,
    filename: node.dispositionParameters?.filename ?? node.parameters?.name ?? null,
    contentId: (node.id && storable(node.id.replace(/[<>\s]/g, '').slice(0, 500))) || null,
    encodedBytes: wholeBytes(node.size),
    encoding: node.encoding?.toLowerCase() ?? '7bit',
    parentType,
  };
}

/** imapflow makes a number of whatever a server says here, and a database takes whole ones. */
function wholeBytes(size: number | undefined): number {
  return Math.min(Math.max(0, Math.floor(Number(size) || 0)), Number.MAX_SAFE_INTEGER);
}

/** Text parts that make the body: not attached, not named, not too many. */
export function textParts(parts: readonly RemotePart[]): RemotePart[] {
  return parts
    .filter(
      (part) =>
        (part.type === 'text/plain' || part.type === 'text/html') &&
        part.disposition !== 'attachment' &&
        !part.filename,
    )
    .slice(0, 20);
}

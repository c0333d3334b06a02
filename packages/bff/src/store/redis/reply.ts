import { damaged } from './record.ts';

/** Whether a script answered 1. */
export function isOne(reply: unknown): boolean {
  if (reply === 1) return true;
  if (reply === 0) return false;
  throw damaged();
}

export function textIn(reply: unknown): string {
  if (Buffer.isBuffer(reply)) return reply.toString();
  if (typeof reply === 'string') return reply;
  throw damaged();
}

export function numberIn(reply: unknown): number {
  const number = Number(textIn(reply));
  if (!Number.isFinite(number)) throw damaged();
  return number;
}

export function listIn(reply: unknown): readonly unknown[] {
  if (!Array.isArray(reply)) throw damaged();
  return reply;
}
